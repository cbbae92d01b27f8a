// What is under way in the whole state, for its page of provisioning that asks again while it is open.
import { readStateWork } from "#components/provisioning/read-work.ts";
import { watchingPrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";

const NO_STORE = { "cache-control": "no-store" };

export async function GET(): Promise<Response> {
  const principal = await watchingPrincipal();
  if (!principal) return Response.json({ error: "signedOut" }, { status: 401, headers: NO_STORE });
  const state = await readStateWork(database(), principal);
  if (!state) return Response.json({ error: "notFound" }, { status: 404, headers: NO_STORE });
  return Response.json(state.work, { headers: NO_STORE });
}
