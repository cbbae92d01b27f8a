// What the server says about the session's time, read in the browser.
export type SessionTime = { readonly remainingMs: number; readonly extendable: boolean };
/** "ended": there is no session any more; "unknown": the server did not answer. */
export type TimeAnswer = SessionTime | "ended" | "unknown";

const TIMEOUT_MS = 10_000;
const HTTP_UNAUTHORIZED = 401;

function isSessionTime(value: unknown): value is SessionTime {
  return (
    typeof value === "object" &&
    value !== null &&
    "remainingMs" in value &&
    typeof value.remainingMs === "number" &&
    "extendable" in value &&
    typeof value.extendable === "boolean"
  );
}

/** @param method GET only asks, POST goes on working */
export async function askSessionTime(method: "GET" | "POST"): Promise<TimeAnswer> {
  try {
    const response = await fetch("/api/session", { method, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status === HTTP_UNAUTHORIZED) return "ended";
    const answer: unknown = response.ok ? await response.json() : undefined;
    return isSessionTime(answer) ? answer : "unknown";
  } catch {
    return "unknown";
  }
}

/** Where to go when the session is over: back to this place after signing in, and why it ended. */
export function afterSessionPath(reason: "idle" | "ended", here: string): string {
  const query = new URLSearchParams({ ended: reason, callbackUrl: here });
  return `/sign-in?${query.toString()}`;
}

/** Signs out at the identity provider as well: school computers are shared. */
export function signOutPath(reason: "idle" | "chosen", here: string): string {
  return reason === "chosen"
    ? "/api/sign-out"
    : `/api/sign-out?${new URLSearchParams({ reason, back: here }).toString()}`;
}

/** Whole minutes that are left, rounded up; 0 in the last one. */
export function minutesLeft(remainingMs: number): number {
  return remainingMs < 60_000 ? 0 : Math.ceil(remainingMs / 60_000);
}
