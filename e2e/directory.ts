// The demo's school directory, changed from outside as its owner would.
import { CONTROL_PATH, type ControlCommand } from "#demo/oneroster/control.ts";
import { z } from "zod";
import { E2E_PORTS } from "./system.ts";

const TIMEOUT_MS = 10_000;
const answer = z.object({ made: z.object({ sourcedId: z.string() }).nullable() });

/** @returns the id of what was added, else an empty text */
export async function changeDirectory(command: ControlCommand): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${String(E2E_PORTS.ONEROSTER_PORT)}${CONTROL_PATH}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(command),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the directory answered ${String(response.status)} to ${command.do}`);
  return answer.parse(await response.json()).made?.sourcedId ?? "";
}
