// Which schools the state looks at, as it stands in the address.
import type { StateSearch } from "#lib/provisioning/state-queries.ts";
import { STATE_PROVISIONING_PATH } from "#components/shell/paths.ts";

const LONGEST = 100;
const LAST_PAGE = 10_000;

export function parseStateFilter(
  parameters: Readonly<Record<string, string | string[] | undefined>>,
): Required<StateSearch> {
  const { q, page: wanted, only } = parameters;
  const page = Number(typeof wanted === "string" ? wanted : "1");
  return {
    text: typeof q === "string" ? q.trim().slice(0, LONGEST) : "",
    page: Number.isInteger(page) && page >= 1 && page <= LAST_PAGE ? page : 1,
    onlyTroubled: only === "troubled",
  };
}

export function stateFilterPath({ text = "", page = 1, onlyTroubled = false }: StateSearch): string {
  const query = new URLSearchParams({
    ...(text === "" ? {} : { q: text }),
    ...(onlyTroubled ? { only: "troubled" } : {}),
    ...(page === 1 ? {} : { page: String(page) }),
  }).toString();
  return query === "" ? STATE_PROVISIONING_PATH : `${STATE_PROVISIONING_PATH}?${query}`;
}
