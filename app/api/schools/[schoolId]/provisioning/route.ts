// What is under way at a school, for the pages of its provisioning that ask again while they are open.
import { readWork } from "#components/provisioning/read-work.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { watchingPrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";

const NO_STORE = { "cache-control": "no-store" };

type Context = { readonly params: Promise<{ schoolId: string }> };

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const principal = await watchingPrincipal();
  if (!principal) return Response.json({ error: "signedOut" }, { status: 401, headers: NO_STORE });
  const state = await readWork(database(), principal, fromSegment((await params).schoolId));
  if (!state) return Response.json({ error: "notFound" }, { status: 404, headers: NO_STORE });
  return Response.json(state, { headers: NO_STORE });
}
