// For whom the matrix is, what a change does and does not do, which version is in effect, and what is pending.
import { CalendarClock, DoorOpen, Eye, History, type LucideIcon } from "lucide-react";
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
              <Way href={schoolPath(school.id, "rooms")} icon={DoorOpen} text={t("rooms")} />
              {hasOpenings ? (
                <Way href={schoolPath(school.id, "matrix/ends")} icon={CalendarClock} text={t("ends")} />
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
      <Way href={schoolPath(schoolId, "versions")} icon={History} text={t("allVersions")} />
    </>
  );
}

type WayProps = { readonly href: string; readonly icon: LucideIcon; readonly text: string };

function Way({ href, icon: Icon, text }: WayProps) {
  return (
    <IntentLink href={href} className="text-link inline-flex min-h-11 items-center gap-2">
      <Icon aria-hidden className="size-5 flex-none" />
      {text}
    </IntentLink>
  );
}
