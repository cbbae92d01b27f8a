// What came of a submitted change, and where to look at it.
"use client";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { RoomsAfterClosing } from "#components/rooms/rooms-after-closing.tsx";
import { requestPath, schoolPath } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Submitted } from "#lib/policy/actions.ts";

type SubmissionDoneProps = {
  readonly schoolId: string;
  readonly submitted: Submitted;
  /** It switched something off: rooms may stand that would not be allowed any more. */
  readonly closes: boolean;
};

export function SubmissionDone({ schoolId, submitted, closes }: SubmissionDoneProps) {
  const t = useTranslations("client.submit");
  const { versionNumber, requestId } = submitted;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <div className="space-y-6 py-4">
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight outline-none sm:text-3xl">
        {t("doneTitle")}
      </h1>
      {versionNumber === null ? null : (
        <Notice tone="success" live>
          <p>{t("effective", { version: versionNumber })}</p>
        </Notice>
      )}
      {requestId === null ? null : (
        <Notice tone="waiting" live>
          <p>{t("waits", { both: versionNumber === null ? "no" : "yes" })}</p>
        </Notice>
      )}
      {closes && versionNumber !== null ? <RoomsAfterClosing schoolId={schoolId} /> : null}
      <div className="flex flex-wrap gap-3">
        {requestId === null ? null : (
          <ButtonLink href={requestPath(schoolId, requestId)} kind="primary">
            {t("toRequest")}
          </ButtonLink>
        )}
        <ButtonLink href={schoolPath(schoolId, "matrix")} kind={requestId === null ? "primary" : "secondary"}>
          {t("toMatrix")}
        </ButtonLink>
        <ButtonLink href={schoolPath(schoolId, "audit")}>{t("toAudit")}</ButtonLink>
      </div>
    </div>
  );
}
