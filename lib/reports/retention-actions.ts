// The server actions on keeping and deleting. Every export is a public endpoint: one line over retention-commands.ts.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import { liftHoldCommand, setHoldCommand } from "./retention-commands.ts";

const set = defineAction(setHoldCommand);
const lift = defineAction(liftHoldCommand);

export type HeldCase = { readonly caseId: string; readonly version: number };

export async function setHold(wish: HeldCase & { readonly reason: string }): Promise<ActionResult<null>> {
  return await set(wish);
}

export async function liftHold(wish: HeldCase): Promise<ActionResult<null>> {
  return await lift(wish);
}
