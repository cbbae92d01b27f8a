// What can be done in the chat because of a case, and what was done, for the panel that asks again while it is open.
import { getLocale, getTranslations } from "next-intl/server";
import { shownMeasures } from "#components/reports/measures-state.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { watchingPrincipal } from "#lib/auth/session.ts";
import { getMeasures } from "#lib/reports/measure-queries.ts";

const NO_STORE = { "cache-control": "no-store" };

type Context = { readonly params: Promise<{ caseId: string }> };

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const principal = await watchingPrincipal();
  if (!principal) return Response.json({ error: "signedOut" }, { status: 401, headers: NO_STORE });
  const now = new Date();
  const view = await getMeasures(principal, fromSegment((await params).caseId), now);
  if (!view) return Response.json({ error: "notFound" }, { status: 404, headers: NO_STORE });
  const writer = { t: await getTranslations(), locale: await getLocale(), now };
  return Response.json(shownMeasures(view, writer), { headers: NO_STORE });
}
