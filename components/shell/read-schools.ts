// The principal's schools, read once a request for frame and page together.
import { cache } from "react";
import { getOverview } from "#lib/overview/queries.ts";
import type { Principal } from "#lib/auth/principal.ts";

export const readOverview = cache(getOverview);

export async function readSchools(principal: Principal) {
  return (await readOverview(principal)).schools;
}
