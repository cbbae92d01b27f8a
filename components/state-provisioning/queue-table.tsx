// The queues of the workers: what waits, what runs, what is tried again, what was given up.
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import type { QueueHealth } from "#lib/provisioning/queries.ts";
import { queues, type QueueName } from "#lib/jobs/queues.ts";

const NUMBERS = ["waiting", "active", "retrying", "failed"] as const;

const isKnown = (name: string): name is QueueName => Object.hasOwn(queues, name);

export function QueueTable({ health }: { readonly health: readonly QueueHealth[] }) {
  const t = useTranslations("stateProvisioning.queues");
  return (
    <div role="region" aria-labelledby="queues" tabIndex={0} className="overflow-x-auto">
      <table className="w-full min-w-[34rem] text-left">
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className="py-2 pr-4 font-semibold">
              {t("queue")}
            </th>
            {NUMBERS.map((number) => (
              <th key={number} scope="col" className="py-2 pl-4 text-right font-semibold">
                {t(number)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {health.map((queue) => (
            <tr key={queue.name}>
              <th scope="row" className="py-2 pr-4 font-normal">
                {isKnown(queue.name) ? t(`name.${queue.name}`) : queue.name}
                {queue.oldestWaitingSince === null ? null : (
                  <span className="block text-sm text-ink-soft">
                    {t("oldest")} <Moment at={queue.oldestWaitingSince} />
                  </span>
                )}
              </th>
              {NUMBERS.map((number) => (
                <td
                  key={number}
                  className={`py-2 pl-4 text-right align-top tabular-nums ${
                    queue[number] === 0
                      ? "text-ink-soft"
                      : number === "failed"
                        ? "font-semibold text-danger"
                        : "font-semibold"
                  }`}
                >
                  {queue[number]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
