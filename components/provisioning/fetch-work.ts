// Asks the route handler of a school's provisioning, or the state's, how far it is, and reads the answer. By hand: zod
// would outweigh the page.
import type { ShownProgress, WorkState } from "./work-state.ts";

const TIMEOUT_MS = 10_000;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTextOrNull = (value: unknown) => value === null || typeof value === "string";

function isProgress(value: unknown): value is ShownProgress {
  return (
    isRecord(value) &&
    (value["of"] === "sync" || value["of"] === "dryRun") &&
    typeof value["text"] === "string" &&
    isTextOrNull(value["pace"]) &&
    ["done", "total"].every((key) => typeof value[key] === "number")
  );
}

export function isWorkState(value: unknown): value is WorkState {
  return (
    isRecord(value) &&
    isTextOrNull(value["sync"]) &&
    isTextOrNull(value["dryRun"]) &&
    (value["progress"] === null || isProgress(value["progress"])) &&
    typeof value["isMoving"] === "boolean" &&
    typeof value["mark"] === "string"
  );
}

export function workAddress(schoolId: string | undefined): string {
  return schoolId === undefined ? "/api/provisioning" : `/api/schools/${encodeURIComponent(schoolId)}/provisioning`;
}

/** @throws if there is no answer in time, or none that can be read */
export async function fetchWork(address: string, signal: AbortSignal): Promise<WorkState> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(address, { signal: limit, headers: { accept: "application/json" } });
  const state: unknown = response.ok ? await response.json() : undefined;
  if (!isWorkState(state)) throw new Error("the provisioning did not answer");
  return state;
}
