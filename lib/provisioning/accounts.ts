// The job that brings one person's account to the desired state. Done twice, it changes nothing.
import type { Database } from "#lib/db/client.ts";
import { matrixUserId, type MatrixUserId, type RoomId } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import { SubjectTakenError, type Account, type AccountChange, type AccountsApi } from "#lib/matrix/accounts.ts";
import { MatrixCallError } from "#lib/matrix/errors.ts";
import type { RoomKeepingApi } from "#lib/matrix/room-keeping.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";
import { accountStep } from "./account-step.ts";
import { readAccountPerson, type AccountPerson } from "./account-facts.ts";
import { queueDepartures, queueRoomsOf } from "./queue.ts";

export type AccountDependencies = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly accounts: AccountsApi;
  readonly keeping: Pick<RoomKeepingApi, "membershipsOf">;
  readonly rooms: Pick<RoomsApi, "members">;
  readonly serverName: string;
  readonly now?: () => Date;
};

/** Stable codes in `Person.accountProblem`; anything else there is an errcode of Synapse. */
export type AccountProblem = "subjectTaken" | "foreignAccount" | "deactivated";

/** Whoever is deactivated and yet stands in a room: the job fails, is tried again, and is shown. */
class RemainingMemberError extends Error {
  override readonly name = "RemainingMemberError";
}

export async function provisionAccount(dependencies: AccountDependencies, personId: string): Promise<void> {
  const { db, serverName, now = () => new Date() } = dependencies;
  const person = await readAccountPerson(db, personId);
  if (person === null) return;
  const step = accountStep(person.facts, now(), person.gracePeriodDays);
  if (step === "nothing") return;
  const userId = matrixUserId(person.localpart, serverName);
  try {
    if (step === "ensure") await ensure(dependencies, person, userId);
    else if (step === "lock") await lock(dependencies, person, userId);
    else await end(dependencies, person, userId, step);
  } catch (error) {
    if (error instanceof SubjectTakenError) {
      await record(dependencies, person, { accountState: "conflict", accountProblem: "subjectTaken" });
      return;
    }
    if (error instanceof MatrixCallError) {
      await record(dependencies, person, { accountProblem: error.errcode || `HTTP ${String(error.status)}` });
    }
    if (error instanceof RemainingMemberError) await record(dependencies, person, { accountProblem: "stillInRooms" });
    throw error;
  }
}

async function ensure(dependencies: AccountDependencies, person: AccountPerson, userId: MatrixUserId): Promise<void> {
  const { db, accounts } = dependencies;
  const present = await accounts.find(userId);
  const problem = present === null ? null : conflictOf(present, person);
  if (problem !== null) {
    await record(dependencies, person, { accountState: "conflict", accountProblem: problem });
    return;
  }
  const isLocked = present?.locked === true && (await isLockedByCase(db, userId));
  const change = accountChange(present, { ...person.facts, isLockedByCase: isLocked });
  if (change !== null) await accounts.put(userId, change);
  await record(dependencies, person, {
    accountState: "active",
    accountProblem: null,
    accountDisplayName: person.facts.displayName,
    accountSyncedAt: new Date(),
    accountDeactivatedAt: null,
    accountErasedAt: null,
  });
}

async function lock(dependencies: AccountDependencies, person: AccountPerson, userId: MatrixUserId): Promise<void> {
  await dependencies.accounts.put(userId, { locked: true });
  await record(dependencies, person, { accountState: "locked", accountProblem: null });
}

/** Deactivated after the kicks; what Synapse says of the rooms afterwards is read, not believed. */
async function end(
  dependencies: AccountDependencies,
  person: AccountPerson,
  userId: MatrixUserId,
  step: "deactivate" | "erase",
): Promise<void> {
  const { db, accounts, keeping } = dependencies;
  const before = await keeping.membershipsOf(userId);
  // known to be our own doing, also after a crash: who comes back is activated again
  await db.person.update({ where: { id: person.id }, data: { accountDeactivatedAt: new Date() } });
  await accounts.deactivate(userId, { erase: step === "erase" });
  const after = await keeping.membershipsOf(userId);
  await assertOutOfRooms(dependencies, userId, [before, after]);
  const erased = step === "erase" ? { accountErasedAt: new Date(), ...WITHOUT_NAME, displayName: person.id } : {};
  await record(dependencies, person, { accountState: "deactivated", accountProblem: null, ...erased });
}

