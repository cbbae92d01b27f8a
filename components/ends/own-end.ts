// Which openings can have another last day: what the school itself has opened and nobody decides on right now.
import type { CellView } from "#lib/policy/types.ts";

export function hasOwnEnd({ allowed, origin, lockReason, waiting }: CellView): boolean {
  return allowed && origin === "school" && lockReason === null && !waiting;
}
