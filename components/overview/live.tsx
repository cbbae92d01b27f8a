// Keeps the overview's moving parts up to date without a reload. The first state comes with the page.
"use client";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Clock, LoaderCircle, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { createContext, use, useState, type ReactNode } from "react";
import { ProgressBar } from "#components/ui/progress-bar.tsx";
import { isLiveState } from "./live-decode.ts";
import type { LiveLine, LiveProgress, LiveState } from "./live-state.ts";

const MOVING_INTERVAL_MS = 3_000;
const RESTING_INTERVAL_MS = 30_000;
const TIMEOUT_MS = 10_000;

const Live = createContext<{ readonly state: LiveState; readonly isStale: boolean } | null>(null);

async function fetchState(search: string, signal: AbortSignal): Promise<LiveState> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(`/api/overview?${search}`, { signal: limit, headers: { accept: "application/json" } });
  const state: unknown = response.ok ? await response.json() : undefined;
  if (!isLiveState(state)) throw new Error("the overview did not answer");
  return state;
}

type LiveOverviewProps = {
  readonly initial: LiveState;
  /** Which schools the page shows, as a query; empty for one's own. */
  readonly search: string;
  readonly children: ReactNode;
};

export function LiveOverview(props: LiveOverviewProps) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Poll {...props} />
    </QueryClientProvider>
  );
}

function Poll({ initial, search, children }: LiveOverviewProps) {
  const { data, isError } = useQuery({
    queryKey: ["overview", search],
    queryFn: ({ signal }) => fetchState(search, signal),
    initialData: initial,
    staleTime: MOVING_INTERVAL_MS,
    refetchInterval: ({ state }) => (state.data?.moving ? MOVING_INTERVAL_MS : RESTING_INTERVAL_MS),
    retry: 2,
  });
  return <Live value={{ state: data, isStale: isError }}>{children}</Live>;
}

function useLive() {
  const live = use(Live);
  if (live === null) throw new Error("stands outside of LiveOverview");
  return live;
}

export function LiveProgressBars({ schoolId }: { readonly schoolId: string }) {
  const school = useLive().state.schools[schoolId];
  if (!school) return null;
  return (
    <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
      <Progress progress={school.accounts} />
      <Progress progress={school.rooms} />
    </div>
  );
}

function Progress({ progress: { text, problems, ready, total } }: { readonly progress: LiveProgress }) {
  return (
    <div>
      <p className="flex flex-wrap justify-between gap-x-3 tabular-nums">
        {text}
        {problems === null ? null : (
          <span className="inline-flex items-center gap-1 text-danger">
            <CircleAlert aria-hidden className="size-4" />
            {problems}
          </span>
        )}
      </p>
      <div className="mt-1.5">
        <ProgressBar label={text} done={ready} total={total} />
      </div>
    </div>
  );
}

const LINE_ICONS: Record<LiveLine["tone"], { readonly icon: LucideIcon; readonly colour: string }> = {
  good: { icon: CircleCheck, colour: "text-added" },
  busy: { icon: LoaderCircle, colour: "animate-spin text-accent" },
  waiting: { icon: Clock, colour: "text-waiting" },
  bad: { icon: CircleAlert, colour: "text-danger" },
};

export function LiveLines() {
  const t = useTranslations("client.live");
  const { state, isStale } = useLive();
  const lines: readonly LiveLine[] = isStale
    ? [...state.lines, { tone: "waiting", text: t("stale"), more: null }]
    : state.lines;
  return (
    <ul className="space-y-2">
      {lines.map(({ tone, text, more }, index) => {
        const { icon: Icon, colour } = LINE_ICONS[tone];
        return (
          // the lines have a fixed order: sync, then the systems
          <li key={index} className="flex gap-2.5">
            <Icon aria-hidden className={`mt-0.5 size-5 flex-none ${colour}`} />
            <span className="min-w-0">
              {text}
              {more === null ? null : <span className="block text-ink-soft">{more}</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
