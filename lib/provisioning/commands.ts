// What the actions on a school's switches and on its provisioning do inside their transaction. Apart from actions.ts,
// because every export of a "use server" file is a public endpoint.
import { z } from "zod";
import type {
  ActionContext,
  ActionDefinition,
  StateActionContext,
  StateActionDefinition,
} from "#lib/action/perform-action.ts";
import { reason } from "#lib/action/reason.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { isLandAdmin, mayEditSchool, rolesAt } from "#lib/auth/principal.ts";
import { writeAuditMany } from "#lib/audit/write.ts";
import type { Transaction } from "#lib/db/client.ts";
import { findFreshDryRun } from "#lib/directory/queries.ts";
import { correlationId } from "#lib/log/log.ts";
import { authoringRole } from "#lib/policy/approval.ts";
import { openSwitchRequest } from "./switch-requests.ts";
import {
  isFirstSwitchingOn,
  isSchoolRoom,
  isSensitiveSwitch,
  SCHOOL_SWITCHES,
  SWITCH_COLUMNS,
  type SchoolSwitch,
} from "./switches.ts";

const schoolId = z.string().min(1).max(255);
const switchInput = z.object({ schoolId, name: z.enum(SCHOOL_SWITCHES), on: z.boolean(), reason: reason.optional() });
const channelInput = z.object({ schoolId, alias: z.string().min(1).max(512), twoWay: z.boolean() });
const stateInput = z.object({ schoolId, on: z.boolean() });
const retryInput = z.object({
  schoolId,
  what: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("school") }),
    z.object({ kind: z.literal("person"), personId: z.string().min(1).max(255) }),
    z.object({ kind: z.literal("room"), alias: z.string().min(1).max(512) }),
  ]),
});

/** `requestId` if a second person has to agree first. */
export type Switched = { readonly requestId: string | null };

async function setSwitch(context: ActionContext<z.infer<typeof switchInput>>): Promise<Switched> {
  const { tx, input, now } = context;
  const { name, on } = input;
  const column = SWITCH_COLUMNS[name];
  await tx.$queryRaw`SELECT id FROM school WHERE id = ${context.schoolId} FOR UPDATE`;
  const school = await tx.school.findUniqueOrThrow({ where: { id: context.schoolId } });
  if (school[column] === on) throw new ActionRefusal("nothingChanged");
  await refuseUnseen(tx, school, { name, on }, now);
  if (isSensitiveSwitch(name, on)) {
    const role = authoringRole(rolesAt(context.principal, context.schoolId));
    if (role === undefined) throw new ActionRefusal("notFound");
    if (input.reason === undefined) throw new ActionRefusal("invalidInput");
    const author = { personId: context.principal.personId, role };
    return { requestId: await openSwitchRequest(context, { name, author, reason: input.reason }) };
  }
  await tx.school.update({ where: { id: context.schoolId }, data: { [column]: on } });
  if (isSchoolRoom(name)) {
    const unwantedSince = on ? null : now;
    await tx.managedRoom.updateMany({ where: { schoolId: context.schoolId, kind: name }, data: { unwantedSince } });
  }
  await context.audit({ type: "schoolSwitched", switchName: name, on });
  await context.enqueue("provision-school", { schoolId: context.schoolId }, context.schoolId);
  return { requestId: null };
}

async function refuseUnseen(
  tx: Transaction,
  school: { readonly id: string; readonly unservedSince: Date | null; readonly schoolEnabled: boolean },
  planned: { readonly name: SchoolSwitch | "state"; readonly on: boolean },
  now: Date,
): Promise<void> {
  const { id, unservedSince, schoolEnabled } = school;
  if (!isFirstSwitchingOn(planned, { unservedSince, isMessengerOn: schoolEnabled })) return;
  if ((await findFreshDryRun(tx, id, now)) === null) throw new ActionRefusal("dryRunNeeded");
}

async function setChannel(context: ActionContext<z.infer<typeof channelInput>>): Promise<null> {
  const { tx, input } = context;
  const { alias, twoWay } = input;
  const { count } = await tx.managedRoom.updateMany({ where: { alias, twoWay: !twoWay }, data: { twoWay } });
  if (count === 0) throw new ActionRefusal("nothingChanged");
  await context.audit({ type: "channelSwitched", alias, twoWay });
  await context.enqueue("provision-room", { alias }, alias);
  return null;
}

