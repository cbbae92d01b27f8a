// A legal hold: while it stands, nothing of the case is deleted. And the export of one case as a file.
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import type { Transaction } from "#lib/db/client.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { supportRole } from "./access.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { lockCase } from "./case-lock.ts";
import { CASE_TEXT } from "./limits.ts";
import type { ExportedEvidence } from "./exported.ts";
import { CannotOpenError, open, type KeyRing } from "./sealing.ts";

/** Of one case. A file that says less than there is would be worse than none: of more, support splits the case. */
const MOST_EVIDENCE = 1_000;

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

/** The entry first: who took it out, when and why. */
async function exportCase(context: StateActionContext<z.infer<typeof exportInput>>, keys: () => KeyRing) {
  const { tx, input, principal, actor, audit } = context;
  const found = await lockCase(tx, principal, input.caseId);
  await writeCaseEntry(tx, found.id, { type: "exported", reason: input.reason }, actor);
  await audit({ type: "caseExported", caseId: found.id, number: Number(found.number), reason: input.reason });
  return { number: Number(found.number), evidence: await openAll(tx, found.id, keys()) };
}

async function openAll(tx: Transaction, caseId: string, ring: KeyRing): Promise<ExportedEvidence[]> {
  const stored = await tx.reportEvidence.findMany({
    where: { report: { caseId } },
    orderBy: [{ reportId: "asc" }, { kind: "asc" }, { id: "asc" }],
    take: MOST_EVIDENCE + 1,
  });
  if (stored.length > MOST_EVIDENCE) throw new ActionRefusal("tooMuch");
  return stored.map(({ reportId, kind, mediaType, keyId, sealed }) => {
    try {
      return { reportId, kind, mediaType, content: open(ring, reportId, { keyId, bytes: Uint8Array.from(sealed) }) };
    } catch (error) {
      if (error instanceof CannotOpenError) return { reportId, kind, mediaType, content: null };
      throw error;
    }
  });
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

export type CaseExport = { readonly number: number; readonly evidence: readonly ExportedEvidence[] };

export const exportCaseCommand = (
  keys: () => KeyRing = () => readEnvironment("web").EVIDENCE_KEYS,
): StateActionDefinition<typeof exportInput, CaseExport> => ({
  name: "exportCase",
  input: exportInput,
  consoleRole: supportRole,
  recentSignIn: true,
  run: (context) => exportCase(context, keys),
});
