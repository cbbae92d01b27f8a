// The job that brings one person's account to the desired state. Done twice, it changes nothing.
import type { Database } from "#lib/db/client.ts";
import { matrixUserId } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import { SubjectTakenError, type Account, type AccountChange, type AccountsApi } from "#lib/matrix/accounts.ts";
import { MatrixCallError } from "#lib/matrix/errors.ts";
import { accountStep } from "./desired.ts";
import { queueRoomsOf } from "./queue.ts";

export type AccountDependencies = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly accounts: AccountsApi;
  readonly serverName: string;
};

/** Stable codes in `Person.accountProblem`; anything else there is an errcode of Synapse. */
export type AccountProblem = "subjectTaken" | "foreignAccount" | "deactivated";

export async function provisionAccount(dependencies: AccountDependencies, personId: string): Promise<void> {
  const { db, accounts, serverName } = dependencies;
  const person = await readPerson(db, personId);
  if (person === null) return;
  const step = accountStep(person.facts);
  if (step === "nothing") return;
  const userId = matrixUserId(person.localpart, serverName);
  try {
    if (step === "lock") {
      await accounts.put(userId, { locked: true });
      await record(dependencies, person, { accountState: "locked", accountProblem: null });
      return;
    }
    const present = await accounts.find(userId);
    const problem = present === null ? null : conflictOf(present, person.facts.subject);
    if (problem !== null) {
      await record(dependencies, person, { accountState: "conflict", accountProblem: problem });
      return;
    }
    const change = accountChange(present, {
      ...person.facts,
      isLockedByCase: await isLockedByCase(db, userId),
    });
    if (change !== null) await accounts.put(userId, change);
    const told = { accountDisplayName: person.facts.displayName, accountSyncedAt: new Date() };
    await record(dependencies, person, { accountState: "active", accountProblem: null, ...told });
  } catch (error) {
    if (error instanceof SubjectTakenError) {
      await record(dependencies, person, { accountState: "conflict", accountProblem: "subjectTaken" });
      return;
    }
    if (error instanceof MatrixCallError) {
      await record(dependencies, person, { accountProblem: error.errcode || `HTTP ${String(error.status)}` });
    }
    throw error;
  }
}

/** An account of somebody else is never taken over. One without any login is the rest of our own refused attempt. */
function conflictOf(present: Account, subject: string): AccountProblem | null {
  if (present.deactivated) return "deactivated";
  const isOurs = present.subjects.length === 0 || present.subjects.includes(subject);
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

type PersonState = NonNullable<Awaited<ReturnType<typeof readPerson>>>;

async function readPerson(db: Database, personId: string) {
  const person = await db.person.findUnique({
    where: { id: personId },
    select: {
      id: true,
      localpart: true,
      displayName: true,
      subject: true,
      enabled: true,
      leftAt: true,
      accountState: true,
      accountDisplayName: true,
      accountSyncedAt: true,
      affiliations: {
        select: { school: { select: { serviceEnabled: true, stateEnabled: true, schoolEnabled: true } } },
      },
    },
  });
  if (person === null) return null;
  const { id, localpart, displayName, subject, enabled } = person;
  return {
    id,
    localpart,
    facts: {
      displayName,
      subject,
      enabled,
      hasLeft: person.leftAt !== null,
      isServed: person.affiliations.some(
        ({ school }) => school.serviceEnabled && school.stateEnabled && school.schoolEnabled,
      ),
      recorded: {
        state: person.accountState,
        displayName: person.accountDisplayName,
        isSynced: person.accountSyncedAt !== null,
      },
    },
  };
}

type Recorded = {
  readonly accountState?: "active" | "locked" | "conflict";
  readonly accountProblem: string | null;
  readonly accountDisplayName?: string;
  readonly accountSyncedAt?: Date;
};

/** Records what Synapse was told; rooms that waited for the account follow in the same transaction. */
async function record({ db, jobs }: AccountDependencies, person: PersonState, recorded: Recorded): Promise<void> {
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
  });
  if (recorded.accountProblem !== null) {
    log.warn({ personId: person.id, problem: recorded.accountProblem }, "account not as it should be");
  }
}
