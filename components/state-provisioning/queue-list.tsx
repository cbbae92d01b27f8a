// The queues of the workers: what waits, what runs, what is tried again, what was given up.
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import type { QueueHealth } from "#lib/provisioning/queries.ts";
import { queues, type QueueName } from "#lib/jobs/queues.ts";

const NUMBERS = ["waiting", "active", "retrying", "failed"] as const;

const isKnown = (name: string): name is QueueName => Object.hasOwn(queues, name);

export function QueueList({ health }: { readonly health: readonly QueueHealth[] }) {
  const t = useTranslations("stateProvisioning.queues");
  return (
    <ul className="divide-y divide-line border-y border-line">
      {health.map((queue) => (
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
            {NUMBERS.every((number) => queue[number] === 0) ? (
              <span className="text-ink-soft">{t("idle")}</span>
            ) : (
              NUMBERS.filter((number) => queue[number] > 0).map((number) => (
                <span key={number} className={number === "failed" ? "font-semibold text-danger" : ""}>
                  {t(number, { count: queue[number] })}
                </span>
              ))
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
