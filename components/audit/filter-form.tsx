// Which entries to show. A plain form: the selection stands in the address, and works before any script has loaded.
import { Filter } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import { AUDIT_EVENT_TYPES } from "#lib/audit/events.ts";
import { FILTER_FIELDS, type AuditFilter } from "#lib/audit/filter.ts";

type FilterFormProps = {
  readonly path: string;
  readonly filter: AuditFilter;
  /** False where all entries are one person's. */
  readonly withPerson: boolean;
};

const CONTROL = "block min-h-11 w-full rounded-md border border-control bg-surface px-3";

export function FilterForm({ path, filter, withPerson }: FilterFormProps) {
  const t = useTranslations("audit");
  const active = FILTER_FIELDS.filter((name) => filter[name] !== undefined).length;
  const kinds = AUDIT_EVENT_TYPES.map((type) => ({ type, label: t(`kind.${type}`) }));
  return (
    <details open={active > 0} className="rounded-lg border border-line bg-surface">
      <summary className="flex min-h-11 items-center gap-2 px-4 font-semibold">
        <Filter aria-hidden className="size-5 text-ink-soft" />
        {t("filter.open")}
        {active === 0 ? null : (
          <span className="font-normal text-ink-soft">{t("filter.active", { count: active })}</span>
        )}
      </summary>
      <form method="get" action={path} aria-label={t("filter.title")} className="space-y-4 p-4 pt-2">
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
          <Labelled label={t("filter.type")}>
            <select name="type" defaultValue={filter.type ?? ""} className={CONTROL}>
              <option value="">{t("filter.anyType")}</option>
              {kinds
                .toSorted((a, b) => a.label.localeCompare(b.label))
                .map(({ type, label }) => (
                  <option key={type} value={type}>
                    {label}
                  </option>
                ))}
            </select>
          </Labelled>
          {withPerson ? (
            <Labelled label={t("filter.person")}>
              <input name="person" maxLength={80} defaultValue={filter.person} className={CONTROL} autoComplete="off" />
            </Labelled>
          ) : null}
          <Labelled label={t("filter.outcome")}>
            <select name="outcome" defaultValue={filter.outcome ?? ""} className={CONTROL}>
              <option value="">{t("filter.anyOutcome")}</option>
              <option value="done">{t("done")}</option>
              <option value="refused">{t("refused")}</option>
            </select>
          </Labelled>
          <Labelled label={t("filter.from")}>
            <input type="date" name="from" defaultValue={filter.from} className={CONTROL} />
          </Labelled>
          <Labelled label={t("filter.to")}>
            <input type="date" name="to" defaultValue={filter.to} className={CONTROL} />
          </Labelled>
          <Labelled label={t("filter.id")}>
            <input name="id" maxLength={40} defaultValue={filter.id} className={CONTROL} autoComplete="off" />
          </Labelled>
        </div>
        <div className="flex flex-wrap gap-3">
          <button type="submit" className={buttonClass("primary")}>
            {t("filter.apply")}
          </button>
          {active === 0 ? null : (
            <ButtonLink href={path} kind="quiet">
              {t("filter.reset")}
            </ButtonLink>
          )}
        </div>
      </form>
    </details>
  );
}

function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <label className="block space-y-1">
      <span className="block font-semibold">{label}</span>
      {children}
    </label>
  );
}
