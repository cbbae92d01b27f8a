// POST only: a link or an image must not sign anybody out.
import { NextResponse, type NextRequest } from "next/server";
import { safeCallback } from "#components/shell/paths.ts";
import { SESSION_ENDED_COOKIE } from "#components/sign-in/session-ended.ts";
import { signOut } from "#lib/console/sign-out.ts";

const EXPLAINED_S = 600;

export async function POST(request: NextRequest): Promise<NextResponse> {
  const { location, forget } = await signOut();
  const response = NextResponse.redirect(location, 303);
  for (const name of forget) response.cookies.set(name, "", { path: "/", maxAge: 0, secure: name.startsWith("__") });
  // the way back leads over the identity provider, which keeps no note of ours
  const parameters = request.nextUrl.searchParams;
  const isIdle = parameters.get("reason") === "idle";
  const back = safeCallback(parameters.get("back") ?? undefined);
  const note = { path: "/sign-in", httpOnly: true, sameSite: "lax" } as const;
  response.cookies.set(SESSION_ENDED_COOKIE, isIdle ? back : "", { ...note, maxAge: isIdle ? EXPLAINED_S : 0 });
  return response;
}
