// What the actions on syncs and on held changes do inside their transaction. Apart from actions.ts, because every export
// of a "use server" file is a public endpoint.
import { z } from "zod";
import type {
  ActionContext,
  ActionDefinition,
  StateActionContext,
  StateActionDefinition,
} from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { isLandAdmin } from "#lib/auth/principal.ts";
import type { Transaction } from "#lib/db/client.ts";
import { ldapKey, SYNC_KEY, syncKey } from "#lib/jobs/queues.ts";
import { isLdapInUse, mayReleaseHeld, maySyncSchool } from "./queries.ts";
import { lockSchools } from "./store.ts";

/** As many held changes at one press; pressing again takes the next ones. */
const MOST_HOLDS = 1_000;

const schoolId = z.string().min(1).max(255);
const syncInput = z.object({ schoolId, dryRun: z.boolean(), asServed: z.boolean().default(false) });
const stateSyncInput = z.object({ dryRun: z.boolean() });
const releaseInput = z.object({
  schoolId,
  holds: z
    .array(z.string().regex(/^\d{1,18}$/))
    .min(1)
    .max(MOST_HOLDS),
});

async function requestSync(context: ActionContext<z.infer<typeof syncInput>>): Promise<null> {
  const { input, principal } = context;
  const { dryRun, asServed } = input;
  const data = { full: true, requestedBy: principal.personId, schoolId: context.schoolId, dryRun, asServed };
  await context.audit({ type: "syncRequested", dryRun });
  await context.enqueue("directory-sync", data, syncKey(context.schoolId, dryRun));
  if (dryRun && (await isLdapInUse(context.tx, context.now))) {
    const ofLdap = { requestedBy: principal.personId, schoolId: context.schoolId, dryRun };
    await context.enqueue("ldap-sync", ofLdap, ldapKey(context.schoolId, dryRun));
  }
  return null;
}

async function requestStateSync(context: StateActionContext<z.infer<typeof stateSyncInput>>): Promise<null> {
  const { dryRun } = context.input;
  const data = { full: true, requestedBy: context.principal.personId, dryRun };
  await context.audit({ type: "syncRequested", dryRun });
  await context.enqueueMany("directory-sync", [{ data, key: syncKey(null, dryRun) }]);
  if (dryRun && (await isLdapInUse(context.tx, context.now))) {
    const ofLdap = { requestedBy: context.principal.personId, dryRun };
    await context.enqueueMany("ldap-sync", [{ data: ofLdap, key: ldapKey(null, dryRun) }]);
  }
  return null;
}

export type Released = { readonly changes: number };

/** What the source no longer says is dropped: the job that is queued here reads the school anew (design §6, Guard). */
async function release(context: ActionContext<z.infer<typeof releaseInput>>): Promise<Released> {
  const { tx, input, principal, now } = context;
  const ids = [...new Set(input.holds)].map(BigInt);
  // a sync that judges these holds just now is waited for
  await lockSchools(tx, [context.schoolId]);
  const held = await tx.syncHold.findMany({
    where: { id: { in: ids }, schoolId: context.schoolId },
    select: { id: true, source: true, kind: true, personId: true, role: true, groupId: true, status: true },
  });
  if (held.length < ids.length) throw new ActionRefusal("notFound");
  if (held.some(({ status }) => status !== "open")) throw new ActionRefusal("alreadyDone");
  // the database refuses it as well
  if (held.some(({ kind, personId }) => kind === "roleGained" && personId === principal.personId)) {
    throw new ActionRefusal("isBeneficiary");
  }
  const ofSchools = held.some(({ kind }) => kind === "schoolRemoved");
  if (ofSchools && !isLandAdmin(principal)) throw new ActionRefusal("notFound");
  const { count } = await tx.syncHold.updateMany({
    where: { id: { in: ids }, status: "open" },
    data: { status: "released", releasedById: principal.personId, releasedAt: now },
  });
  if (count < ids.length) throw new ActionRefusal("alreadyDone");
  const changes = held.map(({ kind, personId, role, groupId }) => ({ kind, personId, role, groupId }));
  await context.audit({ type: "heldChangesReleased", changes });
  const requestedBy = principal.personId;
  if (held.some(({ source }) => source === "ldap")) {
    await context.enqueue("ldap-sync", { requestedBy, schoolId: context.schoolId }, ldapKey(context.schoolId));
  }
  if (held.every(({ source }) => source === "ldap")) return { changes: count };
  const data = { full: true, requestedBy };
  if (ofSchools) await context.enqueue("directory-sync", data, SYNC_KEY);
  else {
    await context.enqueue("directory-sync", { ...data, schoolId: context.schoolId }, syncKey(context.schoolId));
  }
  return { changes: count };
}

async function findSchool(tx: Transaction, id: string): Promise<string | null> {
  const school = await tx.school.findUnique({ where: { id }, select: { id: true } });
  return school?.id ?? null;
}

export const requestSyncCommand: ActionDefinition<typeof syncInput, null> = {
  name: "requestSync",
  input: syncInput,
  school: (tx, input) => findSchool(tx, input.schoolId),
  authorise: maySyncSchool,
  run: requestSync,
};

export const requestStateSyncCommand: StateActionDefinition<typeof stateSyncInput, null> = {
  name: "requestStateSync",
  input: stateSyncInput,
  consoleRole: "landAdmin",
  run: requestStateSync,
};

export const releaseHeldChangesCommand: ActionDefinition<typeof releaseInput, Released> = {
  name: "releaseHeldChanges",
  input: releaseInput,
  school: (tx, input) => findSchool(tx, input.schoolId),
  authorise: mayReleaseHeld,
  recentSignIn: true,
  run: release,
};
