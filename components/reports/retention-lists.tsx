// Cases with the day on which their content goes, or the reason why it does not.
import { IntentLink } from "#components/ui/intent-link.tsx";
import { casePath } from "#components/shell/paths.ts";
import type { HeldRow } from "#lib/reports/retention-queries.ts";
import { moment, type Writer } from "./writer.ts";

type RetentionListsProps = {
  readonly rows: readonly HeldRow[];
  readonly writer: Writer;
  readonly labelledBy: string;
};

export function RetentionLists({ rows, writer, labelledBy }: RetentionListsProps) {
  const { t } = writer;
  return (
    <ul aria-labelledby={labelledBy} className="divide-y divide-line rounded-lg border border-line bg-surface">
      {rows.map((row) => (
        <li key={row.id} className="grid gap-x-6 gap-y-1 p-4 sm:grid-cols-[10rem_1fr_1fr]">
          <IntentLink href={casePath(row.id)} className="text-link font-semibold">
            {t("retention.case", { number: String(row.number) })}
          </IntentLink>
          <span>{t(`reports.category.${row.category}`)}</span>
          <span>{whenText(row, writer)}</span>
          {row.holdReason === null || row.holdReason === "" ? null : (
            <p className="prose-width whitespace-pre-line text-ink-soft sm:col-span-3">{row.holdReason}</p>
          )}
        </li>
      ))}
    </ul>
  );
}

function whenText({ holdReason, heldAt, heldBy, isInForce, eraseAt }: HeldRow, writer: Writer): string {
  const { t } = writer;
  if (holdReason !== null && heldAt !== null) {
    return t("retention.heldBy", { name: heldBy ?? "", when: moment(writer, heldAt).text });
  }
  if (isInForce) return t("retention.inForce");
  return eraseAt === null ? "" : `${t("retention.erase")}: ${moment(writer, eraseAt).full}`;
}
