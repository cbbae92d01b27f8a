// A legal hold: while it stands, nothing of the case is deleted. And the export of one case as a file.
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { supportRole } from "./access.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { lockCase } from "./case-lock.ts";
import { CASE_TEXT } from "./limits.ts";

const reason = z.string().trim().min(CASE_TEXT.leastReason).max(CASE_TEXT.most);
const caseId = z.uuid();
const holdInput = z.object({ caseId, version: z.number().int(), reason });
const liftInput = z.object({ caseId, version: z.number().int() });
const exportInput = z.object({ caseId, reason });

async function setHold(context: StateActionContext<z.infer<typeof holdInput>>) {
  const { tx, input, principal, now, actor, audit } = context;
  const found = await lockCase(tx, principal, input.caseId, input.version);
  if (found.holdReason !== null) throw new ActionRefusal("alreadyDone");
  await tx.reportCase.update({
    where: { id: found.id },
    data: {
      holdReason: input.reason,
      heldById: principal.personId,
      heldAt: now,
      changedAt: now,
      version: { increment: 1 },
    },
  });
  await writeCaseEntry(tx, found.id, { type: "holdSet", reason: input.reason }, actor);
  await audit({ type: "caseHoldSet", caseId: found.id, number: Number(found.number), reason: input.reason });
  return null;
}

async function liftHold(context: StateActionContext<z.infer<typeof liftInput>>) {
  const { tx, input, principal, now, actor, audit } = context;
  const found = await lockCase(tx, principal, input.caseId, input.version);
  if (found.holdReason === null) throw new ActionRefusal("alreadyDone");
  await tx.reportCase.update({
    where: { id: found.id },
    data: { holdReason: null, heldById: null, heldAt: null, changedAt: now, version: { increment: 1 } },
  });
  await writeCaseEntry(tx, found.id, { type: "holdLifted" }, actor);
  await audit({ type: "caseHoldLifted", caseId: found.id, number: Number(found.number) });
  return null;
}

/** Only the entry: who took it out, when and why. The file is made after it. */
async function exportCase(context: StateActionContext<z.infer<typeof exportInput>>) {
  const { tx, input, principal, actor, audit } = context;
  const found = await lockCase(tx, principal, input.caseId);
  await writeCaseEntry(tx, found.id, { type: "exported", reason: input.reason }, actor);
  await audit({ type: "caseExported", caseId: found.id, number: Number(found.number), reason: input.reason });
  return { number: Number(found.number) };
}

export const setHoldCommand: StateActionDefinition<typeof holdInput, null> = {
  name: "setHold",
  input: holdInput,
  consoleRole: supportRole,
  run: setHold,
};

export const liftHoldCommand: StateActionDefinition<typeof liftInput, null> = {
  name: "liftHold",
  input: liftInput,
  consoleRole: supportRole,
  run: liftHold,
};

export const exportCaseCommand: StateActionDefinition<typeof exportInput, { readonly number: number }> = {
  name: "exportCase",
  input: exportInput,
  consoleRole: supportRole,
  recentSignIn: true,
  run: exportCase,
};
