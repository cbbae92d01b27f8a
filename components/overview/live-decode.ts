// Reads the answer of /api/overview in the browser. By hand: zod would outweigh the page.
import type { LiveLine, LiveProgress, LiveState } from "./live-state.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTextOrNull = (value: unknown) => value === null || typeof value === "string";

function isLine(value: unknown): value is LiveLine {
  return (
    isRecord(value) &&
    ["good", "busy", "waiting", "bad"].some((tone) => tone === value["tone"]) &&
    typeof value["text"] === "string" &&
    isTextOrNull(value["more"])
  );
}

function isProgress(value: unknown): value is LiveProgress {
  return (
    isRecord(value) &&
    typeof value["text"] === "string" &&
    isTextOrNull(value["problems"]) &&
    typeof value["ready"] === "number" &&
    typeof value["total"] === "number"
  );
}

export function isLiveState(value: unknown): value is LiveState {
  return (
    isRecord(value) &&
    typeof value["moving"] === "boolean" &&
    Array.isArray(value["lines"]) &&
    value["lines"].every(isLine) &&
    isRecord(value["schools"]) &&
    Object.values(value["schools"]).every(
      (school) => isRecord(school) && isProgress(school["accounts"]) && isProgress(school["rooms"]),
    )
  );
}
