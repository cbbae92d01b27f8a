// The server actions of the communication matrix. Every export is a public endpoint: one line over commands.ts.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import { approveRequestCommand, rejectRequestCommand, submitChangeCommand } from "./commands.ts";
import { commentOnRequestCommand, withdrawRequestCommand } from "./request-commands.ts";
import type { CellKey } from "./roles.ts";

const submit = defineAction(submitChangeCommand);
const approve = defineAction(approveRequestCommand);
const reject = defineAction(rejectRequestCommand);
const withdraw = defineAction(withdrawRequestCommand);
const comment = defineAction(commentOnRequestCommand);

export type SubmitChange = {
  readonly schoolId: string;
  /** The version on which the person worked. */
  readonly baseVersion: number;
  readonly edits: readonly { readonly key: CellKey; readonly allowed: boolean }[];
  /** Openings in effect that shall end on `endsOn`, or on no day. */
  readonly ends: readonly CellKey[];
  readonly reason: string;
  /** "2027-01-31": the last day of its openings; null for no end. */
  readonly endsOn: string | null;
};
export type Submitted = { readonly versionNumber: number | null; readonly requestId: string | null };

export async function submitChange(change: SubmitChange): Promise<ActionResult<Submitted>> {
  return await submit(change);
}

export type RequestDecision = { readonly schoolId: string; readonly requestId: string };

export async function approveRequest(
  decision: RequestDecision & { readonly contentHash: string },
): Promise<ActionResult<{ readonly versionNumber: number }>> {
  return await approve(decision);
}

export async function rejectRequest(
  decision: RequestDecision & { readonly reason: string },
): Promise<ActionResult<null>> {
  return await reject(decision);
}

export async function withdrawRequest(decision: RequestDecision): Promise<ActionResult<null>> {
  return await withdraw(decision);
}

export async function commentOnRequest(said: RequestDecision & { readonly text: string }): Promise<ActionResult<null>> {
  return await comment(said);
}
