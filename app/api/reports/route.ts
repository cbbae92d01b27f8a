// The inbox as it is now, for the page that asks again while it is open.
import { getLocale, getTranslations } from "next-intl/server";
import { inboxState } from "#components/reports/inbox-state.ts";
import { watchingPrincipal } from "#lib/auth/session.ts";
import { parseInboxFilter } from "#lib/reports/inbox-filter.ts";
import { getUnreadableReports, listCases } from "#lib/reports/inbox-queries.ts";

const NO_STORE = { "cache-control": "no-store" };

export async function GET(request: Request): Promise<Response> {
  const principal = await watchingPrincipal();
  if (!principal) return Response.json({ error: "signedOut" }, { status: 401, headers: NO_STORE });
  const parameters = new URL(request.url).searchParams;
  const filter = parseInboxFilter(Object.fromEntries(parameters));
  const [page, unreadable] = await Promise.all([
    listCases(principal, filter, { cursor: parameters.get("after") ?? undefined }),
    getUnreadableReports(principal),
  ]);
  if (!page) return Response.json({ error: "notFound" }, { status: 404, headers: NO_STORE });
  const writer = { t: await getTranslations(), locale: await getLocale(), now: new Date() };
  return Response.json(inboxState(page, unreadable, writer, principal.personId), { headers: NO_STORE });
}
