// The queues of the workers: what waits, what runs, what is tried again, what was given up. Those with nothing to do are
// out of the way, on demand.
import { CircleCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import type { QueueHealth } from "#lib/provisioning/queries.ts";
import { queues, type QueueName } from "#lib/jobs/queues.ts";

const NUMBERS = ["waiting", "active", "retrying", "failed"] as const;

const isKnown = (name: string): name is QueueName => Object.hasOwn(queues, name);

const isIdle = (queue: QueueHealth): boolean => NUMBERS.every((number) => queue[number] === 0);

export function QueueList({ health }: { readonly health: readonly QueueHealth[] }) {
  const t = useTranslations("stateProvisioning.queues");
  const [idle, busy] = [health.filter(isIdle), health.filter((queue) => !isIdle(queue))];
  return (
    <div className="space-y-3">
      {busy.length === 0 ? null : <Queues queues={busy} />}
      {idle.length === 0 ? null : (
        <details className="group">
          <summary className="flex min-h-11 flex-wrap items-center gap-x-2.5">
            <CircleCheck aria-hidden className="size-5 flex-none text-added" />
            {t(busy.length === 0 ? "allIdle" : "idleCount", { count: idle.length })}
            <span className="text-link group-open:hidden">{t("show")}</span>
            <span className="text-link hidden group-open:inline">{t("hide")}</span>
          </summary>
          <Queues queues={idle} />
        </details>
      )}
    </div>
  );
}

function Queues({ queues: shown }: { readonly queues: readonly QueueHealth[] }) {
  const t = useTranslations("stateProvisioning.queues");
  return (
    <ul className="divide-y divide-line border-y border-line">
      {shown.map((queue) => (
        <li key={queue.name} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1 py-2">
          <span className="min-w-0 flex-1 basis-64">
            {isKnown(queue.name) ? t(`name.${queue.name}`) : queue.name}
            {queue.oldestWaitingSince === null ? null : (
              <span className="block text-sm text-ink-soft">
                {t("oldest")} <Moment at={queue.oldestWaitingSince} />
              </span>
            )}
          </span>
          <span className="flex flex-wrap gap-x-4 tabular-nums">
            {isIdle(queue) ? <span className="text-ink-soft">{t("idle")}</span> : null}
            {NUMBERS.filter((number) => queue[number] > 0).map((number) => (
              <span key={number} className={number === "failed" ? "font-semibold text-danger" : ""}>
                {t(number, { count: queue[number] })}
              </span>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}
