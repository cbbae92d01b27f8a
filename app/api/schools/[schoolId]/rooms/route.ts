// The moving parts of the page of existing rooms, for the page that asks again while it is open.
import { getLocale, getTranslations } from "next-intl/server";
import { roomsState } from "#components/rooms/rooms-state.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { watchingPrincipal } from "#lib/auth/session.ts";
import { getRooms } from "#lib/rooms/queries.ts";

const NO_STORE = { "cache-control": "no-store" };

type Context = { readonly params: Promise<{ schoolId: string }> };

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const principal = await watchingPrincipal();
  if (!principal) return Response.json({ error: "signedOut" }, { status: 401, headers: NO_STORE });
  const view = await getRooms(principal, fromSegment((await params).schoolId));
  if (!view) return Response.json({ error: "notFound" }, { status: 404, headers: NO_STORE });
  const writer = { t: await getTranslations(), locale: await getLocale(), now: new Date() };
  return Response.json(roomsState(view, writer), { headers: NO_STORE });
}
