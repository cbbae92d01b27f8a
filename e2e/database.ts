// The running system's database, for what no journey can wait for or do: time that passes, a role that the directory
// takes away, a session that ends, and the worker that is told to look at its calendar now.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { loadSecrets } from "#demo/secrets.ts";
import { openDatabase, type Transaction } from "#lib/db/client.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { CALENDAR_KEY } from "#lib/jobs/queues.ts";
import { E2E_DATA_DIR, E2E_PORTS } from "./system.ts";

async function databaseUrl(): Promise<string> {
  const { postgres } = await loadSecrets(join(import.meta.dirname, "..", E2E_DATA_DIR));
  return `postgresql://schulchat:${postgres}@127.0.0.1:${String(E2E_PORTS.POSTGRES_PORT)}/schulchat`;
}

/** Runs `work` on a connection of its own, as the owner of the tables. */
export async function withDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: await databaseUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the last sign-in of a person as old as this. */
export async function ageSignIn(personId: string, minutes: number): Promise<void> {
  await withDatabase((client) =>
    client.query(
      "UPDATE session SET authenticated_at = now() - make_interval(mins => $2) WHERE person_id = $1 AND ended_at IS NULL",
      [personId, minutes],
    ),
  );
}

/** For as long as `work` takes, the person's address is protected, as if the directory had said so. */
export async function withProtectedAddress(personId: string, work: () => Promise<void>): Promise<void> {
  const setProtected = (isProtected: boolean) =>
    withDatabase((client) =>
      client.query("UPDATE person SET address_protected = $2 WHERE id = $1", [personId, isProtected]),
    );
  await setProtected(true);
  try {
    await work();
  } finally {
    await setProtected(false);
  }
}

/** As an operator would: every session of the person is over, whatever their browsers hold. */
export async function endSessions(personId: string): Promise<void> {
  await withDatabase((client) =>
    client.query("UPDATE session SET ended_at = now() WHERE person_id = $1 AND ended_at IS NULL", [personId]),
  );
}

/** The time of the school's open request is over. The triggers forbid this to everybody else. */
export async function makeRequestDue(schoolId: string): Promise<void> {
  await withDatabase(async (client) => {
    await client.query("BEGIN");
    await client.query("SET LOCAL session_replication_role = replica");
    await client.query(
      "UPDATE change_request SET expires_at = now() - interval '1 minute' WHERE school_id = $1 AND status = 'pending'",
      [schoolId],
    );
    await client.query("COMMIT");
  });
}

/** The last day of every opening of the school was yesterday. */
export async function makeOpeningsEnd(schoolId: string): Promise<void> {
  await withDatabase((client) =>
    client.query("UPDATE policy_cell SET ends_on = current_date - 2 WHERE school_id = $1 AND ends_on IS NOT NULL", [
      schoolId,
    ]),
  );
}

/** What the worker asks itself every few minutes. */
export async function followCalendarNow(): Promise<void> {
  await sendJob((jobs, tx) => jobs.send(tx, "policy-calendar", {}, CALENDAR_KEY));
}

/** Notices to management are gathered by it. */
export async function followProvisioningCalendarNow(): Promise<void> {
  await sendJob((jobs, tx) => jobs.send(tx, "provisioning-calendar", {}, "journey"));
}

async function sendJob(send: (jobs: JobSender, tx: Transaction) => Promise<unknown>): Promise<void> {
  const url = await databaseUrl();
  const db = openDatabase(url);
  const jobs = new JobSender(url);
  try {
    await db.$transaction((tx) => send(jobs, tx));
  } finally {
    await jobs.stop();
    await db.$disconnect();
  }
}

type HeldRole = {
  /** Everybody's, if null. */
  readonly personId: string | null;
  readonly schoolId: string;
  readonly role: "orgAdmin" | "schoolManagement";
};

/** Takes a role away as the directory would, for as long as `work` takes. */
export async function withoutRole({ personId, schoolId, role }: HeldRole, work: () => Promise<void>): Promise<void> {
  const taken = await withDatabase(async (client) => {
    const { rows } = await client.query<{ person_id: string; since: Date }>(
      `DELETE FROM affiliation WHERE ($1::text IS NULL OR person_id = $1) AND school_id = $2 AND role = $3::role
       RETURNING person_id, since`,
      [personId, schoolId, role],
    );
    return rows;
  });
  if (taken.length === 0) throw new Error(`nobody held ${role}`);
  try {
    await work();
  } finally {
    await withDatabase(async (client) => {
      for (const row of taken) {
        await client.query(
          "INSERT INTO affiliation (person_id, school_id, role, since) VALUES ($1, $2, $3::role, $4)",
          [row.person_id, schoolId, role, row.since],
        );
      }
    });
  }
}

const ENDINGS = ["approved", "rejected", "withdrawn", "expired", "void"] as const;

/** Copies of a request as it might have ended, for looking at; gone after `work`. */
export async function withEndings(
  requestId: string,
  deciderId: string,
  work: (requests: ReadonlyMap<string, string>) => Promise<void>,
): Promise<void> {
  const asOwner = (run: (client: pg.Client) => Promise<void>) =>
    withDatabase(async (client) => {
      await client.query("BEGIN");
      await client.query("SET LOCAL session_replication_role = replica");
      await run(client);
      await client.query("COMMIT");
    });
  const requests = new Map<string, string>(ENDINGS.map((status) => [status, randomUUID()]));
  await asOwner(async (client) => {
    for (const [status, id] of requests) {
      const decided = status === "approved" || status === "rejected" || status === "withdrawn";
      await client.query(
        `INSERT INTO change_request (id, school_id, status, author_id, content_hash, created_at, expires_at,
           decided_at, decided_by_id, decision_reason)
         SELECT $2, school_id, $3::change_request_status, author_id, content_hash, created_at, expires_at, now(),
           CASE WHEN $3 = 'withdrawn' THEN author_id ELSE $4 END, $5 FROM change_request WHERE id = $1`,
        [
          requestId,
          id,
          status,
          decided ? deciderId : null,
          status === "rejected" ? "Das besprechen wir zuerst in der Konferenz." : null,
        ],
      );
      await client.query(
        `INSERT INTO change_request_part (request_id, author_id, author_role, cells, reason, base_version, ends_on, created_at)
         SELECT $2, author_id, author_role, cells, reason, base_version, ends_on, created_at
         FROM change_request_part WHERE request_id = $1`,
        [requestId, id],
      );
    }
  });
  try {
    await work(requests);
  } finally {
    await asOwner(async (client) => {
      const ids = [...requests.values()];
      await client.query("DELETE FROM change_request_part WHERE request_id = ANY ($1::uuid[])", [ids]);
      await client.query("DELETE FROM change_request WHERE id = ANY ($1::uuid[])", [ids]);
    });
  }
}
