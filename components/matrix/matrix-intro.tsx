// For whom the matrix is, what a change does and does not do, which version is in effect, and what is pending.
import { CalendarClock, DoorOpen, Eye, History } from "lucide-react";
import { useTranslations } from "next-intl";
import { requestPath, schoolPath } from "#components/shell/paths.ts";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { VersionWho } from "#components/versions/version-who.tsx";
import { hasOwnEnd } from "#components/ends/own-end.ts";
import type { MatrixView, VersionHead } from "#lib/policy/types.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";

export function MatrixIntro({ matrix }: { readonly matrix: MatrixView }) {
  const t = useTranslations("matrix");
  const { school, version, openRequestId, mayEdit } = matrix;
  const hasOpenings = matrix.cells.some(hasOwnEnd);
  return (
    <>
      <PageTitle title={t("title")} lead={t("lead")} />
      <div className="mb-4 space-y-3">
        {openRequestId === null ? null : (
          <Notice tone="waiting" wide>
            <p>
              <span className="font-semibold">{t("pendingTitle")}.</span> {t("pendingText")}{" "}
              <IntentLink href={requestPath(school.id, openRequestId)} className="text-link hit-area font-semibold">
                {t("pendingLink")}
              </IntentLink>
            </p>
          </Notice>
        )}
        {mayEdit ? (
          <Notice tone="info" wide>
            <p>
              {t("forWhom", { school: school.name, id: school.id })} {t("agreement")}
            </p>
          </Notice>
        ) : null}
        {matrix.approvalForEveryChange ? (
          <Notice tone="waiting" wide>
            <p>
              <span className="font-semibold">{t("everyTitle")}</span> {t("everyText")}
            </p>
          </Notice>
        ) : null}
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-soft">
          <InEffect schoolId={school.id} version={version} />
          {mayEdit ? (
            <>
              <IntentLink
                href={schoolPath(school.id, "rooms")}
                className="text-link inline-flex min-h-11 items-center gap-2"
              >
                <DoorOpen aria-hidden className="size-5 flex-none" />
                {t("rooms")}
              </IntentLink>
              {hasOpenings ? (
                <IntentLink
                  href={schoolPath(school.id, "matrix/ends")}
                  className="text-link inline-flex min-h-11 items-center gap-2"
                >
                  <CalendarClock aria-hidden className="size-5 flex-none" />
                  {t("ends")}
                </IntentLink>
              ) : null}
            </>
          ) : (
            <span className="inline-flex items-center gap-2">
              <Eye aria-hidden className="size-5 flex-none" />
              {t("readOnly")}
            </span>
          )}
        </p>
      </div>
    </>
  );
}

function InEffect({ schoolId, version }: { readonly schoolId: string; readonly version: VersionHead }) {
  const t = useTranslations("matrix");
  return (
    <>
      <span>
        {t("version", { number: version.number })} <Moment at={version.createdAt} />, <VersionWho version={version} />.
      </span>
      <IntentLink href={schoolPath(schoolId, "versions")} className="text-link inline-flex min-h-11 items-center gap-2">
        <History aria-hidden className="size-5 flex-none" />
        {t("allVersions")}
      </IntentLink>
    </>
  );
}
