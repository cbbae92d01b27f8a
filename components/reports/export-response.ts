// Answers an export of a case: the right, the entry about it, then the file. A refusal leads back to the page.
import { getLocale, getTranslations } from "next-intl/server";
import { NextResponse } from "next/server";
import { currentPrincipal } from "#lib/auth/session.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { getCase } from "#lib/reports/case-queries.ts";
import { requestCaseExport } from "#lib/reports/export.ts";
import { getMeasures } from "#lib/reports/measure-queries.ts";
import { casePage } from "./case-state.ts";
import { exportDocument } from "./export-document.ts";
import { shownMeasures } from "./measures-state.ts";
import { moment } from "./writer.ts";

export async function exportCaseResponse(caseId: string, request: Request): Promise<Response> {
  const form = await request.formData();
  const reason = form.get("reason");
  const back = `/reports/${encodeURIComponent(caseId)}`;
  const answer = await requestCaseExport(caseId, typeof reason === "string" ? reason : "");
  if (!answer.ok) return refusal(back, answer.error.code);
  const principal = await currentPrincipal();
  const now = new Date();
  const view = principal && (await getCase(principal, caseId, { reports: "all" }));
  const measures = principal && (await getMeasures(principal, caseId, now));
  if (!view || !measures) return refusal(back, "notFound");
  const writer = { t: await getTranslations(), locale: await getLocale(), now };
  const made = writer.t("caseExport.made", {
    at: moment(writer, now).full,
    name: principal.displayName,
    reason: typeof reason === "string" ? reason.trim() : "",
  });
  const content = {
    page: casePage(view, writer, principal.personId),
    measures: shownMeasures(measures, writer),
    evidence: answer.value.evidence,
    made,
  };
  return new Response(exportDocument(content, writer), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-disposition": `attachment; filename="fall-${String(answer.value.number)}.html"`,
      "content-security-policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function refusal(back: string, code: string): Response {
  const signIn = (query: Record<string, string>) => `/sign-in?${new URLSearchParams(query).toString()}`;
  const target =
    code === "signInTooOld"
      ? signIn({ fresh: "1", callbackUrl: back })
      : code === "signedOut"
        ? signIn({ callbackUrl: back })
        : back;
  return NextResponse.redirect(new URL(target, readEnvironment("web").CONSOLE_URL), 303);
}
