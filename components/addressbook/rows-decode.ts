// Reads the answers of the address book's route handlers in the browser. By hand: zod would outweigh the page.
import type { FoundPage, FoundRow, TreePage, TreeRow } from "./rows.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTextOrNull = (value: unknown) => value === null || typeof value === "string";

function isTreeRow(value: unknown): value is TreeRow {
  return (
    isRecord(value) &&
    ["id", "name", "note"].every((key) => typeof value[key] === "string") &&
    ["same", "added", "removed"].some((mark) => mark === value["mark"]) &&
    ["isNew", "isProtected"].every((key) => typeof value[key] === "boolean") &&
    (value["members"] === null || typeof value["members"] === "number")
  );
}

export function isTreePage(value: unknown): value is TreePage {
  return (
    isRecord(value) && Array.isArray(value["rows"]) && value["rows"].every(isTreeRow) && isTextOrNull(value["next"])
  );
}

function isFoundRow(value: unknown): value is FoundRow {
  return (
    isTreeRow(value) &&
    "path" in value &&
    typeof value.path === "string" &&
    "isLocked" in value &&
    typeof value.isLocked === "boolean" &&
    "ranges" in value &&
    Array.isArray(value.ranges)
  );
}

export function isFoundPage(value: unknown): value is FoundPage {
  return (
    isRecord(value) &&
    ["groups", "people", "similar"].every((key) => {
      const list = value[key];
      return Array.isArray(list) && list.every(isFoundRow);
    }) &&
    isTextOrNull(value["next"]) &&
    (value["total"] === null || value["total"] === "more" || typeof value["total"] === "number") &&
    typeof value["isCut"] === "boolean"
  );
}
