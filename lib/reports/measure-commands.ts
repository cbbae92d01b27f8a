// What the actions on measures do inside their transaction: a wish becomes a row, an entry of the timeline, an audit
// entry and a job. Apart from measure-actions.ts, because every export of a "use server" file is a public endpoint.
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import type { Principal } from "#lib/auth/principal.ts";
import type { Transaction } from "#lib/db/client.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { MeasureKind } from "#prisma/generated/enums.ts";
import { supportRole } from "./access.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { lockCase } from "./case-lock.ts";
import { readCaseFacts, type FactTools } from "./measure-facts.ts";
import { confirmBy, isHeavy, MEASURE_TEXT_LENGTH, measureOptions, needsText } from "./measure-rules.ts";

const text = z.string().trim().max(MEASURE_TEXT_LENGTH.most);
const requestInput = z.object({
  caseId: z.uuid(),
  /** Of the case as it was shown. */
  version: z.number().int(),
  kind: z.enum(MeasureKind),
  targets: z.array(z.string().min(1).max(255)).min(1).max(200),
  text,
});
const measureInput = z.object({ measureId: z.uuid() });
export type MeasureRequest = z.infer<typeof requestInput>;

type Context<Input> = StateActionContext<Input>;

async function touch(tx: Transaction, caseId: string, now: Date): Promise<void> {
  await tx.reportCase.update({ where: { id: caseId }, data: { changedAt: now, version: { increment: 1 } } });
  await tx.reportCase.updateMany({ where: { id: caseId, firstActionAt: null }, data: { firstActionAt: now } });
}

const enqueue = ({ enqueueMany }: Pick<Context<unknown>, "enqueueMany">, caseId: string) =>
  enqueueMany("case-measures", [{ data: { caseId }, key: caseId }]);

function factTools(): FactTools {
  const { EVIDENCE_KEYS: keys, SYNAPSE_SERVER_NAME: serverName } = readEnvironment("web");
  return { keys, serverName };
}

async function request(context: Context<MeasureRequest>, tools: FactTools) {
  const { tx, input, principal, now, actor } = context;
  const { caseId, kind } = input;
  const found = await lockCase(tx, principal, caseId, input.version);
  const number = Number(found.number);
  if (needsText(kind) && input.text.length < MEASURE_TEXT_LENGTH.least) throw new ActionRefusal("invalidInput");
  const facts = await readCaseFacts(tx, tools, caseId);
  const option = facts && measureOptions(facts).find((one) => one.kind === kind);
  const targets = [...new Set(input.targets)];
  // never anything but the parties, the room and the messages of the case
  if (option?.blocked !== null || !targets.every((target) => option.targets.includes(target))) {
    throw new ActionRefusal("notFound");
  }
  const ids: string[] = [];
  for (const target of targets) {
    const { id } = await tx.caseMeasure.create({
      data: {
        caseId,
        kind,
        target,
        text: input.text,
        requestedById: principal.personId,
        requestedAt: now,
        confirmBy: confirmBy(kind, now),
      },
      select: { id: true },
    });
    ids.push(id);
    await writeCaseEntry(tx, caseId, { type: "measureRequested", measureId: id, kind }, actor);
    await context.audit({ type: "caseMeasureRequested", caseId, number, measureId: id, measure: kind });
  }
  await touch(tx, caseId, now);
  await enqueue(context, caseId);
  return { measureIds: ids };
}

async function readMeasure(tx: Transaction, principal: Principal, measureId: string) {
  const known = await tx.caseMeasure.findUnique({ where: { id: measureId }, select: { caseId: true } });
  if (known === null) throw new ActionRefusal("notFound");
  const { number } = await lockCase(tx, principal, known.caseId);
  return { ...(await tx.caseMeasure.findUniqueOrThrow({ where: { id: measureId } })), number: Number(number) };
}

