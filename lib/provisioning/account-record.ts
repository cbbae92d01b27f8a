// Writes down what Synapse was told of accounts; rooms and departures that waited for it follow in the same transaction.
import { z } from "zod";
import type { Database, Transaction } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import type { AccountPerson } from "./account-facts.ts";
import { queueDepartures, queueRoomsOf } from "./queue.ts";

/** Stable codes in `Person.accountProblem`; anything else there is an errcode of Synapse. */
export type AccountProblem = "subjectTaken" | "foreignAccount" | "deactivated" | "stillInRooms";

/** Gone from our own records too; whoever comes back is read from the directory again. */
export const WITHOUT_NAME = {
  familyName: "",
  givenName: "",
  username: "",
  email: null,
  accountDisplayName: null,
} as const;

/** A sync changes the person just now, or has changed the login: Synapse was told what is no longer so. */
export class ChangedMeanwhileError extends Error {
  override readonly name = "ChangedMeanwhileError";
  constructor() {
    super("the person changed meanwhile");
  }
}

type Dependencies = { readonly db: Database; readonly jobs: JobSender };

export type Recorded = {
  readonly accountState?: "locked" | "conflict" | "deactivated";
  readonly accountProblem: string | null;
  readonly accountErasedAt?: Date;
  readonly displayName?: string;
} & Partial<typeof WITHOUT_NAME>;

/** @throws {ChangedMeanwhileError} */
export async function recordAccount(
  { db, jobs }: Dependencies,
  person: AccountPerson,
  recorded: Recorded,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const where = { id: person.id, subject: person.facts.subject };
    const { count } = await tx.person.updateMany({ where, data: recorded });
    if (count === 0) throw new ChangedMeanwhileError();
    // locked first, then out of the rooms
    if (recorded.accountState === "locked") await queueDepartures(tx, jobs, { personIds: [person.id] });
  });
  if (recorded.accountProblem !== null) {
    log.warn({ personId: person.id, problem: recorded.accountProblem }, "account not as it should be");
  }
}

const ids = z.array(z.object({ id: z.string() })).transform((rows) => new Set(rows.map(({ id }) => id)));

/**
 * The accounts are there, and as the directory wants them.
 * @returns those who changed meanwhile, of whom nothing is recorded
 */
export async function recordInPlace(
  { db, jobs }: Dependencies,
  people: readonly AccountPerson[],
): Promise<readonly AccountPerson[]> {
  if (people.length === 0) return [];
  const recorded = await db.$transaction(async (tx) => {
    const written = await writeInPlace(tx, people);
    const isNew = ({ id, facts }: AccountPerson): boolean => written.has(id) && facts.recorded.state !== "active";
    await queueRoomsOf(
      tx,
      jobs,
      people.filter(isNew).map(({ id }) => id),
    );
    return written;
  });
  return people.filter(({ id }) => !recorded.has(id));
}

/** Waits for nobody: a sync that holds one of these rows may want another one of them next. */
async function writeInPlace(tx: Transaction, people: readonly AccountPerson[]): Promise<ReadonlySet<string>> {
  const rows: unknown = await tx.$queryRaw`
    WITH told AS (
      SELECT person.id, told.display_name
      FROM unnest(${people.map(({ id }) => id)}::text[], ${people.map(({ facts }) => facts.subject)}::text[],
        ${people.map(({ facts }) => facts.displayName)}::text[]) AS told (id, subject, display_name)
      JOIN person ON person.id = told.id AND person.subject = told.subject
      FOR NO KEY UPDATE OF person SKIP LOCKED)
    UPDATE person SET account_state = 'active', account_problem = NULL, account_display_name = told.display_name,
      account_synced_at = now(), account_deactivated_at = NULL, account_erased_at = NULL
    FROM told WHERE person.id = told.id
    RETURNING person.id`;
  return ids.parse(rows);
}
