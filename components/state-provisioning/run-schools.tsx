// What a run over all schools changed at each of them, or would change; the names behind it on demand.
import { useTranslations } from "next-intl";
import { Report } from "#components/provisioning/report.tsx";
import type { ReportLine } from "#components/provisioning/report-lines.ts";
import { schoolPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";

type RunSchool = {
  readonly schoolId: string;
  /** Null for a school that is only to come. */
  readonly name: string | null;
  readonly lines: readonly ReportLine[];
};

export function RunSchools({ schools }: { readonly schools: readonly RunSchool[] }) {
  const t = useTranslations("stateProvisioning.run");
  return (
    <ul className="space-y-8">
      {schools.map(({ schoolId, name, lines }) => (
        <li key={schoolId} className="space-y-2">
          <h3 className="text-lg font-semibold">
            {name === null ? (
              t("newSchool", { id: schoolId })
            ) : (
              <IntentLink href={schoolPath(schoolId, "provisioning")} className="text-link hit-area inline-block">
                {name}
              </IntentLink>
            )}
          </h3>
          {lines.length === 0 ? <p className="text-ink-soft">{t("jobsOnly")}</p> : <Report lines={lines} />}
        </li>
      ))}
    </ul>
  );
}
