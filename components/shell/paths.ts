// The addresses of the console, in one place. Ids come from the directory and may hold anything.
export type SchoolPage = "matrix" | "matrix/summary" | "approvals" | "audit";

export function schoolPath(schoolId: string, page: SchoolPage): string {
  return `/schools/${encodeURIComponent(schoolId)}/${page}`;
}

export function requestPath(schoolId: string, requestId: string): string {
  return `${schoolPath(schoolId, "approvals")}/${encodeURIComponent(requestId)}`;
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
