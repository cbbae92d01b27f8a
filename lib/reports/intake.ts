// What a client hands in as a report: the addresses it may use, and what its body says. A report that is badly written
// is still a report: whatever can be understood is kept, and the rest is named as a problem. Pure.
import { z } from "zod";

/** What the address alone says (Matrix client API; MSC4151 for rooms, MSC4260 for users, and the older versions). */
export type ReportTarget =
  | { readonly kind: "event"; readonly roomId: string; readonly eventId: string }
  | { readonly kind: "room"; readonly roomId: string }
  | { readonly kind: "user"; readonly userId: string };

/** Stable codes of what is wrong with a report; their texts are translated when shown. */
export type IntakeProblem = GateProblem | "bodyUnreadable" | "reasonTooLong" | "screenshotUnreadable";
const GATE_PROBLEMS = ["bodyTooLarge", "bodyIncomplete", "screenshotTooLarge", "screenshotLeftOut"] as const;
/** What the gate could not, or would not, keep. */
type GateProblem = (typeof GATE_PROBLEMS)[number];

export type ReportBody = {
  readonly reason: string;
  /** base64 as the client wrote it; empty without a screenshot */
  readonly screenshot: string;
  /** What the client says about the school; a hint, never trusted. */
  readonly schoolHint: string;
  readonly problems: readonly IntakeProblem[];
};

/** Longer texts are cut: nobody writes more in a report, and a flood shall not fill the inbox. */
export const REASON_LENGTH = 10_000;
const ID_LENGTH = 255;
const PREFIX = /^\/_matrix\/client\/(?:r0|v1|v3|api\/v1|unstable(?:\/[^/]+)?)\//;

/** @returns null for an address that is no report */
export function parseReportPath(path: string): ReportTarget | null {
  const prefix = PREFIX.exec(path)?.[0];
  if (prefix === undefined) return null;
  const parts = path
    .slice(prefix.length)
    .replace(/\/+$/, "")
    .split("/")
    .map((part) => decoded(part));
  const [scope, id, verb, eventId, ...rest] = parts;
  if (!isId(id) || verb !== "report" || rest.length > 0) return null;
  if (scope === "users") return eventId === undefined ? { kind: "user", userId: id } : null;
  if (scope !== "rooms") return null;
  if (eventId === undefined) return { kind: "room", roomId: id };
  return isId(eventId) ? { kind: "event", roomId: id, eventId } : null;
}

function isId(text: string | null | undefined): text is string {
  return typeof text === "string" && text.length > 0 && text.length <= ID_LENGTH;
}

function decoded(part: string): string | null {
  try {
    return withoutControls(decodeURIComponent(part));
  } catch {
    return null;
  }
}

/** PostgreSQL keeps no NUL, and nobody reads control characters. Line breaks and tabs stay. */
function withoutControls(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "").toWellFormed();
}

const body = z.object({
  reason: z.string().catch(""),
  img: z.string().catch(""),
  school_id: z.string().max(ID_LENGTH).catch(""),
});

/**
 * @param text the request's body, or what was kept of it
 * @param problem what is missing in it; named before what is found in it
 */
export function readReportBody(text: string | null, problem: GateProblem | null = null): ReportBody {
  const { problems, ...content } = readContent(text);
  const missing = problem ?? (text === null ? "bodyTooLarge" : null);
  return { ...content, problems: missing === null ? problems : [missing, ...problems] };
}

function readContent(text: string | null): ReportBody {
  const nothing = { reason: "", screenshot: "", schoolHint: "" };
  if (text === null || text.trim() === "") return { ...nothing, problems: [] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // what was typed may be among it, so support sees it as it is
    return { ...nothing, reason: withoutControls(text).slice(0, REASON_LENGTH), problems: ["bodyUnreadable"] };
  }
  const parsed = body.safeParse(json);
  if (!parsed.success) return { ...nothing, problems: ["bodyUnreadable"] };
  const { reason, img, school_id: schoolHint } = parsed.data;
  const clean = withoutControls(reason);
  return {
    reason: clean.slice(0, REASON_LENGTH),
    screenshot: img,
    schoolHint: withoutControls(schoolHint),
    problems: clean.length > REASON_LENGTH ? ["reasonTooLong"] : [],
  };
}

/**
 * What was typed, of a body that is not kept whole. Clients write it before the picture or after it.
 * @returns a body without the picture; null if no text was found
 */
export function textAlone(head: string, tail: string): string | null {
  const reason = fieldOf(head, "reason") ?? fieldOf(tail, "reason");
  if (reason === null) return null;
  const schoolId = fieldOf(head, "school_id") ?? fieldOf(tail, "school_id");
  return JSON.stringify({ reason, ...(schoolId !== null && { school_id: schoolId }) });
}

/** The text of a field in a piece of JSON, as far as it goes. A name within a text has escaped quotes and is none. */
function fieldOf(piece: string, name: "reason" | "school_id"): string | null {
  const written = new RegExp(`"${name}"\\s*:\\s*"([^"\\\\]*(?:\\\\.[^"\\\\]*)*)`, "s").exec(piece)?.[1];
  // an escape may be cut in its middle
  return written === undefined ? null : (unescaped(written) ?? unescaped(written.replace(/\\u[0-9a-f]{0,3}$/i, "")));
}

function unescaped(written: string): string | null {
  try {
    return z.string().parse(JSON.parse(`"${written}"`));
  } catch {
    return null;
  }
}

/** One report as the gate took it, before anything is known to be true. This is what is sealed. */
export const takenReportSchema = z.object({
  path: z.string(),
  /** Without "Bearer"; null if the client sent none. */
  token: z.string().nullable(),
  /** Null if nothing of it could be kept. */
  body: z.string().nullable(),
  /** Absent in what earlier gates have taken. */
  problem: z.enum(GATE_PROBLEMS).nullable().default(null),
});
export type TakenReport = z.infer<typeof takenReportSchema>;
