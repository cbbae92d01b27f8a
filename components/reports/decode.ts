// Reads the answers of /api/reports in the browser. By hand: zod would outweigh the page.
import type { ShownCasePage } from "./case-state.ts";
import type { InboxState } from "./inbox-state.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const hasTexts = (value: unknown, names: readonly string[]) =>
  isRecord(value) && names.every((name) => typeof value[name] === "string");

export function isInboxState(value: unknown): value is InboxState {
  return (
    isRecord(value) &&
    typeof value["mayWork"] === "boolean" &&
    (value["unreadable"] === null || hasTexts(value["unreadable"], ["title", "text"])) &&
    Array.isArray(value["rows"]) &&
    value["rows"].every((row) => hasTexts(row, ["id", "title", "about", "stateText", "severityText", "due", "owner"]))
  );
}

export function isCasePage(value: unknown): value is ShownCasePage {
  return (
    hasTexts(value, ["title", "state", "stateText", "severity", "severityText", "category", "due", "owner"]) &&
    isRecord(value) &&
    typeof value["version"] === "number" &&
    ["facts", "schools", "notices", "may", "reports", "escalations", "earlier", "entries"].every((name) =>
      Array.isArray(value[name]),
    )
  );
}

const TIMEOUT_MS = 10_000;

/** @throws if there is no answer in time, or none that can be read */
export async function fetchState<T>(
  address: string,
  isState: (value: unknown) => value is T,
  signal: AbortSignal,
): Promise<T> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(address, { signal: limit, headers: { accept: "application/json" } });
  const state: unknown = response.ok ? await response.json() : undefined;
  if (!isState(state)) throw new Error("no answer that can be read");
  return state;
}
