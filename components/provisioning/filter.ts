// Which people or rooms of a school a list shows, as it stands in the address.
import type { ItemState } from "#lib/provisioning/queries.ts";

const STATES = ["failed", "waiting", "asWanted"] as const satisfies readonly ItemState[];
const LONGEST = 100;
const LAST_PAGE = 10_000;
export const PAGE_SIZE = 50;

export type ListFilter = { readonly state: ItemState | null; readonly text: string; readonly page: number };
type Parameters = Readonly<Record<string, string | string[] | undefined>>;

const single = (value: string | string[] | undefined): string => (typeof value === "string" ? value : "");

/** Nonsense is the first page of all. */
export function parseFilter(parameters: Parameters): ListFilter {
  const page = Number(single(parameters["page"]) || "1");
  return {
    state: STATES.find((state) => state === single(parameters["state"])) ?? null,
    text: single(parameters["q"]).trim().slice(0, LONGEST),
    page: Number.isInteger(page) && page >= 1 && page <= LAST_PAGE ? page : 1,
  };
}

/** "?state=failed&q=…&page=2"; empty for the first page of all. */
export function filterQuery({ state = null, text = "", page = 1 }: Partial<ListFilter>): string {
  const query = new URLSearchParams({
    ...(state === null ? {} : { state }),
    ...(text === "" ? {} : { q: text }),
    ...(page === 1 ? {} : { page: String(page) }),
  }).toString();
  return query === "" ? "" : `?${query}`;
}
