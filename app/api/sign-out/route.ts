// POST only: a link or an image must not sign anybody out.
import { NextResponse } from "next/server";
import { signOut } from "#lib/console/sign-out.ts";

export async function POST(): Promise<NextResponse> {
  const { location, forget } = await signOut();
  const response = NextResponse.redirect(location, 303);
  for (const name of forget) response.cookies.set(name, "", { path: "/", maxAge: 0, secure: name.startsWith("__") });
  return response;
}
