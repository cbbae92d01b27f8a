// The server actions on a school's switches and its provisioning. Every export is a public endpoint: one line over
// commands.ts and switch-requests.ts.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import {
  retryProvisioningCommand,
  setChannelModeCommand,
  setSchoolSwitchCommand,
  setStateSwitchCommand,
  type Switched,
} from "./commands.ts";
import { approveSwitchCommand, rejectSwitchCommand, withdrawSwitchCommand } from "./switch-requests.ts";
import type { SchoolSwitch } from "./switches.ts";

const schoolSwitch = defineAction(setSchoolSwitchCommand);
const channelMode = defineAction(setChannelModeCommand);
const stateSwitch = defineAction(setStateSwitchCommand);
const retry = defineAction(retryProvisioningCommand);
const approve = defineAction(approveSwitchCommand);
const reject = defineAction(rejectSwitchCommand);
const withdraw = defineAction(withdrawSwitchCommand);

export async function setSchoolSwitch(input: {
  readonly schoolId: string;
  readonly name: SchoolSwitch;
  readonly on: boolean;
  /** Needed for a sensitive one. */
  readonly reason?: string;
}): Promise<ActionResult<Switched>> {
  return await schoolSwitch(input);
}

export async function setChannelMode(input: {
  readonly schoolId: string;
  readonly alias: string;
  readonly twoWay: boolean;
}): Promise<ActionResult<null>> {
  return await channelMode(input);
}

export async function setStateSwitch(input: {
  readonly schoolId: string;
  readonly on: boolean;
}): Promise<ActionResult<null>> {
  return await stateSwitch(input);
}

export async function retryProvisioning(input: {
  readonly schoolId: string;
  readonly what:
    | { readonly kind: "school" }
    | { readonly kind: "person"; readonly personId: string }
    | { readonly kind: "room"; readonly alias: string };
}): Promise<ActionResult<{ readonly jobs: number }>> {
  return await retry(input);
}

export async function approveSwitch(input: { readonly requestId: string }): Promise<ActionResult<null>> {
  return await approve(input);
}

export async function rejectSwitch(input: {
  readonly requestId: string;
  readonly reason: string;
}): Promise<ActionResult<null>> {
  return await reject(input);
}

export async function withdrawSwitch(input: { readonly requestId: string }): Promise<ActionResult<null>> {
  return await withdraw(input);
}
