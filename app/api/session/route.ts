// How long the session lives on. GET only asks; POST is somebody who wants to go on working.
import { sessionTime } from "#lib/auth/session.ts";

const NO_STORE = { "cache-control": "no-store" };

async function answer(touch: boolean): Promise<Response> {
  const time = await sessionTime({ touch });
  return time
    ? Response.json(time, { headers: NO_STORE })
    : Response.json({ error: "signedOut" }, { status: 401, headers: NO_STORE });
}

export async function GET(): Promise<Response> {
  return await answer(false);
}

export async function POST(): Promise<Response> {
  return await answer(true);
}
