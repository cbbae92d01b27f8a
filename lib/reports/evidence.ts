// Opens evidence: decrypted on an explicit wish only, and never without an entry in the audit log and in the case.
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import type { Transaction } from "#lib/db/client.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { answeringRole, managedSchoolIds, supportRole } from "./access.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { describeEvent } from "./event-text.ts";
import { lockCase } from "./case-lock.ts";
import { CannotOpenError, open, type KeyRing } from "./sealing.ts";

/** What a browser shows: the picture as a data address, the message in words and as it was sent, or what the reporter wrote. */
export type OpenedEvidence =
  | { readonly kind: "reason"; readonly text: string }
  | { readonly kind: "picture"; readonly address: string }
  | { readonly kind: "event"; readonly text: string | null; readonly isEncrypted: boolean; readonly json: string };

const openInput = z.union([
  z.object({ caseId: z.uuid(), evidenceId: z.uuid() }),
  z.object({ caseId: z.uuid(), reportId: z.uuid() }),
]);
const releasedInput = z.object({ escalationId: z.uuid(), evidenceId: z.uuid() });

type Keys = () => KeyRing;

export function openEvidenceCommand(
  keys: Keys = () => readEnvironment("web").EVIDENCE_KEYS,
): StateActionDefinition<typeof openInput, OpenedEvidence> {
  return {
    name: "openEvidence",
    input: openInput,
    consoleRole: supportRole,
    run: async (context) => {
      const { tx, principal, input } = context;
      const found = await lockCase(tx, principal, input.caseId);
      if ("reportId" in input) return await viewReason(context, found, input.reportId);
      return await view(context, found, input.evidenceId, keys());
    },
  };
}

/** By the school's management: a screenshot that support has released to it. */
export function openReleasedCommand(
  keys: Keys = () => readEnvironment("web").EVIDENCE_KEYS,
): StateActionDefinition<typeof releasedInput, OpenedEvidence> {
  return {
    name: "openReleased",
    input: releasedInput,
    consoleRole: answeringRole,
    run: async (context) => {
      const { tx, principal, input, actor } = context;
      const escalation = await tx.caseEscalation.findFirst({
        where: {
          id: input.escalationId,
          screenshotReleasedReason: { not: null },
          OR: [
            { toState: false, schoolId: { in: managedSchoolIds(principal) } },
            ...(principal.consoleRoles.includes("landAdmin") ? [{ toState: true }] : []),
          ],
        },
      });
      if (escalation === null) throw new ActionRefusal("notFound");
      const found = await lockCase(tx, principal, escalation.caseId);
      await requireScreenshot(tx, found.id, input.evidenceId);
      const as = { ...actor, role: escalation.toState ? "landAdmin" : "schoolManagement" };
      return await view({ ...context, actor: as }, found, input.evidenceId, keys());
    },
  };
}

async function requireScreenshot(tx: Transaction, caseId: string, id: string): Promise<void> {
  const where = { id, kind: "screenshot", report: { caseId } } as const;
  if ((await tx.reportEvidence.count({ where })) === 0) throw new ActionRefusal("notFound");
}

type Viewing = Pick<StateActionContext<unknown>, "tx" | "actor" | "audit">;
type ViewedCase = { readonly id: string; readonly number: bigint };

async function recordView({ tx, actor, audit }: Viewing, { id: caseId, number }: ViewedCase, evidenceId: string) {
  await writeCaseEntry(tx, caseId, { type: "evidenceViewed", evidenceId }, actor);
  await audit({ type: "evidenceViewed", caseId, number: Number(number), evidenceId });
}

/** The text of a report that is withheld (withholding.ts): support may not be able to wait. */
async function viewReason(context: Viewing, found: ViewedCase, reportId: string): Promise<OpenedEvidence> {
  const report = await context.tx.report.findFirst({ where: { id: reportId, caseId: found.id } });
  if (report === null) throw new ActionRefusal("notFound");
  await recordView(context, found, reportId);
  return { kind: "reason", text: report.reason };
}

async function view(context: Viewing, found: ViewedCase, evidenceId: string, keys: KeyRing): Promise<OpenedEvidence> {
  const where = { id: evidenceId, report: { caseId: found.id } };
  const evidence = await context.tx.reportEvidence.findFirst({ where });
  if (evidence === null) throw new ActionRefusal("notFound");
  await recordView(context, found, evidenceId);
  const { keyId, sealed, reportId, mediaType, kind } = evidence;
  let content: Buffer;
  try {
    content = open(keys, reportId, { keyId, bytes: sealed });
  } catch (error) {
    if (error instanceof CannotOpenError) throw new ActionRefusal("evidenceUnreadable");
    throw error;
  }
  if (kind === "screenshot")
    return { kind: "picture", address: `data:${mediaType};base64,${content.toString("base64")}` };
  return { kind: "event", ...describeEvent(content.toString("utf8")) };
}
