// Records that a run over all schools could not use; everything else went on.
import { useTranslations } from "next-intl";
import { recordProblem, recordType } from "#components/provisioning/problem-text.ts";
import type { RunProblem } from "#lib/directory/queries.ts";

type RunProblemsProps = {
  readonly problems: readonly RunProblem[];
  /** Of all, also those that are not kept. */
  readonly total: number;
};

export function RunProblems({ problems, total }: RunProblemsProps) {
  const t = useTranslations();
  const more = total - problems.length;
  return (
    <ul className="divide-y divide-line border-y border-line">
      {problems.map(({ recordType: type, recordId, reason }, index) => (
        // a source may send the same broken record twice
        <li key={index} className="space-y-1 py-3 break-words">
          <p className="font-semibold">{recordProblem(t, reason)}</p>
          <p className="text-ink-soft">
            {recordType(t, type)}{" "}
            <span className="break-all">{recordId === "" ? t("provisioning.records.noId") : recordId}</span>
          </p>
        </li>
      ))}
      {more > 0 ? <li className="py-3 text-ink-soft">{t("provisioning.report.more", { count: more })}</li> : null}
    </ul>
  );
}