async function assertOutOfRooms(
  { rooms }: AccountDependencies,
  userId: MatrixUserId,
  memberships: readonly ReadonlyMap<RoomId, string>[],
): Promise<void> {
  const looked = memberships.flatMap((held) => [...held].flatMap(([room, how]) => (how === "join" ? [room] : [])));
  for (const room of new Set(looked)) {
    const found = (await rooms.members(room))?.find((member) => member.userId === userId);
    if (found?.membership === "join") throw new RemainingMemberError("deactivated, and still in a room");
  }
}

/** An account of somebody else is never taken over. One without any login is the rest of our own refused attempt. */
function conflictOf(present: Account, { facts, isOwnDeactivation }: AccountPerson): AccountProblem | null {
  if (present.deactivated && !isOwnDeactivation) return "deactivated";
  const isOurs = present.subjects.length === 0 || present.subjects.includes(facts.subject);
  return present.hasForeignLogin || (!isOurs && present.subjects.length > 1) ? "foreignAccount" : null;
}

/** Only what differs: an unchanged display name costs Synapse a look into every room of the person. */
function accountChange(
  present: Account | null,
  wanted: { displayName: string; subject: string; isLockedByCase: boolean },
): AccountChange | null {
  if (present === null) return { displayName: wanted.displayName, subject: wanted.subject };
  const change: AccountChange = {
    ...(present.displayName !== wanted.displayName && { displayName: wanted.displayName }),
    ...(!present.subjects.includes(wanted.subject) && { subject: wanted.subject }),
    // what support has locked because of a report stays locked, whatever the directory says
    ...(present.locked && !wanted.isLockedByCase && { locked: false }),
    ...(present.deactivated && { deactivated: false as const }),
  };
  return Object.keys(change).length === 0 ? null : change;
}

/** A report's case has locked the account, and none has unlocked it since (lib/reports/measure-rules.ts). */
async function isLockedByCase(db: Database, userId: string): Promise<boolean> {
  const last = await db.caseMeasure.findFirst({
    where: { target: userId, kind: { in: ["lock", "unlock"] }, state: { in: ["queued", "done", "confirmed"] } },
    orderBy: { requestedAt: "desc" },
    select: { kind: true },
  });
  return last?.kind === "lock";
}
/** Gone from our own records too; whoever comes back is read from the directory again. */
const WITHOUT_NAME = { familyName: "", givenName: "", username: "", email: null, accountDisplayName: null } as const;

type Recorded = {
  readonly accountState?: "active" | "locked" | "conflict" | "deactivated";
  readonly accountProblem: string | null;
  readonly accountDisplayName?: string | null;
  readonly accountSyncedAt?: Date;
  readonly accountDeactivatedAt?: null;
  readonly accountErasedAt?: Date | null;
  readonly displayName?: string;
} & Partial<Omit<typeof WITHOUT_NAME, "accountDisplayName">>;

/** Records what Synapse was told; rooms that waited for the account follow in the same transaction. */
async function record({ db, jobs }: AccountDependencies, person: AccountPerson, recorded: Recorded): Promise<void> {
  await db.$transaction(async (tx) => {
    // a sync may have changed the login meanwhile: then this is not what the person has now, and its own job follows
    const { count } = await tx.person.updateMany({
      where: { id: person.id, subject: person.facts.subject },
      data: recorded,
    });
    if (count === 0) throw new Error("the person's login changed meanwhile");
    if (recorded.accountState === "active" && person.facts.recorded.state !== "active") {
      await queueRoomsOf(tx, jobs, person.id);
    }
    // locked first, then out of the rooms
    if (recorded.accountState === "locked") await queueDepartures(tx, jobs, { personIds: [person.id] });
  });
  if (recorded.accountProblem !== null) {
    log.warn({ personId: person.id, problem: recorded.accountProblem }, "account not as it should be");
  }
}
