// One school: what is in effect, what waits for whom, what is still missing, and how far the set-up is.
import { ArrowRight, CircleCheck, Clock, PowerOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { requestPath, schoolPath } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { SchoolOverview } from "#lib/overview/queries.ts";
import { LiveProgressBars } from "./live.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";

const SWITCHES = ["service", "state", "school"] as const;

export function SchoolCard({ overview }: { readonly overview: SchoolOverview }) {
  const t = useTranslations();
  const { school, roles, pendingRequestId } = overview;
  const missing = SWITCHES.filter((name) => !school.switches[name]);
  const headingId = `school-${school.id}`;
  return (
    <section aria-labelledby={headingId} className="space-y-6 rounded-lg border border-line bg-surface p-5 sm:p-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div>
          <h2 id={headingId} className="text-xl font-semibold tracking-tight">
            {school.name}
          </h2>
          <p className="text-ink-soft tabular-nums">{school.id}</p>
        </div>
        {missing.length === 0 ? (
          <Tag tone="added" icon={CircleCheck}>
            {t("overview.on")}
          </Tag>
        ) : (
          <Tag tone="neutral" icon={PowerOff}>
            {t("overview.off")}
          </Tag>
        )}
      </header>

      {missing.length === 0 ? null : (
        <div>
          <p className="font-semibold">{t("overview.switchesTitle")}</p>
          <ul className="list-disc pl-5">
            {missing.map((name) => (
              <li key={name}>{t(`overview.switchesMissing.${name}`)}</li>
            ))}
          </ul>
          {overview.maySeeProvisioning ? (
            <IntentLink
              href={schoolPath(school.id, "switches")}
              className="text-link inline-flex min-h-11 items-center gap-1"
            >
              {t("overview.toSwitches")}
              <ArrowRight aria-hidden className="size-4" />
            </IntentLink>
          ) : null}
        </div>
      )}

      {pendingRequestId === null ? null : (
        <IntentLink
          href={requestPath(school.id, pendingRequestId)}
          className="flex min-h-11 items-center gap-3 rounded-md bg-waiting-soft px-4 py-3 hover:underline"
        >
          <Clock aria-hidden className="size-5 flex-none text-waiting" />
          <span className="flex-1 font-semibold">{t("overview.pending")}</span>
          <span className="inline-flex items-center gap-1 text-waiting">
            <span className="max-sm:sr-only">{t("overview.pendingLink")}</span>
            <ArrowRight aria-hidden className="size-4" />
          </span>
        </IntentLink>
      )}

      <div className="flex flex-wrap items-center justify-between gap-4">
        <div>
          <p>
            {t("overview.version", { number: overview.versionNumber })} <Moment at={overview.versionCreatedAt} />
          </p>
          <p className="text-ink-soft">
            {roles.length === 0
              ? t("overview.watching")
              : t("overview.yourRoles", { roles: roles.map((role) => t(`roles.one.${role}`)).join(", ") })}
          </p>
        </div>
        <div className="flex flex-wrap gap-3 max-sm:w-full">
          {roles.includes("orgAdmin") || roles.includes("schoolManagement") ? (
            <ButtonLink href={schoolPath(school.id, "addressbook")} className="max-sm:w-full">
              {t("overview.toAddressBook")}
            </ButtonLink>
          ) : null}
          <ButtonLink href={schoolPath(school.id, "matrix")} kind="primary" className="max-sm:w-full">
            {t("overview.toMatrix")}
            <ArrowRight aria-hidden className="size-5" />
          </ButtonLink>
        </div>
      </div>

      <div className="border-t border-line pt-5">
        <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4">
          <h3 className="font-semibold">{t("overview.provisioning")}</h3>
          {overview.maySeeProvisioning ? (
            <IntentLink
              href={schoolPath(school.id, "provisioning")}
              className="text-link inline-flex min-h-11 items-center gap-1"
            >
              {t("overview.toProvisioning")}
              <ArrowRight aria-hidden className="size-4" />
            </IntentLink>
          ) : null}
        </div>
        <LiveProgressBars schoolId={school.id} />
      </div>
    </section>
  );
}
