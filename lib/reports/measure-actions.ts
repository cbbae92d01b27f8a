// The server actions on measures. Every export is a public endpoint: one line over measure-commands.ts.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import {
  confirmMeasureCommand,
  requestMeasureCommand,
  retryMeasureCommand,
  takeMeasureBackCommand,
  type MeasureRequest,
} from "./measure-commands.ts";

const request = defineAction(requestMeasureCommand);
const confirm = defineAction(confirmMeasureCommand);
const takeBack = defineAction(takeMeasureBackCommand);
const retry = defineAction(retryMeasureCommand);

export type MeasureChoice = { readonly measureId: string };

export async function requestMeasure(
  wish: MeasureRequest,
): Promise<ActionResult<{ readonly measureIds: readonly string[] }>> {
  return await request(wish);
}

export async function confirmMeasure(choice: MeasureChoice): Promise<ActionResult<null>> {
  return await confirm(choice);
}

export async function takeMeasureBack(choice: MeasureChoice): Promise<ActionResult<null>> {
  return await takeBack(choice);
}

export async function retryMeasure(choice: MeasureChoice): Promise<ActionResult<null>> {
  return await retry(choice);
}
