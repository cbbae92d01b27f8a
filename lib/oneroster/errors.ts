// What can go wrong with a OneRoster server as a whole; single bad records are problems, not errors (records.ts).

/** Stable codes; their texts are translated when shown. */
export const ONEROSTER_FAILURES = [
  "unreachable", // no connection, or no answer in time
  "serverError", // 5xx
  "notOneRoster", // HTML, broken JSON or another form than OneRoster's
  "unauthorised", // client id, secret or scope refused
  "rateLimited", // still 429 after waiting
  "notFound", // 404
  "refused", // any other 4xx, and 501
  "incomplete", // the list ended early or changed while it was read
] as const;
export type OneRosterFailure = (typeof ONEROSTER_FAILURES)[number];

export class OneRosterError extends Error {
  override readonly name = "OneRosterError";
  readonly code: OneRosterFailure;

  constructor(code: OneRosterFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The server has no such list, or cannot filter it: something else is to be tried. */
export function isNotOffered(error: unknown): boolean {
  return error instanceof OneRosterError && (error.code === "notFound" || error.code === "refused");
}
