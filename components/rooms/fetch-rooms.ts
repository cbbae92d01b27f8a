// Asks the rooms' route handler for the state of a school's rooms.
import { isRoomsState } from "./rooms-decode.ts";
import type { RoomsState } from "./rooms-state.ts";

const TIMEOUT_MS = 10_000;

/** @throws if there is no answer in time, or none that can be read */
export async function fetchRooms(schoolId: string, signal: AbortSignal): Promise<RoomsState> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const address = `/api/schools/${encodeURIComponent(schoolId)}/rooms`;
  const response = await fetch(address, { signal: limit, headers: { accept: "application/json" } });
  const state: unknown = response.ok ? await response.json() : undefined;
  if (!isRoomsState(state)) throw new Error("the rooms did not answer");
  return state;
}
