// Ready-made settings (design §4.12), as cells for the local draft: never sent by themselves. Pure, and without the
// frame's module, because the browser uses it.
import { GROUPS, isStaff, parseCellKey, type CellKey } from "./roles.ts";

export const PRESETS = ["stateDefault", "strict"] as const;
export type Preset = (typeof PRESETS)[number];

/** The value that a preset gives to a cell whose default in the frame is known. */
export function presetValue(preset: Preset, key: CellKey, frameDefault: boolean): boolean {
  if (preset === "stateDefault") return frameDefault;
  const cell = parseCellKey(key);
  if (!cell) return false;
  return isStaff(cell.from) || cell.to === GROUPS ? frameDefault : false;
}
