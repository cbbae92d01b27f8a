// How many people and rooms of a school are as they should be; each number leads to its list.
import { useFormatter, useTranslations } from "next-intl";
import { schoolPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import type { ItemState } from "#lib/provisioning/queries.ts";
import { filterQuery } from "./filter.ts";
import { StateTag } from "./state-tag.tsx";

const STATES = ["asWanted", "waiting", "failed"] as const;

type StateCountsProps = {
  readonly schoolId: string;
  readonly of: "people" | "rooms";
  readonly counts: Readonly<Record<ItemState, number>>;
};

export function StateCounts({ schoolId, of, counts }: StateCountsProps) {
  const t = useTranslations("provisioning");
  const format = useFormatter();
  const path = schoolPath(schoolId, `provisioning/${of}`);
  const total = STATES.reduce((sum, state) => sum + counts[state], 0);
  return (
    <section aria-labelledby={`${of}-counts`} className="space-y-3">
      <h3 id={`${of}-counts`} className="text-lg font-semibold">
        <IntentLink href={path} className="text-link hit-area">
          {t(`${of}.count`, { count: total })}
        </IntentLink>
      </h3>
      <ul className="space-y-1">
        {STATES.filter((state) => state === "asWanted" || counts[state] > 0).map((state) => (
          <li key={state}>
            <IntentLink
              href={path + filterQuery({ state })}
              className="flex min-h-11 max-w-sm items-center justify-between gap-4 rounded-md px-2 -mx-2 hover:bg-sunken"
            >
              <StateTag state={state} />
              <span className="font-semibold tabular-nums">{format.number(counts[state])}</span>
            </IntentLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
