// Takes the selected entries out as a file. A POST, because it writes an entry; a link could be followed by a prefetch.
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass } from "#components/ui/classes.ts";
import { FILTER_FIELDS, type AuditFilter } from "#lib/audit/filter.ts";
import { auditExportPath } from "./audit-paths.ts";

export function ExportForm({ scope, filter }: { readonly scope: string; readonly filter: AuditFilter }) {
  const t = useTranslations("audit.export");
  return (
    <form method="post" action={auditExportPath(scope)} className="space-y-1">
      {FILTER_FIELDS.map((name) =>
        filter[name] === undefined ? null : <input key={name} type="hidden" name={name} value={filter[name]} />,
      )}
      <button type="submit" className={buttonClass("secondary")} aria-describedby="export-hint">
        <Download aria-hidden className="size-5" />
        {t("button")}
      </button>
      <p id="export-hint" className="prose-width text-sm text-ink-soft">
        {t("hint")}
      </p>
    </form>
  );
}
