// The one choke point of the session: cookie → session row → person → roles, read anew on every request.
import { cache } from "react";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { getServerSession } from "next-auth";
import { z } from "zod";
import { database } from "#lib/db/shared.ts";
import { sessionCookieOptions } from "./oidc.ts";
import { hasConsoleAccess, type Principal } from "./principal.ts";
import { findPrincipal, remainingTime, type RemainingTime } from "./stored-session.ts";

const sessionSchema = z.object({ sid: z.string().min(1) });

/** The session id of this request's cookie, whether it still lives or not. */
export async function sessionId(): Promise<string | undefined> {
  return sessionSchema.safeParse(await getServerSession(sessionCookieOptions())).data?.sid;
}

async function readPrincipal(): Promise<Principal | null> {
  const id = await sessionId();
  return id === undefined ? null : await findPrincipal(database(), id, new Date());
}

/** Null when nobody is signed in, or the session was ended on the server. Read once a request. */
export const currentPrincipal = cache(readPrincipal);

/** For what a page asks again and again by itself: who asks, without keeping the session alive. */
export async function watchingPrincipal(): Promise<Principal | null> {
  const id = await sessionId();
  return id === undefined ? null : await findPrincipal(database(), id, new Date(), { touch: false });
}

/** @param touch whether a person wants to go on, or a page only asks */
export async function sessionTime(options: { readonly touch: boolean }): Promise<RemainingTime | null> {
  const id = await sessionId();
  return id === undefined ? null : await remainingTime(database(), id, new Date(), options);
}

/** Leads back to the page that was asked for; proxy.ts says which it was. */
async function signInAddress(): Promise<string> {
  const path = (await headers()).get("x-request-path") ?? "/";
  return path === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ callbackUrl: path }).toString()}`;
}

/** For pages: signed in and with access to the console, or sent to where that is explained. */
export async function requirePrincipal(): Promise<Principal> {
  const principal = await currentPrincipal();
  if (!principal) redirect(await signInAddress());
  if (!hasConsoleAccess(principal)) redirect("/no-access");
  return principal;
}
