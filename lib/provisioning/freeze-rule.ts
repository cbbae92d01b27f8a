// How a room made by people of a school should be while the school is on or off (design §6). Pure.
import { afterGrace } from "./life-cycle.ts";

export type FreezeState = "readOnly" | "writable" | "closed";

export function desiredFreeze(
  school: { readonly isServed: boolean; readonly unservedSince: Date | null },
  gracePeriodDays: number,
  now: Date,
): FreezeState {
  if (school.isServed) return "writable";
  const since = school.unservedSince;
  return since !== null && afterGrace(since, gracePeriodDays) <= now ? "closed" : "readOnly";
}
