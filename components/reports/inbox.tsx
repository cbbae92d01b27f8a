// The inbox: cases that keep themselves up to date, walked through with j and k, chosen, closed together.
"use client";
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { Inbox as InboxIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { assignCase } from "#lib/reports/actions.ts";
import { BulkClose } from "./bulk-close.tsx";
import { fetchState, isInboxState } from "./decode.ts";
import { InboxLine } from "./inbox-line.tsx";
import type { InboxState } from "./inbox-state.ts";
import { KeyHelp } from "./key-help.tsx";
import { UnreadableReports } from "./unreadable-reports.tsx";
import { useKeys } from "./use-keys.ts";

const INTERVAL_MS = 3_000;

type InboxProps = {
  readonly initial: InboxState;
  /** The filter as it stands in the address, without its "?". */
  readonly query: string;
  readonly cursor: string | null;
  readonly isFiltered: boolean;
};

export function Inbox(props: InboxProps) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Cases {...props} />
    </QueryClientProvider>
  );
}

function addressOf(path: string, query: string, cursor: string | null): string {
  const parameters = new URLSearchParams(query);
  if (cursor !== null) parameters.set("after", cursor);
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

function Cases({ initial, query, cursor, isFiltered }: InboxProps) {
  const t = useTranslations("client.reports");
  const live = useTranslations("client.live");
  const router = useRouter();
  const client = useQueryClient();
  const queryKey = ["inbox", query, cursor];
  const { data, isError } = useQuery({
    queryKey,
    queryFn: ({ signal }) => fetchState(addressOf("/api/reports", query, cursor), isInboxState, signal),
    initialData: initial,
    staleTime: INTERVAL_MS,
    refetchInterval: INTERVAL_MS,
    retry: 2,
  });
  const { rows, mayWork } = data;
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isClosing, setClosing] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const step = useStep(() => void client.invalidateQueries({ queryKey }));

  const links = () => [...(list.current?.querySelectorAll<HTMLAnchorElement>("a[data-case]") ?? [])];
  const focusedId = () => {
    const within = document.activeElement?.closest<HTMLElement>("li[data-id]");
    return within?.dataset["id"] ?? null;
  };
  const focused = () => rows.find(({ id }) => id === focusedId());
  const walk = (by: 1 | -1) => {
    const all = links();
    const at = all.findIndex((link) => link.dataset["case"] === focusedId());
    all[at === -1 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
  };
  const choose = (id: string) => {
    setChosen((before) =>
      before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id]),
    );
  };
  const open = (anchor = "") => {
    const id = focusedId();
    if (id !== null) router.push(`/reports/${id}${anchor}`);
  };
  useKeys({
    j: () => walk(1),
    k: () => walk(-1),
    o: () => open(),
    x: () => {
      const id = focusedId();
      if (id !== null && mayWork) choose(id);
    },
    a: () => {
      const row = focused();
      if (row && mayWork && !row.isMine)
        step.run(() => assignCase({ caseId: row.id, version: row.version, to: { kind: "me" } }));
    },
    n: () => open("#note"),
    r: () => {
      const id = focusedId();
      if (id === null || !mayWork) return;
      setChosen((before) => (before.size === 0 ? new Set([id]) : before));
      setClosing(true);
    },
    "?": () => setHelpOpen(true),
  });

  const selected = rows.filter(({ id, isOpen }) => isOpen && chosen.has(id));
  return (
    <div className="space-y-4">
      {isError ? (
        <Notice tone="waiting" wide>
          <p>{live("stale")}</p>
        </Notice>
      ) : null}
      <UnreadableReports notice={data.unreadable} />
      {step.error === null ? null : <ErrorNotice title={t("errorTitle")} error={step.error} />}
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-3">
        <p className="text-ink-soft" role="status">
          {selected.length > 0 ? t("chosen", { count: selected.length }) : t("shown", { count: rows.length })}
        </p>
        <KeyHelp isOpen={isHelpOpen} onOpen={() => setHelpOpen(true)} onClose={() => setHelpOpen(false)} />
      </div>
      {mayWork && (selected.length > 0 || isClosing) ? (
        <BulkClose
          cases={selected}
          isOpen={isClosing}
          onOpen={setClosing}
          onDone={() => {
            setChosen(new Set());
            setClosing(false);
            void client.invalidateQueries({ queryKey });
          }}
        />
      ) : null}
      {rows.length === 0 ? (
        <EmptyState icon={InboxIcon}>{t(isFiltered ? "emptyFiltered" : "empty")}</EmptyState>
      ) : (
        <ul ref={list} className="divide-y divide-line border-y border-line">
          {rows.map((row) => (
            <InboxLine
              key={row.id}
              row={row}
              isChosen={chosen.has(row.id)}
              onChoose={mayWork && row.isOpen ? choose : null}
            />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-3">
        {data.nextCursor === null ? null : (
          <ButtonLink href={addressOf("/reports", query, data.nextCursor)}>{t("next")}</ButtonLink>
        )}
        {cursor === null ? null : (
          <ButtonLink href={addressOf("/reports", query, null)} kind="quiet">
            {t("first")}
          </ButtonLink>
        )}
      </div>
    </div>
  );
}
