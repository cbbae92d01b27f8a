// The server actions about console roles and access. Every export is a public endpoint: one line over commands.ts.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import type { ConsoleRole } from "#prisma/generated/enums.ts";
import {
  confirmLandAdminCommand,
  dropLandAdminProposalCommand,
  endConsoleAccessCommand,
  grantSupportCommand,
  proposeLandAdminCommand,
  removeConsoleRoleCommand,
  restoreConsoleAccessCommand,
} from "./commands.ts";

const grant = defineAction(grantSupportCommand);
const propose = defineAction(proposeLandAdminCommand);
const confirm = defineAction(confirmLandAdminCommand);
const drop = defineAction(dropLandAdminProposalCommand);
const remove = defineAction(removeConsoleRoleCommand);
const end = defineAction(endConsoleAccessCommand);
const restore = defineAction(restoreConsoleAccessCommand);

export type PersonChoice = { readonly personId: string };
export type ReasonedChoice = PersonChoice & { readonly reason: string };

export async function grantSupport(choice: PersonChoice): Promise<ActionResult<null>> {
  return await grant(choice);
}

export async function proposeLandAdmin(choice: ReasonedChoice): Promise<ActionResult<null>> {
  return await propose(choice);
}

export async function confirmLandAdmin(choice: PersonChoice): Promise<ActionResult<null>> {
  return await confirm(choice);
}

export async function dropLandAdminProposal(choice: PersonChoice): Promise<ActionResult<null>> {
  return await drop(choice);
}

export async function removeConsoleRole(
  choice: PersonChoice & { readonly role: ConsoleRole },
): Promise<ActionResult<null>> {
  return await remove(choice);
}

export async function endConsoleAccess(choice: ReasonedChoice): Promise<ActionResult<{ readonly sessions: number }>> {
  return await end(choice);
}

export async function restoreConsoleAccess(choice: PersonChoice): Promise<ActionResult<null>> {
  return await restore(choice);
}
