// Reads the answer of the rooms' route handler in the browser. By hand: zod would outweigh the page.
import type { RoomsState, ShownProgress, ShownProtection, ShownReview, ShownRoom } from "./rooms-state.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTextOrNull = (value: unknown) => value === null || typeof value === "string";

function isRoom(value: unknown): value is ShownRoom {
  return isRecord(value) && ["id", "name", "people"].every((key) => typeof value[key] === "string");
}

function isProtection(value: unknown): value is ShownProtection {
  return (
    isRoom(value) &&
    "tone" in value &&
    ["good", "busy", "bad"].some((tone) => tone === value.tone) &&
    "text" in value &&
    typeof value.text === "string" &&
    "mayRestore" in value &&
    typeof value.mayRestore === "boolean" &&
    "mayTryAgain" in value &&
    typeof value.mayTryAgain === "boolean"
  );
}

function isReview(value: unknown): value is ShownReview {
  return (
    isRecord(value) &&
    typeof value["id"] === "string" &&
    typeof value["text"] === "string" &&
    ["isRunning", "isStalled"].every((key) => typeof value[key] === "boolean") &&
    ["checked", "total"].every((key) => typeof value[key] === "number") &&
    isTextOrNull(value["pace"]) &&
    Array.isArray(value["notes"]) &&
    value["notes"].every((note) => typeof note === "string")
  );
}

function isProgress(value: unknown): value is ShownProgress {
  return (
    isRecord(value) &&
    typeof value["text"] === "string" &&
    ["done", "total"].every((key) => typeof value[key] === "number") &&
    isTextOrNull(value["pace"])
  );
}

export function isRoomsState(value: unknown): value is RoomsState {
  return (
    isRecord(value) &&
    (value["review"] === null || isReview(value["review"])) &&
    Array.isArray(value["found"]) &&
    value["found"].every(isRoom) &&
    typeof value["foundTotal"] === "number" &&
    Array.isArray(value["protections"]) &&
    value["protections"].every(isProtection) &&
    (value["progress"] === null || isProgress(value["progress"])) &&
    typeof value["needsReview"] === "boolean" &&
    isTextOrNull(value["protectionsMore"]) &&
    typeof value["isMoving"] === "boolean"
  );
}
