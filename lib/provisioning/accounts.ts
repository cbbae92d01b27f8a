// The job that brings people's accounts to the desired state, many at a time. Done twice, it changes nothing.
import type { Database } from "#lib/db/client.ts";
import { matrixUserId, type MatrixUserId, type RoomId } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { SubjectTakenError, type Account, type AccountChange, type AccountsApi } from "#lib/matrix/accounts.ts";
import { MatrixCallError, problemOf } from "#lib/matrix/errors.ts";
import type { RoomKeepingApi } from "#lib/matrix/room-keeping.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";
import { readAccountPeople, type AccountPerson } from "./account-facts.ts";
import {
  ChangedMeanwhileError,
  recordAccount,
  recordInPlace,
  WITHOUT_NAME,
  type AccountProblem,
} from "./account-record.ts";
import { accountStep, type AccountStep } from "./account-step.ts";

export type AccountDependencies = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly accounts: AccountsApi;
  readonly keeping: Pick<RoomKeepingApi, "membershipsOf">;
  readonly rooms: Pick<RoomsApi, "members">;
  readonly serverName: string;
  readonly now?: () => Date;
};

/** Whoever is deactivated and yet stands in a room: the job fails, is tried again, and is shown. */
class RemainingMemberError extends Error {
  override readonly name = "RemainingMemberError";
}

type Task = {
  readonly person: AccountPerson;
  readonly userId: MatrixUserId;
  readonly step: Exclude<AccountStep, "nothing">;
  /** Nobody had an account of this id a moment ago. */
  readonly isFree: boolean;
};

/**
 * Each account by itself at Synapse, side by side; what is in place afterwards is recorded together.
 * @param personIds at most MOST_AT_ONCE (lib/matrix/accounts.ts)
 * @returns whose job is to be tried again, and why
 */
export async function provisionAccounts(
  dependencies: AccountDependencies,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const tasks = await findTasks(dependencies, personIds);
  const settled = await Promise.allSettled(tasks.map((task) => carryOut(dependencies, task)));
  const failures = new Map<string, unknown>();
  const inPlace: AccountPerson[] = [];
  for (const [index, { person }] of tasks.entries()) {
    const result = settled[index];
    if (result?.status === "rejected") failures.set(person.id, result.reason);
    else if (result?.value === "inPlace") inPlace.push(person);
  }
  for (const { id } of await recordInPlace(dependencies, inPlace)) failures.set(id, new ChangedMeanwhileError());
  return failures;
}

async function findTasks(
  { db, accounts, serverName, now = () => new Date() }: AccountDependencies,
  personIds: readonly string[],
): Promise<readonly Task[]> {
  const tasks = (await readAccountPeople(db, personIds)).flatMap((person) => {
    const step = accountStep(person.facts, now(), person.gracePeriodDays);
    return step === "nothing" ? [] : [{ person, step, userId: matrixUserId(person.localpart, serverName) }];
  });
  const isNew = ({ person, step }: Pick<Task, "person" | "step">): boolean =>
    step === "ensure" && person.facts.recorded.state === "absent";
  const taken = await accounts.findPossible(tasks.filter(isNew).map(({ userId }) => userId));
  return tasks.map((task) => ({ ...task, isFree: isNew(task) && !taken.has(task.userId) }));
}

/** Throws what is to be tried again, and records what can be said of it. */
async function carryOut(dependencies: AccountDependencies, task: Task): Promise<"inPlace" | "recorded"> {
  const { person, step, userId } = task;
  try {
    if (step === "ensure") return await ensure(dependencies, task);
    if (step === "lock") await lock(dependencies, person, userId);
    else if (step === "forget") await recordAccount(dependencies, person, { accountProblem: null, ...erased(person) });
    else await end(dependencies, person, userId, step);
    return "recorded";
  } catch (error) {
    if (error instanceof SubjectTakenError) {
      await recordAccount(dependencies, person, { accountState: "conflict", accountProblem: "subjectTaken" });
      return "recorded";
    }
    if (error instanceof MatrixCallError) {
      await recordAccount(dependencies, person, { accountProblem: problemOf(error) });
    }
    if (error instanceof RemainingMemberError) {
      await recordAccount(dependencies, person, { accountProblem: "stillInRooms" });
    }
    throw error;
  }
}

async function ensure(
  dependencies: AccountDependencies,
  { person, userId, isFree }: Task,
): Promise<"inPlace" | "recorded"> {
  const { db, accounts } = dependencies;
  const present = isFree ? null : await accounts.find(userId);
  const problem = present === null ? null : conflictOf(present, person);
  if (problem !== null) {
    await recordAccount(dependencies, person, { accountState: "conflict", accountProblem: problem });
    return "recorded";
  }
  const isLocked = present?.locked === true && (await isLockedByCase(db, userId));
  const change = accountChange(present, { ...person.facts, isLockedByCase: isLocked });
  if (change !== null) await accounts.put(userId, change);
  return "inPlace";
}

async function lock(dependencies: AccountDependencies, person: AccountPerson, userId: MatrixUserId): Promise<void> {
  await dependencies.accounts.put(userId, { locked: true });
  await recordAccount(dependencies, person, { accountState: "locked", accountProblem: null });
}

const erased = ({ id }: AccountPerson) => ({ accountErasedAt: new Date(), ...WITHOUT_NAME, displayName: id });

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
  await recordAccount(dependencies, person, {
    accountState: "deactivated",
    accountProblem: null,
    ...(step === "erase" && erased(person)),
  });
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
