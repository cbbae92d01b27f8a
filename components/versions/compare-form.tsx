// Which two versions to compare. An ordinary form: it leads to an address and needs no script.
import { ArrowLeftRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass } from "#components/ui/classes.ts";
import { schoolPath } from "#components/shell/paths.ts";

type CompareFormProps = {
  readonly schoolId: string;
  readonly currentVersion: number;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

export function CompareForm({ schoolId, currentVersion, from, to }: CompareFormProps) {
  const t = useTranslations("versions");
  return (
    <form
      action={schoolPath(schoolId, "versions/compare")}
      aria-label={t("compare")}
      className="flex flex-wrap items-end gap-3"
    >
      <VersionField
        name="from"
        label={t("compareFrom")}
        most={currentVersion}
        value={from ?? Math.max(1, currentVersion - 1)}
      />
      <VersionField name="to" label={t("compareTo")} most={currentVersion} value={to ?? currentVersion} />
      <button type="submit" className={buttonClass("secondary")}>
        <ArrowLeftRight aria-hidden className="size-5" />
        {t("compare")}
      </button>
    </form>
  );
}

type VersionFieldProps = {
  readonly name: string;
  readonly label: string;
  readonly most: number;
  readonly value: number;
};

function VersionField({ name, label, most, value }: VersionFieldProps) {
  return (
    <label className="space-y-1">
      <span className="block font-semibold">{label}</span>
      <input
        type="number"
        name={name}
        min={1}
        max={most}
        required
        defaultValue={value}
        className="block min-h-11 w-28 rounded-md border border-control bg-surface px-3 tabular-nums"
      />
    </label>
  );
}
