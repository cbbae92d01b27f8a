// What state administrators do about console roles and access, inside the action's transaction. Apart from actions.ts,
// because every export of a "use server" file is a public endpoint.
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { reason } from "#lib/action/reason.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import type { Transaction } from "#lib/db/client.ts";
import { ConsoleRole } from "#prisma/generated/enums.ts";

/** A proposal that nobody confirms is forgotten. */
const PROPOSAL_EXPIRY_MS = 14 * 86_400_000;

const personId = z.string().min(1).max(255);
const personInput = z.object({ personId });
const reasonInput = z.object({ personId, reason });
const roleInput = z.object({ personId, role: z.enum(ConsoleRole) });

/** One at a time, so that two administrators cannot each take the other for the one who stays. */
async function lockLandAdmins(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT person_id FROM console_role_grant WHERE role = 'landAdmin' ORDER BY person_id FOR UPDATE`;
}

const actingLandAdmin = { consoleRoles: { some: { role: "landAdmin" } }, accessBlock: null } as const;

async function requireAnotherLandAdmin(tx: Transaction, besides: string): Promise<void> {
  const other = await tx.person.findFirst({
    where: { ...actingLandAdmin, id: { not: besides } },
    select: { id: true },
  });
  if (!other) throw new ActionRefusal("lastLandAdmin");
}

/** Somebody else who is there and could use a role. */
async function requireOtherPerson({ tx, principal, input }: StateActionContext<{ readonly personId: string }>) {
  if (input.personId === principal.personId) throw new ActionRefusal("notToOneself");
  const person = await tx.person.findFirst({
    where: { id: input.personId, leftAt: null, enabled: true },
    include: { consoleRoles: true },
  });
  if (!person) throw new ActionRefusal("notFound");
  return person;
}

async function grantSupport(context: StateActionContext<z.infer<typeof personInput>>): Promise<null> {
  const { tx, principal } = context;
  const person = await requireOtherPerson(context);
  const { count } = await tx.consoleRoleGrant.createMany({
    data: { personId: person.id, role: "support", grantedById: principal.personId },
    skipDuplicates: true,
  });
  if (count === 0) throw new ActionRefusal("alreadyDone");
  await context.audit({ type: "consoleRoleGranted", personId: person.id, role: "support" });
  return null;
}

async function propose(context: StateActionContext<z.infer<typeof reasonInput>>): Promise<null> {
  const { tx, principal, input, now } = context;
  await lockLandAdmins(tx);
  const person = await requireOtherPerson(context);
  if (person.consoleRoles.some(({ role }) => role === "landAdmin")) throw new ActionRefusal("alreadyDone");
  await tx.landAdminProposal.deleteMany({ where: { personId: person.id, expiresAt: { lte: now } } });
  const { count } = await tx.landAdminProposal.createMany({
    data: {
      personId: person.id,
      proposedById: principal.personId,
      reason: input.reason,
      expiresAt: new Date(now.getTime() + PROPOSAL_EXPIRY_MS),
    },
    skipDuplicates: true,
  });
  if (count === 0) throw new ActionRefusal("alreadyDone");
  await context.audit({ type: "landAdminProposed", personId: person.id, reason: input.reason });
  return null;
}

async function confirm(context: StateActionContext<z.infer<typeof personInput>>): Promise<null> {
  const { tx, principal, now } = context;
  await lockLandAdmins(tx);
  const person = await requireOtherPerson(context);
  const proposal = await tx.landAdminProposal.findFirst({ where: { personId: person.id, expiresAt: { gt: now } } });
  if (!proposal) throw new ActionRefusal("alreadyDone");
  const { proposedById } = proposal;
  if (proposedById === principal.personId) throw new ActionRefusal("needsSecondPerson");
  const proposer = await tx.person.findFirst({ where: { ...actingLandAdmin, id: proposedById } });
  if (!proposer) throw new ActionRefusal("authorLostRole");
  await tx.consoleRoleGrant.create({
    data: { personId: person.id, role: "landAdmin", grantedById: proposedById, confirmedById: principal.personId },
  });
  await tx.landAdminProposal.delete({ where: { personId: person.id } });
  await context.audit({ type: "consoleRoleGranted", personId: person.id, role: "landAdmin" });
  return null;
}

async function drop(context: StateActionContext<z.infer<typeof personInput>>): Promise<null> {
  const { count } = await context.tx.landAdminProposal.deleteMany({ where: { personId: context.input.personId } });
  if (count === 0) throw new ActionRefusal("alreadyDone");
  await context.audit({ type: "landAdminProposalDropped", personId: context.input.personId });
  return null;
}

async function removeRole(context: StateActionContext<z.infer<typeof roleInput>>): Promise<null> {
  const { tx, input } = context;
  if (input.role === "landAdmin") {
    await lockLandAdmins(tx);
    await requireAnotherLandAdmin(tx, input.personId);
  }
  const { count } = await tx.consoleRoleGrant.deleteMany({ where: input });
  if (count === 0) throw new ActionRefusal("alreadyDone");
  await context.audit({ type: "consoleRoleRemoved", ...input });
  return null;
}

/** The database ends the sessions when the block is written (migration 0007). */
async function endAccess(
  context: StateActionContext<z.infer<typeof reasonInput>>,
): Promise<{ readonly sessions: number }> {
  const { tx, principal, input, now } = context;
  await lockLandAdmins(tx);
  if (input.personId === principal.personId) throw new ActionRefusal("notToOneself");
  const person = await tx.person.findUnique({ where: { id: input.personId }, include: { accessBlock: true } });
  if (!person) throw new ActionRefusal("notFound");
  if (person.accessBlock) throw new ActionRefusal("alreadyDone");
  await requireAnotherLandAdmin(tx, person.id);
  const sessions = await tx.session.count({ where: { personId: person.id, endedAt: null, expiresAt: { gt: now } } });
  await tx.consoleAccessBlock.create({
    data: { personId: person.id, blockedById: principal.personId, reason: input.reason },
  });
  await context.audit({ type: "consoleAccessEnded", personId: person.id, sessions, reason: input.reason });
  return { sessions };
}

async function restoreAccess(context: StateActionContext<z.infer<typeof personInput>>): Promise<null> {
  const { tx, input } = context;
  const { count } = await tx.consoleAccessBlock.deleteMany({ where: { personId: input.personId } });
  if (count === 0) throw new ActionRefusal("alreadyDone");
  await context.audit({ type: "consoleAccessRestored", personId: input.personId });
  return null;
}

export const grantSupportCommand: StateActionDefinition<typeof personInput, null> = {
  name: "grantSupport",
  input: personInput,
  consoleRole: "landAdmin",
  recentSignIn: true,
  run: grantSupport,
};

export const proposeLandAdminCommand: StateActionDefinition<typeof reasonInput, null> = {
  name: "proposeLandAdmin",
  input: reasonInput,
  consoleRole: "landAdmin",
  recentSignIn: true,
  run: propose,
};

export const confirmLandAdminCommand: StateActionDefinition<typeof personInput, null> = {
  name: "confirmLandAdmin",
  input: personInput,
  consoleRole: "landAdmin",
  recentSignIn: true,
  run: confirm,
};

export const dropLandAdminProposalCommand: StateActionDefinition<typeof personInput, null> = {
  name: "dropLandAdminProposal",
  input: personInput,
  consoleRole: "landAdmin",
  recentSignIn: true,
  run: drop,
};

export const removeConsoleRoleCommand: StateActionDefinition<typeof roleInput, null> = {
  name: "removeConsoleRole",
  input: roleInput,
  consoleRole: "landAdmin",
  recentSignIn: true,
  run: removeRole,
};

export const endConsoleAccessCommand: StateActionDefinition<typeof reasonInput, { readonly sessions: number }> = {
  name: "endConsoleAccess",
  input: reasonInput,
  consoleRole: "landAdmin",
  run: endAccess,
};

export const restoreConsoleAccessCommand: StateActionDefinition<typeof personInput, null> = {
  name: "restoreConsoleAccess",
  input: personInput,
  consoleRole: "landAdmin",
  run: restoreAccess,
};