async function confirm(context: Context<z.infer<typeof measureInput>>) {
  const { tx, input, principal, now, actor } = context;
  const measure = await readMeasure(tx, principal, input.measureId);
  const { id: measureId, caseId, kind, number } = measure;
  if (measure.confirmBy === null) throw new ActionRefusal("notFound");
  if (measure.requestedById === principal.personId) throw new ActionRefusal("needsSecondPerson");
  const isOpen = (measure.state === "queued" || measure.state === "done") && measure.confirmedAt === null;
  if (!isOpen || measure.confirmBy <= now) throw new ActionRefusal("alreadyDone");
  // a room is emptied only now; anything else stands already, or its job is on the way
  const isFinished = measure.state === "done" && kind !== "closeRoom";
  await tx.caseMeasure.update({
    where: { id: measureId },
    data: { confirmedById: principal.personId, confirmedAt: now, state: isFinished ? "confirmed" : "queued" },
  });
  await writeCaseEntry(tx, caseId, { type: "measureConfirmed", measureId, kind }, actor);
  await context.audit({ type: "caseMeasureConfirmed", caseId, number, measureId, measure: kind });
  await touch(tx, caseId, now);
  if (!isFinished) await enqueue(context, caseId);
  return null;
}

/** Before the second person has confirmed, anybody of support may take a heavy measure back. */
async function takeBack(context: Context<z.infer<typeof measureInput>>) {
  const { tx, input, principal, now } = context;
  const measure = await readMeasure(tx, principal, input.measureId);
  const { id: measureId, caseId, kind, number, state, confirmedAt } = measure;
  if (!isHeavy(kind)) throw new ActionRefusal("notFound");
  if ((state !== "queued" && state !== "done") || confirmedAt !== null) throw new ActionRefusal("alreadyDone");
  await tx.caseMeasure.update({ where: { id: measureId }, data: { state: "reverting" } });
  await context.audit({ type: "caseMeasureTakenBack", caseId, number, measureId, measure: kind });
  await touch(tx, caseId, now);
  await enqueue(context, caseId);
  return null;
}

/** One that Synapse refused, for a reason that may be gone. */
async function retry(context: Context<z.infer<typeof measureInput>>) {
  const { tx, input, principal, now, actor } = context;
  const measure = await readMeasure(tx, principal, input.measureId);
  const { id: measureId, caseId, kind, number } = measure;
  if (measure.state !== "failed") throw new ActionRefusal("alreadyDone");
  // what was in force and could not be taken back is still to be taken back
  const isReverting = measure.doneAt !== null && measure.confirmedAt === null && isHeavy(kind);
  await tx.caseMeasure.update({
    where: { id: measureId },
    data: {
      problem: null,
      state: isReverting ? "reverting" : "queued",
      ...(!isReverting && measure.confirmedAt === null && { confirmBy: confirmBy(kind, now) }),
    },
  });
  await writeCaseEntry(tx, caseId, { type: "measureRequested", measureId, kind }, actor);
  await context.audit({ type: "caseMeasureRequested", caseId, number, measureId, measure: kind });
  await touch(tx, caseId, now);
  await enqueue(context, caseId);
  return null;
}

/** @param tools whence the rules know of files in sealed messages; of the environment unless told */
export const requestMeasureWith = (
  tools: () => FactTools,
): StateActionDefinition<typeof requestInput, { readonly measureIds: readonly string[] }> => ({
  name: "requestMeasure",
  input: requestInput,
  consoleRole: supportRole,
  run: (context) => request(context, tools()),
});
export const requestMeasureCommand = requestMeasureWith(factTools);

export const confirmMeasureCommand: StateActionDefinition<typeof measureInput, null> = {
  name: "confirmMeasure",
  input: measureInput,
  consoleRole: supportRole,
  run: confirm,
};

export const takeMeasureBackCommand: StateActionDefinition<typeof measureInput, null> = {
  name: "takeMeasureBack",
  input: measureInput,
  consoleRole: supportRole,
  run: takeBack,
};

export const retryMeasureCommand: StateActionDefinition<typeof measureInput, null> = {
  name: "retryMeasure",
  input: measureInput,
  consoleRole: supportRole,
  run: retry,
};
