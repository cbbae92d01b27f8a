// Asks for the reason of an export. A plain form: the answer is a file.
import { Download, LogIn } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass } from "#components/ui/classes.ts";
import { Notice } from "#components/ui/notice.tsx";
import type { ErrorCode } from "#lib/action/result.ts";
import { exportFilePath, exportPath } from "./paths.ts";

type List = { readonly role: string } | { readonly group: string };
type ExportFormProps = {
  readonly schoolId: string;
  readonly list: List;
  readonly isSignInRecent: boolean;
  readonly problem: { readonly code: ErrorCode; readonly id: string } | null;
};

const LEAST = 10;
const MOST = 500;

export function ExportForm({ schoolId, list, isSignInRecent, problem }: ExportFormProps) {
  const t = useTranslations();
  if (!isSignInRecent) {
    const query = new URLSearchParams({ fresh: "1", callbackUrl: exportPath(schoolId, list) });
    return (
      <Notice tone="waiting" title={t("addressbook.export.signInTitle")}>
        <p>{t("addressbook.export.signIn")}</p>
        <a href={`/sign-in?${query.toString()}`} className={buttonClass("primary", "mt-2")}>
          <LogIn aria-hidden className="size-5" />
          {t("addressbook.export.toSignIn")}
        </a>
      </Notice>
    );
  }
  return (
    <form method="post" action={exportFilePath(schoolId)} className="prose-width space-y-4">
      {problem === null ? null : (
        <Notice tone="danger" title={t("addressbook.export.failed")} live>
          <p>{t(`errors.${problem.code}`)}</p>
          <p className="text-ink-soft tabular-nums">{t("audit.id", { id: problem.id })}</p>
        </Notice>
      )}
      {Object.entries(list).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <div className="space-y-1">
        <label htmlFor="export-reason" className="block font-semibold">
          {t("addressbook.export.reason")}
        </label>
        <p id="export-reason-hint" className="text-ink-soft">
          {t("addressbook.export.reasonHint")}
        </p>
        <textarea
          id="export-reason"
          name="reason"
          required
          minLength={LEAST}
          maxLength={MOST}
          rows={3}
          aria-describedby="export-reason-hint"
          className="block w-full rounded-md border border-control bg-surface p-3"
        />
      </div>
      <button type="submit" className={buttonClass("primary")}>
        <Download aria-hidden className="size-5" />
        {t("addressbook.export.button")}
      </button>
    </form>
  );
}
