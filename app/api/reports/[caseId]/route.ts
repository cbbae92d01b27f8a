// One case as it is now, for the page that asks again while it is open; whoever looks at it has read it.
import { getLocale, getTranslations } from "next-intl/server";
import { casePage } from "#components/reports/case-state.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { watchingPrincipal } from "#lib/auth/session.ts";
import { getCase, markCaseRead } from "#lib/reports/case-queries.ts";
import { pageOfReports } from "#lib/reports/report-pages.ts";

const NO_STORE = { "cache-control": "no-store" };

type Context = { readonly params: Promise<{ caseId: string }> };

export async function GET(request: Request, { params }: Context): Promise<Response> {
  const principal = await watchingPrincipal();
  if (!principal) return Response.json({ error: "signedOut" }, { status: 401, headers: NO_STORE });
  const reports = pageOfReports(new URL(request.url).searchParams.get("reports"));
  const view = await getCase(principal, fromSegment((await params).caseId), { reports });
  if (!view) return Response.json({ error: "notFound" }, { status: 404, headers: NO_STORE });
  const now = new Date();
  await markCaseRead(principal, view.id, now);
  const writer = { t: await getTranslations(), locale: await getLocale(), now };
  return Response.json(casePage(view, writer, principal.personId), { headers: NO_STORE });
}
