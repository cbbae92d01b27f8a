// The addresses of the address book. The view (whose, with which draft) travels in the query, so that going on from a
// list keeps it.
import { schoolPath } from "#components/shell/paths.ts";
import type { CellKey, Role } from "#lib/policy/roles.ts";

/** "as=student&draft=request": as it stands in the address, without a question mark; empty for the administrators' view. */
export type ViewQuery = string;

const withQuery = (path: string, query: string): string => (query === "" ? path : `${path}?${query}`);

export function bookPath(schoolId: string, view: ViewQuery = ""): string {
  return withQuery(schoolPath(schoolId, "addressbook"), view);
}

export function personPath(schoolId: string, personId: string, view: ViewQuery = ""): string {
  return withQuery(`${schoolPath(schoolId, "addressbook")}/people/${encodeURIComponent(personId)}`, view);
}

export function groupPath(schoolId: string, groupId: string, view: ViewQuery = ""): string {
  return withQuery(`${schoolPath(schoolId, "addressbook")}/groups/${encodeURIComponent(groupId)}`, view);
}

/** @param view whose rules, with or without a draft, are kept */
export function seenAsPath(schoolId: string, personId: string, view: ViewQuery = ""): string {
  const query = new URLSearchParams(view);
  query.set("as", `person:${personId}`);
  return bookPath(schoolId, query.toString());
}

type Draft = "request" | { readonly on: readonly CellKey[]; readonly off: readonly CellKey[] };

/** What somebody with this role would see under a draft. */
export function draftPath(schoolId: string, role: Role, draft: Draft): string {
  const query = new URLSearchParams({ as: role });
  const list = (keys: readonly CellKey[]) => keys.map((key) => key.replace(">", ".")).join(",");
  if (draft === "request") query.set("draft", "request");
  else {
    if (draft.on.length > 0) query.set("on", list(draft.on));
    if (draft.off.length > 0) query.set("off", list(draft.off));
  }
  return bookPath(schoolId, query.toString());
}

export function whyPath(schoolId: string, from: string | null, to: string | null): string {
  const query = new URLSearchParams({ ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) });
  return withQuery(`${schoolPath(schoolId, "addressbook")}/why`, query.toString());
}

/** @param list name and value of the list: a role or a group */
export function exportPath(schoolId: string, list: { readonly role: string } | { readonly group: string }): string {
  return withQuery(`${schoolPath(schoolId, "addressbook")}/export`, new URLSearchParams(list).toString());
}

export function exportFilePath(schoolId: string): string {
  return `${schoolPath(schoolId, "addressbook")}/export/file`;
}

/** What the page asks by itself. */
export function questionPath(schoolId: string, question: "folder" | "members" | "search", query: string): string {
  return withQuery(`/api/schools/${encodeURIComponent(schoolId)}/addressbook/${question}`, query);
}
