// For whom the matrix is, what a change does and does not do, which version is in effect, and what is pending.
import { Eye } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { requestPath } from "#components/shell/paths.ts";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import type { MatrixView, VersionHead } from "#lib/policy/types.ts";

export function MatrixIntro({ matrix }: { readonly matrix: MatrixView }) {
  const t = useTranslations("matrix");
  const { school, version, openRequestId, mayEdit } = matrix;
  return (
    <>
      <PageTitle title={t("title")} lead={t("lead")} />
      <div className="mb-6 space-y-4">
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-soft">
          <InEffect version={version} />
          {mayEdit ? null : (
            <span className="inline-flex items-center gap-2">
              <Eye aria-hidden className="size-5" />
              {t("readOnly")}
            </span>
          )}
        </p>
        {openRequestId === null ? null : (
          <Notice tone="waiting" title={t("pendingTitle")}>
            <p>{t("pendingText")}</p>
            <Link
              href={requestPath(school.id, openRequestId)}
              className="text-link inline-flex min-h-11 items-center font-semibold"
            >
              {t("pendingLink")}
            </Link>
          </Notice>
        )}
        {mayEdit ? (
          <Notice tone="info" title={t("helpTitle")}>
            <p>{t("forWhom", { school: school.name, id: school.id })}</p>
            <p>{t("agreement")}</p>
            <p>{t("existing")}</p>
          </Notice>
        ) : null}
      </div>
    </>
  );
}

function InEffect({ version: { number, createdAt, authorName, approverName } }: { readonly version: VersionHead }) {
  const t = useTranslations("matrix");
  return (
    <span>
      {t("version", { number })} <Moment at={createdAt} />,{" "}
      {authorName === null
        ? t("bySystem")
        : approverName === null
          ? t("by", { author: authorName })
          : t("byApproved", { author: authorName, approver: approverName })}
      .
    </span>
  );
}
