// The addresses of the console, in one place. Ids come from the directory and may hold anything.
export type SchoolPage =
  | "matrix"
  | "matrix/summary"
  | "matrix/ends"
  | "addressbook"
  | "rooms"
  | "approvals"
  | "audit"
  | "versions"
  | "versions/compare"
  | "provisioning"
  | "provisioning/people"
  | "provisioning/rooms"
  | "provisioning/records"
  | "provisioning/held"
  | "provisioning/dry-run"
  | "switches"
  | "switches/change"
  | "reports";

export function schoolPath(schoolId: string, page: SchoolPage): string {
  return `/schools/${encodeURIComponent(schoolId)}/${page}`;
}

export function requestPath(schoolId: string, requestId: string): string {
  return `${schoolPath(schoolId, "approvals")}/${encodeURIComponent(requestId)}`;
}

/** The request as it is printed for the school's files. */
export function recordPath(schoolId: string, requestId: string): string {
  return `${requestPath(schoolId, requestId)}/record`;
}

export function comparePath(schoolId: string, from: number, to: number): string {
  return `${schoolPath(schoolId, "versions/compare")}?from=${String(from)}&to=${String(to)}`;
}

/**
 * The same place at another school; what belongs to one school only (a request, an entry) leads to its list, and what
 * is for a school's management only (its reports) to the matrix.
 */
export function placeAtSchool(pathname: string, schoolId: string): string {
  const place = /^\/schools\/[^/]+\/([a-z-]+)/.exec(pathname)?.[1] ?? "matrix";
  return `/schools/${encodeURIComponent(schoolId)}/${place === "reports" ? "matrix" : place}`;
}

/** Does the reader stand at this place, or at something in it? */
export function isAt(pathname: string, href: string): boolean {
  return href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
}

/** All schools of the state and how far each is, for state administrators. */
export const STATE_PROVISIONING_PATH = "/provisioning";

/** One run over all schools, school by school. */
export function stateRunPath(runId: string, page = 1): string {
  const path = `${STATE_PROVISIONING_PATH}/runs/${encodeURIComponent(runId)}`;
  return page === 1 ? path : `${path}?page=${String(page)}`;
}

/** The inbox of abuse reports, for support and the state. */
export const REPORTS_PATH = "/reports";

export function casePath(caseId: string): string {
  return `${REPORTS_PATH}/${encodeURIComponent(caseId)}`;
}

/** What was handed to a school's management, or to the state (null). */
export function escalationsPath(schoolId: string | null): string {
  return schoolId === null ? `${REPORTS_PATH}/escalated` : schoolPath(schoolId, "reports");
}

export function escalationPath(schoolId: string | null, escalationId: string): string {
  return `${escalationsPath(schoolId)}/${encodeURIComponent(escalationId)}`;
}

/** The state's frame, for state administrators. */
export const FRAME_PATH = "/frame";

export function proposalPath(proposalId: string): string {
  return `${FRAME_PATH}/proposals/${encodeURIComponent(proposalId)}`;
}

/** Route parameters arrive as they stand in the address. Text that is not an encoding is no id of ours. */
export function fromSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}

/** Only a place of this console: an address from outside must not lead people elsewhere after signing in. */
export function safeCallback(value: string | string[] | undefined): string {
  return typeof value === "string" && /^\/(?![/\\])[^\s\\]*$/.test(value) ? value : "/";
}
