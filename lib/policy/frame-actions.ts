// The server actions of the state's frame. Each export is a public endpoint: performAction decides who may.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import type { FrameEdits } from "./frame-change.ts";
import {
  approveFrameCommand,
  proposeFrameCommand,
  rejectFrameCommand,
  withdrawFrameCommand,
} from "./frame-commands.ts";

const propose = defineAction(proposeFrameCommand);
const approve = defineAction(approveFrameCommand);
const reject = defineAction(rejectFrameCommand);
const withdraw = defineAction(withdrawFrameCommand);

export type FrameSubmission = {
  /** The frame on which the person worked. */
  readonly baseVersion: number;
  readonly edits: FrameEdits;
  readonly reason: string;
};
export type FrameSubmitted = { readonly frameVersion: number | null; readonly proposalId: string | null };

export async function proposeFrame(submission: FrameSubmission): Promise<ActionResult<FrameSubmitted>> {
  return await propose(submission);
}

export async function approveFrame(decision: {
  readonly proposalId: string;
  readonly contentHash: string;
}): Promise<ActionResult<{ readonly frameVersion: number }>> {
  return await approve(decision);
}

export async function rejectFrame(decision: {
  readonly proposalId: string;
  readonly reason: string;
}): Promise<ActionResult<null>> {
  return await reject(decision);
}

export async function withdrawFrame(decision: { readonly proposalId: string }): Promise<ActionResult<null>> {
  return await withdraw(decision);
}
