// The server actions on existing rooms. Every export is a public endpoint: one line over commands.ts.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import {
  makeRoomsReadOnlyCommand,
  makeRoomsWritableCommand,
  startRoomReviewCommand,
  tryRoomsAgainCommand,
} from "./commands.ts";

const start = defineAction(startRoomReviewCommand);
const readOnly = defineAction(makeRoomsReadOnlyCommand);
const writable = defineAction(makeRoomsWritableCommand);
const again = defineAction(tryRoomsAgainCommand);

export async function startRoomReview(input: {
  readonly schoolId: string;
}): Promise<ActionResult<{ readonly reviewId: string }>> {
  return await start(input);
}

export async function makeRoomsReadOnly(input: {
  readonly schoolId: string;
  readonly reviewId: string;
  readonly rooms: "all" | readonly string[];
}): Promise<ActionResult<{ readonly rooms: number }>> {
  return await readOnly(input);
}

export async function makeRoomsWritable(input: {
  readonly schoolId: string;
  readonly rooms: readonly string[];
}): Promise<ActionResult<{ readonly rooms: number }>> {
  return await writable(input);
}

export async function tryRoomsAgain(input: {
  readonly schoolId: string;
  readonly rooms: readonly string[];
}): Promise<ActionResult<{ readonly rooms: number }>> {
  return await again(input);
}