async function setState(context: StateActionContext<z.infer<typeof stateInput>>): Promise<null> {
  const { tx, input, actor, now } = context;
  await tx.$queryRaw`SELECT id FROM school WHERE id = ${input.schoolId} FOR UPDATE`;
  const school = await tx.school.findUnique({ where: { id: input.schoolId } });
  if (school === null) throw new ActionRefusal("notFound");
  if (school.stateEnabled === input.on) throw new ActionRefusal("nothingChanged");
  await refuseUnseen(tx, school, { name: "state", on: input.on }, now);
  await tx.school.update({ where: { id: input.schoolId }, data: { stateEnabled: input.on } });
  const event = { type: "schoolSwitched", switchName: "state", on: input.on } as const;
  await writeAuditMany(tx, [{ scope: input.schoolId, event }], { actor, correlationId: correlationId() });
  await context.enqueueMany("provision-school", [{ data: { schoolId: input.schoolId }, key: input.schoolId }]);
  return null;
}

async function retry(context: ActionContext<z.infer<typeof retryInput>>): Promise<{ readonly jobs: number }> {
  const { tx, input } = context;
  const { what } = input;
  const ofSchool = { schoolId: context.schoolId };
  let jobs = 1;
  if (what.kind === "school") {
    const looked = { roomId: { not: null }, problem: { not: null } } as const;
    await tx.managedRoom.updateMany({ where: { ...ofSchool, ...looked }, data: { verifyDue: true } });
    await context.enqueue("provision-school", ofSchool, context.schoolId);
  } else if (what.kind === "room") {
    const { alias } = what;
    await tx.managedRoom.updateMany({ where: { alias, roomId: { not: null } }, data: { verifyDue: true } });
    await context.enqueue("provision-room", { alias }, alias);
  } else {
    const { personId } = what;
    await context.enqueue("provision-account", { personId }, personId);
    const departures = await tx.schoolDeparture.count({ where: { personId, settledAt: null } });
    if (departures > 0) {
      await context.enqueue("leave-rooms", { personId }, personId);
      jobs += 1;
    }
  }
  await context.audit({ type: "provisioningRetried", what: what.kind, jobs });
  return { jobs };
}

export const setSchoolSwitchCommand: ActionDefinition<typeof switchInput, Switched> = {
  name: "setSchoolSwitch",
  input: switchInput,
  school: (_tx, input) => Promise.resolve(input.schoolId),
  authorise: mayEditSchool,
  run: setSwitch,
};

export const setChannelModeCommand: ActionDefinition<typeof channelInput, null> = {
  name: "setChannelMode",
  input: channelInput,
  // a source of messages has the last word on its rooms
  school: async (tx, { alias, schoolId: id }) => {
    const where = { alias, schoolId: id, kind: "channel", group: { bidirectional: null } } as const;
    return (await tx.managedRoom.findFirst({ where, select: { schoolId: true } }))?.schoolId ?? null;
  },
  authorise: mayEditSchool,
  run: setChannel,
};

export const setStateSwitchCommand: StateActionDefinition<typeof stateInput, null> = {
  name: "setStateSwitch",
  input: stateInput,
  consoleRole: "landAdmin",
  recentSignIn: true,
  run: setState,
};

export const retryProvisioningCommand: ActionDefinition<typeof retryInput, { readonly jobs: number }> = {
  name: "retryProvisioning",
  input: retryInput,
  school: async (tx, { schoolId: id, what }) => {
    if (what.kind === "school") return (await tx.school.findUnique({ where: { id } }))?.id ?? null;
    if (what.kind === "room") {
      return (await tx.managedRoom.findUnique({ where: { alias: what.alias, schoolId: id } }))?.schoolId ?? null;
    }
    const { personId } = what;
    const belongs = await tx.affiliation.findFirst({ where: { personId, schoolId: id } });
    const named = await tx.personSource.findFirst({ where: { personId, schoolId: id, person: { source: "amqp" } } });
    const departed = await tx.schoolDeparture.findFirst({ where: { personId, schoolId: id, settledAt: null } });
    return belongs === null && named === null && departed === null ? null : id;
  },
  authorise: (principal, id) => mayEditSchool(principal, id) || isLandAdmin(principal),
  run: retry,
};
