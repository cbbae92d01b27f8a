// The numbers of the inbox as charts with tables behind them.
import { useTranslations } from "next-intl";
import type { Locale } from "#lib/i18n/locales.ts";
import { AGES, MONTHS, type CaseNumbers } from "#lib/reports/numbers.ts";
import { SEVERITIES } from "#lib/reports/inbox-filter.ts";
import { Bars, NumberTable } from "./bars.tsx";

const DAY_HOURS = 24;

export function NumberCharts({ numbers, locale }: { readonly numbers: CaseNumbers; readonly locale: Locale }) {
  const t = useTranslations("reports");
  const format = new Intl.NumberFormat(locale);
  const number = (value: number) => format.format(value);
  const time = (hours: number | null) => {
    if (hours === null) return t("numbers.none");
    if (hours < 1) return t("duration.minutes", { count: Math.max(Math.round(hours * 60), 1) });
    if (hours < 2 * DAY_HOURS) return t("duration.hours", { count: Math.round(hours) });
    return t("numbers.days", { count: Math.round(hours / DAY_HOURS) });
  };
  const monthName = (month: string) =>
    new Intl.DateTimeFormat(locale === "de" ? "de-DE" : "en-GB", {
      month: "short",
      year: "numeric",
      timeZone: "UTC",
    }).format(new Date(`${month}-01T00:00:00Z`));
  const severityOf = new Map(numbers.bySeverity.map((row) => [row.severity, row]));
  const ageOf = new Map(numbers.byAge.map((row) => [row.age, row.open]));
  const times = (row: CaseNumbers["byMonth"][number] | CaseNumbers["bySchool"][number]) => [
    number(row.received),
    number(row.closed),
    time(row.firstActionHours),
    time(row.closingHours),
  ];
  const timeHeads = [t("numbers.received"), t("numbers.closed"), t("numbers.firstAction"), t("numbers.closing")];
  return (
    <div className="space-y-12">
      <div className="grid gap-10 lg:grid-cols-2">
        <Bars
          id="by-severity"
          title={t("numbers.openTitle")}
          tableLabel={t("numbers.table")}
          heads={[t("numbers.severity"), t("numbers.open"), t("numbers.late")]}
          number={number}
          bars={SEVERITIES.toReversed().map((severity) => ({
            key: severity,
            label: t(`severity.${severity}`),
            value: severityOf.get(severity)?.open ?? 0,
            part: severityOf.get(severity)?.late ?? 0,
          }))}
        />
        <Bars
          id="by-age"
          title={t("numbers.ageTitle")}
          tableLabel={t("numbers.table")}
          heads={[t("numbers.ageHead"), t("numbers.open")]}
          number={number}
          bars={AGES.map((age) => ({ key: age, label: t(`numbers.age.${age}`), value: ageOf.get(age) ?? 0 }))}
        />
      </div>
      <div className="space-y-6">
        <Bars
          id="months"
          title={`${t("numbers.monthTitle")} (${t("numbers.months", { count: MONTHS })})`}
          tableLabel={t("numbers.table")}
          heads={[t("numbers.month"), t("numbers.received")]}
          number={number}
          bars={numbers.byMonth.map(({ month, received }) => ({
            key: month,
            label: monthName(month),
            value: received,
          }))}
        />
        <NumberTable
          caption={t("numbers.monthTitle")}
          heads={[t("numbers.month"), ...timeHeads]}
          rows={numbers.byMonth.map((row) => ({ key: row.month, cells: [monthName(row.month), ...times(row)] }))}
        />
      </div>
      <div className="space-y-3">
        <h2 id="schools" className="text-xl font-semibold tracking-tight">
          {t("numbers.schoolTitle")}
        </h2>
        <NumberTable
          caption={t("numbers.schoolTitle")}
          heads={[t("numbers.school"), t("numbers.open"), ...timeHeads]}
          rows={numbers.bySchool.map((row) => ({
            key: row.schoolId ?? "",
            cells: [row.schoolName ?? t("noSchool"), number(row.open), ...times(row)],
          }))}
        />
      </div>
    </div>
  );
}
