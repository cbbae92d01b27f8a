// The schools of the frame, read once a request for frame and page together.
import { cache } from "react";
import { listChoosableSchools } from "#lib/overview/queries.ts";
import type { Principal } from "#lib/auth/principal.ts";

/** The principal's own schools, and for state staff the one at which they are. */
export const readSchools = cache(listChoosableSchools);

/** Null for a school that is not there, or not the principal's. */
export async function readSchoolName(principal: Principal, schoolId: string): Promise<string | null> {
  const listed = await readSchools(principal, schoolId);
  return listed.find(({ school }) => school.id === schoolId)?.school.name ?? null;
}
