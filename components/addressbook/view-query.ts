// Reads from the address whose view is asked for, and what somebody searches. Nonsense is the plain view. Server only.
import { parseChangeQuery } from "#components/matrix/edits-query.ts";
import type { ViewWish } from "#lib/addressbook/view.ts";
import { PERSON_STATES, type SearchWish } from "#lib/addressbook/search.ts";
import { isRole } from "#lib/policy/roles.ts";
import type { ViewQuery } from "./paths.ts";

export type Parameters = Readonly<Record<string, string | string[] | undefined>>;

const PERSON = "person:";
const LONGEST_ID = 255;

function one(parameters: Parameters, name: string): string {
  const value = parameters[name];
  return typeof value === "string" ? value : "";
}

export function parametersOf(request: Request): Parameters {
  return Object.fromEntries(new URL(request.url).searchParams);
}

export function parseView(parameters: Parameters): { readonly wish: ViewWish; readonly query: ViewQuery } {
  const as = one(parameters, "as");
  const query = new URLSearchParams();
  if (!isRole(as) && !(as.startsWith(PERSON) && as.length > PERSON.length && as.length < LONGEST_ID)) {
    return { wish: { as: null, draft: null }, query: "" };
  }
  query.set("as", as);
  const wish = isRole(as)
    ? ({ kind: "role", role: as } as const)
    : ({ kind: "person", personId: as.slice(PERSON.length) } as const);
  const edits = parseChangeQuery({ base: "1", on: one(parameters, "on"), off: one(parameters, "off") })?.edits ?? null;
  const draft = one(parameters, "draft");
  if (draft === "request" || (draft === "now" && edits !== null)) query.set("draft", draft);
  // edits travel on while another draft is looked at, so that the way back to them is there
  for (const name of edits === null ? [] : ["on", "off"]) {
    if (one(parameters, name) !== "") query.set(name, one(parameters, name));
  }
  return {
    wish: { as: wish, draft: draft === "request" ? "request" : draft === "now" ? null : edits },
    query: query.toString(),
  };
}

export function parseSearch(parameters: Parameters): SearchWish {
  const [role, group, state] = [one(parameters, "role"), one(parameters, "group"), one(parameters, "state")];
  return {
    text: one(parameters, "q"),
    role: isRole(role) ? role : null,
    groupId: group === "" || group.length > LONGEST_ID ? null : group,
    state: PERSON_STATES.find((known) => known === state) ?? null,
    after: one(parameters, "after") || null,
  };
}
