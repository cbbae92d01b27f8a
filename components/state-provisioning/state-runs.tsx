// The last runs over all schools: how each ended and what it did, with the way to its schools.
import { CircleAlert, CircleCheck, LoaderCircle } from "lucide-react";
import { useTranslations } from "next-intl";
import { runFailure } from "#components/provisioning/problem-text.ts";
import { stateRunPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import type { StateRunHead } from "#lib/directory/queries.ts";

const LOOKS = {
  succeeded: { icon: CircleCheck, colour: "text-added" },
  failed: { icon: CircleAlert, colour: "text-danger" },
  running: { icon: LoaderCircle, colour: "text-accent" },
} as const;

type StateRunsProps = {
  readonly runs: readonly StateRunHead[];
  /** On the page of the one run: no way there. */
  readonly isAlone?: boolean;
};

export function StateRuns({ runs, isAlone = false }: StateRunsProps) {
  const t = useTranslations();
  if (runs.length === 0) return <p className="text-ink-soft">{t("stateProvisioning.runs.none")}</p>;
  return (
    <ul className="divide-y divide-line border-y border-line">
      {runs.map(({ id, outcome, failure, source, kind, counts, startedAt, finishedAt, correlationId }) => {
        const { icon: Icon, colour } = LOOKS[outcome];
        const changes =
          counts.peopleChanged +
          counts.peopleLeft +
          counts.affiliationsChanged +
          counts.groupsChanged +
          counts.membersChanged;
        return (
          <li key={id} className="flex flex-wrap items-start gap-x-4 gap-y-1 py-2">
            <span className="flex min-w-0 flex-1 basis-72 gap-2.5">
              <Icon aria-hidden className={`mt-0.5 size-5 flex-none ${colour}`} />
              <span className="min-w-0 tabular-nums">
                {outcome === "failed"
                  ? runFailure(t, source, failure)
                  : outcome === "running"
                    ? t("provisioning.history.running")
                    : t("stateProvisioning.runs.counts", {
                        changes,
                        held: counts.held,
                        problems: counts.problems,
                        requests: counts.requests,
                      })}
                {isAlone || outcome === "running" ? null : (
                  <>
                    {" "}
                    <IntentLink href={stateRunPath(id)} className="text-link hit-area inline-block">
                      {t("stateProvisioning.runs.open")}
                    </IntentLink>
                  </>
                )}
                {outcome === "failed" ? (
                  <span className="block text-ink-soft">{t("live.sync.id", { id: correlationId })}</span>
                ) : null}
              </span>
            </span>
            <span className="text-ink-soft">
              {source === "ldap" ? `${t("provisioning.history.ofLdap")}, ` : ""}
              {t(`provisioning.history.kind.${kind}`)}, <Moment at={finishedAt ?? startedAt} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
