// The server actions on syncs and held changes. Every export is a public endpoint: one line over commands.ts.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import { releaseHeldChangesCommand, requestStateSyncCommand, requestSyncCommand, type Released } from "./commands.ts";

const sync = defineAction(requestSyncCommand);
const stateSync = defineAction(requestStateSyncCommand);
const release = defineAction(releaseHeldChangesCommand);

/** `asServed`: as if the school were switched on already. */
export async function requestSync(input: {
  readonly schoolId: string;
  readonly dryRun: boolean;
  readonly asServed?: boolean;
}): Promise<ActionResult<null>> {
  return await sync(input);
}

export async function requestStateSync(input: { readonly dryRun: boolean }): Promise<ActionResult<null>> {
  return await stateSync(input);
}

export async function releaseHeldChanges(input: {
  readonly schoolId: string;
  readonly holds: readonly string[];
}): Promise<ActionResult<Released>> {
  return await release(input);
}
