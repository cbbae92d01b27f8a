// The school is not served (any more): what is missing, and where to switch it on.
import { useTranslations } from "next-intl";
import { schoolPath } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { SchoolProvisioning } from "#lib/provisioning/queries.ts";

type OffNoticeProps = { readonly schoolId: string; readonly provisioning: SchoolProvisioning };

export function missingSwitches({ service, state, messenger }: SchoolProvisioning["switches"]) {
  return (["service", "state", "school"] as const).filter((name) => !{ service, state, school: messenger }[name]);
}

export function OffNotice({ schoolId, provisioning: { switches, unservedSince } }: OffNoticeProps) {
  const t = useTranslations();
  const missing = missingSwitches(switches);
  if (missing.length === 0) return null;
  return (
    <Notice tone="info" title={t(unservedSince === null ? "overview.switchesTitle" : "provisioning.off")}>
      <ul className="list-disc pl-5">
        {missing.map((name) => (
          <li key={name}>{t(`overview.switchesMissing.${name}`)}</li>
        ))}
      </ul>
      {unservedSince === null ? null : (
        <p>
          {t("provisioning.offSince")} <Moment at={unservedSince} />
        </p>
      )}
      <ButtonLink href={schoolPath(schoolId, "switches")} className="mt-2">
        {t("provisioning.toSwitches")}
      </ButtonLink>
    </Notice>
  );
}
