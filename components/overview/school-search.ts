// Which schools of the state somebody looks for, as it stands in the address.
import type { SchoolSearch } from "#lib/overview/queries.ts";

const LONGEST = 100;
const LAST_PAGE = 100_000;

/** Nonsense is the first page of all schools. */
export function parseSearch(parameters: URLSearchParams): SchoolSearch {
  const page = Number(parameters.get("page") ?? "1");
  return {
    text: (parameters.get("q") ?? "").trim().slice(0, LONGEST),
    page: Number.isInteger(page) && page >= 1 && page <= LAST_PAGE ? page : 1,
  };
}

/** "q=…&page=…"; empty for the first page of all. */
export function searchQuery({ text = "", page = 1 }: SchoolSearch): string {
  return new URLSearchParams({
    ...(text === "" ? {} : { q: text }),
    ...(page === 1 ? {} : { page: String(page) }),
  }).toString();
}
