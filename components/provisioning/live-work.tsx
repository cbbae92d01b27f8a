// What is under way at a school, or in the state, kept up to date without a reload; the rest of the page follows when
// something is done.
"use client";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { CircleCheck, LoaderCircle } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { createContext, startTransition, use, useEffect, useEffectEvent, useState, type ReactNode } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { RoomProgress } from "#components/rooms/room-progress.tsx";
import { fetchWork, workAddress } from "./fetch-work.ts";
import type { WorkState } from "./work-state.ts";

const MOVING_INTERVAL_MS = 1_500;
const RESTING_INTERVAL_MS = 30_000;

type Watched = { readonly work: WorkState; readonly isStale: boolean; readonly askNow: () => void };
const Work = createContext<Watched | null>(null);

type LiveWorkProps = {
  /** The school's; the state's without. */
  readonly schoolId?: string;
  readonly initial: WorkState;
  readonly children: ReactNode;
};

/** Around the page: buttons inside tell it that they have begun something. */
export function LiveWork(props: LiveWorkProps) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Watch {...props} />
    </QueryClientProvider>
  );
}

function Watch({ schoolId, initial, children }: LiveWorkProps) {
  const router = useRouter();
  const address = workAddress(schoolId);
  const { data, isError, refetch } = useQuery({
    queryKey: ["provisioning", address],
    queryFn: ({ signal }) => fetchWork(address, signal),
    initialData: initial,
    staleTime: MOVING_INTERVAL_MS,
    refetchInterval: ({ state }) => (state.data?.isMoving ? MOVING_INTERVAL_MS : RESTING_INTERVAL_MS),
    retry: 2,
  });
  const isNew = data.mark !== initial.mark;
  const follow = useEffectEvent(() => {
    startTransition(() => {
      router.refresh();
    });
  });
  useEffect(() => {
    if (isNew) follow();
  }, [isNew, data.mark]);
  const askNow = () => {
    void refetch();
    router.refresh();
  };
  return <Work value={{ work: data, isStale: isError, askNow }}>{children}</Work>;
}

export function useWork(): Watched {
  const work = use(Work);
  if (work === null) throw new Error("stands outside of LiveWork");
  return work;
}

type WorkStatusProps = {
  /** Which work the page is about. */
  readonly of: "sync" | "dryRun";
  /** Says nothing while nothing moves. */
  readonly isQuiet?: boolean;
};

export function WorkStatus({ of, isQuiet = of === "dryRun" }: WorkStatusProps) {
  const t = useTranslations("client.provisioning");
  const live = useTranslations("client.live");
  const { work, isStale } = useWork();
  const running = work[of];
  const progress = work.progress?.of === of ? work.progress : null;
  return (
    <div className="space-y-3">
      {isStale ? (
        <Notice tone="waiting">
          <p>{live("stale")}</p>
        </Notice>
      ) : null}
      <div role="status" className="space-y-2">
        {running === null ? null : <Line icon="busy">{running}</Line>}
        {progress === null ? null : <Line icon="busy">{progress.text}</Line>}
        {!isQuiet && running === null && progress === null ? <Line icon="done">{t("atRest")}</Line> : null}
      </div>
      {progress === null ? null : (
        <RoomProgress label={progress.text} done={progress.done} total={progress.total} pace={progress.pace} />
      )}
    </div>
  );
}

function Line({ icon, children }: { readonly icon: "busy" | "done"; readonly children: string }) {
  const Icon = icon === "busy" ? LoaderCircle : CircleCheck;
  return (
    <p className="flex gap-2.5 tabular-nums">
      <Icon
        aria-hidden
        className={`mt-0.5 size-5 flex-none ${icon === "busy" ? "animate-spin text-accent" : "text-added"}`}
      />
      <span className="min-w-0">{children}</span>
    </p>
  );
}
