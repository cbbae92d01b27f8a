// What came of a decision.
"use client";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { schoolPath } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";

export type Decided =
  { readonly step: "approved"; readonly versionNumber: number } | { readonly step: "rejected" | "withdrawn" };

export function DecisionDone({ schoolId, decided }: { readonly schoolId: string; readonly decided: Decided }) {
  const t = useTranslations("client.decision");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <div className="space-y-6 py-4">
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight outline-none sm:text-3xl">
        {t(`${decided.step}Title`)}
      </h1>
      <Notice tone={decided.step === "approved" ? "success" : "info"} live>
        <p>{decided.step === "approved" ? t("approved", { version: decided.versionNumber }) : t(decided.step)}</p>
      </Notice>
      <div className="flex flex-wrap gap-3">
        <ButtonLink href={schoolPath(schoolId, "approvals")} kind="primary">
          {t("toList")}
        </ButtonLink>
        <ButtonLink href={schoolPath(schoolId, "matrix")}>{t("toMatrix")}</ButtonLink>
      </div>
    </div>
  );
}
