// A legal hold goes where the evidence goes: into the case that another is merged into, and into a part that is split off.
// Pure.
import { CASE_TEXT } from "./limits.ts";

export type Hold = {
  readonly holdReason: string | null;
  readonly heldById: string | null;
  readonly heldAt: Date | null;
};

export const NO_HOLD: Hold = { holdReason: null, heldById: null, heldAt: null };

export function holdOf({ holdReason, heldById, heldAt }: Hold): Hold {
  return { holdReason, heldById, heldAt };
}

/** Of two holds the first stands, with the other's reason: lifting it must not lift what nobody has read. */
export function holdOfBoth(one: Hold, other: Hold): Hold {
  if (one.holdReason === null) return holdOf(other);
  if (other.holdReason === null || one.holdReason.includes(other.holdReason)) return holdOf(one);
  return { ...holdOf(one), holdReason: `${one.holdReason}\n${other.holdReason}`.slice(0, CASE_TEXT.most) };
}
