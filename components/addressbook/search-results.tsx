// What a search found: one flat list, each row with its path and with what was looked for marked.
"use client";
import { CircleDashed, Lock, SearchX, ShieldAlert, UserRound, UsersRound } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { buttonClass } from "#components/ui/classes.ts";
import { Notice } from "#components/ui/notice.tsx";
import { groupPath, personPath, type ViewQuery } from "./paths.ts";
import type { FoundRow } from "./rows.ts";
import { DraftMark, RowMark } from "./tree-item.tsx";
import type { useSearch } from "./use-search.ts";

type SearchResultsProps = {
  readonly schoolId: string;
  readonly view: ViewQuery;
  readonly search: ReturnType<typeof useSearch>;
};

export function SearchResults({ schoolId, view, search }: SearchResultsProps) {
  const t = useTranslations("client.addressbook");
  const { data, isError, isFetching, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = search;
  if (isError) {
    return (
      <Notice tone="danger" title={t("searchFailed")} live>
        <button type="button" className={buttonClass("secondary", "mt-2")} onClick={() => void refetch()}>
          {t("again")}
        </button>
      </Notice>
    );
  }
  if (!data) return <p role="status">{t("searching")}</p>;
  const [first] = data.pages;
  const people = data.pages.flatMap((page) => page.people);
  const groups = first?.groups ?? [];
  const similar = first?.similar ?? [];
  const total = first?.total ?? 0;
  const rows = (list: readonly FoundRow[], kind: "person" | "group") => (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {list.map((row) => (
        <li key={row.id}>
          <Link
            href={kind === "group" ? groupPath(schoolId, row.id, view) : personPath(schoolId, row.id, view)}
            prefetch={false}
            className="flex min-h-14 items-center gap-3 px-3 py-2 hover:bg-sunken"
          >
            <Found row={row} kind={kind} />
          </Link>
        </li>
      ))}
    </ul>
  );
  return (
    <div className="space-y-5" aria-busy={isFetching}>
      {first?.isCut ? (
        <Notice tone="warning" wide>
          <p>{t("cut")}</p>
        </Notice>
      ) : null}
      <p role="status" className="text-ink-soft tabular-nums">
        {total === "more" ? t("moreThan", { count: 100 }) : t("found", { people: total, groups: groups.length })}
      </p>
      {groups.length === 0 ? null : <Section title={t("groups")}>{rows(groups, "group")}</Section>}
      {people.length === 0 ? null : (
        <Section title={t("persons")}>
          {rows(people, "person")}
          {hasNextPage ? (
            <button
              type="button"
              aria-disabled={isFetchingNextPage}
              className={buttonClass("secondary")}
              onClick={() => {
                if (!isFetchingNextPage) void fetchNextPage();
              }}
            >
              {isFetchingNextPage ? t("searching") : t("more")}
            </button>
          ) : null}
        </Section>
      )}
      {similar.length === 0 ? null : <Section title={t("similar")}>{rows(similar, "person")}</Section>}
      {groups.length + people.length + similar.length === 0 ? (
        <div className="flex flex-col items-center gap-3 rounded-lg border border-dashed border-line px-6 py-10 text-center">
          <SearchX aria-hidden className="size-10 text-control" strokeWidth={1.5} />
          <p className="prose-width text-ink-soft">{t("nothing")}</p>
        </div>
      ) : null}
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="space-y-2" aria-label={title}>
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Found({ row, kind }: { readonly row: FoundRow; readonly kind: "person" | "group" }) {
  const t = useTranslations("client.addressbook");
  const Icon = kind === "group" ? UsersRound : UserRound;
  return (
    <>
      <Icon aria-hidden className="size-5 flex-none text-ink-soft" />
      <span className="min-w-0 flex-1">
        <bdi className="font-semibold">
          <Marked text={row.name} ranges={row.ranges} />
        </bdi>
        <span className="block truncate text-sm text-ink-soft">{row.path}</span>
      </span>
      <span className="flex flex-none items-center gap-3">
        {row.mark === "same" ? null : <DraftMark mark={row.mark} />}
        {row.isLocked ? (
          <RowMark text={t("locked")}>
            <Lock aria-hidden className="size-4 text-danger" />
          </RowMark>
        ) : null}
        {row.isProtected ? (
          <RowMark text={t("protected")}>
            <ShieldAlert aria-hidden className="size-4 text-sensitive" />
          </RowMark>
        ) : null}
        {row.isNew ? (
          <RowMark text={t("neverShort")}>
            <CircleDashed aria-hidden className="size-4 text-ink-soft" />
          </RowMark>
        ) : null}
      </span>
    </>
  );
}

function Marked({ text, ranges }: { readonly text: string; readonly ranges: FoundRow["ranges"] }) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [start, end] of ranges) {
    parts.push(
      text.slice(at, start),
      <mark key={start} className="rounded-sm bg-accent-soft text-accent-strong">
        {text.slice(start, end)}
      </mark>,
    );
    at = end;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}
