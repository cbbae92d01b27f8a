// The moving parts of the overview, for the page that asks again while it is open.
import { getLocale, getTranslations } from "next-intl/server";
import { liveState } from "#components/overview/live-state.ts";
import { parseSearch } from "#components/overview/school-search.ts";
import { hasConsoleAccess } from "#lib/auth/principal.ts";
import { watchingPrincipal } from "#lib/auth/session.ts";
import { getOverview } from "#lib/overview/queries.ts";

const NO_STORE = { "cache-control": "no-store" };

export async function GET(request: Request): Promise<Response> {
  const principal = await watchingPrincipal();
  if (!principal || !hasConsoleAccess(principal)) {
    return Response.json({ error: "signedOut" }, { status: 401, headers: NO_STORE });
  }
  const writer = { t: await getTranslations(), locale: await getLocale(), now: new Date() };
  return Response.json(
    liveState(await getOverview(principal, parseSearch(new URL(request.url).searchParams)), writer),
    { headers: NO_STORE },
  );
}
