// What must never happen, tried on a real PostgreSQL: as the application, which the console's own rules would not stop
// here, and as the owner of the tables (prisma/migrations/0002_guarantees).
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { verifyChain } from "#lib/audit/chain.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import { SYSTEM_ACTOR, writeAudit } from "#lib/audit/write.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { APPLICATION_ROLE_OPTION } from "./connection.ts";

const WRITTEN_ONCE = "SC001";
const NOT_THE_NEXT_VERSION = "SC002";
const AGAINST_THE_FRAME = "SC003";
const WITHOUT_APPROVAL = "SC004";
const SAME_PERSON = "SC005";
const LAST_ADMIN = "SC006";
const NOT_ITS_AUTHOR = "SC009";
const CHECK = "23514";
const UNIQUE = "23505";
/** restrict_violation, of a foreign key. */
const STILL_NAMED = "23001";
const NO_RIGHT = "42501";

let database: TestDatabase;
let owner: pg.Client;
let application: pg.Client;
beforeAll(async () => {
  database = await startTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  application = new pg.Client({ connectionString: database.url, options: APPLICATION_ROLE_OPTION });
  await Promise.all([owner.connect(), application.connect()]);
});
afterAll(async () => {
  await Promise.all([owner.end(), application.end()]);
  await database.stop();
});

/** SQLSTATE or constraint with which the statement is refused; "done" if it is not. */
async function attempt(client: pg.Client, sql: string, values: readonly unknown[] = []): Promise<string> {
  try {
    await client.query(sql, [...values]);
    return "done";
  } catch (error) {
    if (error instanceof pg.DatabaseError)
      return error.code === CHECK ? `${CHECK} ${error.constraint ?? ""}` : (error.code ?? "");
    throw error;
  }
}

/** A school of its own for each test, with an administrator and two managers. */
let school: string;
let n = 0;
const person = (role: string) => `${role}-${school.toLowerCase()}`;
beforeEach(async () => {
  n += 1;
  school = `S-${String(n)}`;
  await addSchool(database.db, school);
  await addPerson(database.db, { id: person("admin"), roles: { [school]: ["orgAdmin"] } });
  await addPerson(database.db, { id: person("manager"), roles: { [school]: ["schoolManagement"] } });
  await addPerson(database.db, { id: person("other"), roles: { [school]: ["schoolManagement"] } });
});

/** The letters in effect, with some of them replaced. */
async function cellsWith(changes: Readonly<Record<string, string>>): Promise<string> {
  const { rows } = await owner.query<{ cells: string }>("SELECT policy_cells AS cells FROM school WHERE id = $1", [
    school,
  ]);
  let cells = rows[0]?.cells ?? "";
  for (const [key, letter] of Object.entries(changes)) {
    const [from, to] = key.split(">");
    const { rows: place } = await owner.query<{ at: number }>("SELECT cell_position($1::role, $2) AS at", [from, to]);
    const at = place[0]?.at ?? 0;
    cells = cells.slice(0, at - 1) + letter + cells.slice(at);
  }
  return cells;
}

type Version = {
  cells: string;
  number?: number;
  kind?: string;
  author?: string | null;
  approver?: string;
  request?: string;
  frame?: number;
};
async function insertVersion(version: Version, client = application): Promise<string> {
  return await attempt(
    client,
    `INSERT INTO policy_version (school_id, number, kind, cells, frame_version, author_id, approved_by_id, request_id, reason)
     VALUES ($1, coalesce($2, (SELECT current_version + 1 FROM school WHERE id = $1)), $3::version_kind, $4, $5, $6, $7, $8, 'Grund')`,
    [
      school,
      version.number ?? null,
      version.kind ?? "change",
      version.cells,
      version.frame ?? 1,
      version.author === undefined ? person("admin") : version.author,
      version.approver ?? null,
      version.request ?? null,
    ],
  );
}

async function openRequest(cells: readonly string[] = ["student>student"], author = person("admin")): Promise<string> {
  const { rows } = await application.query<{ id: string }>(
    `INSERT INTO change_request (school_id, author_id, content_hash, expires_at) VALUES ($1, $2, '', now() + interval '14 days') RETURNING id`,
    [school, author],
  );
  const id = rows[0]?.id ?? "";
  await addPart(id, cells, author);
  return id;
}
async function addPart(request: string, cells: readonly string[], author: string): Promise<string> {
  return await attempt(
    application,
    `INSERT INTO change_request_part (request_id, author_id, author_role, cells, reason, base_version) VALUES ($1, $2, 'orgAdmin', $3, 'Grund', 1)`,
    [request, author, [...cells]],
  );
}
const comment = (request: string, text: string, role = "orgAdmin") =>
  attempt(
    application,
    "INSERT INTO change_request_comment (request_id, author_id, author_role, text) VALUES ($1, $2, $3::role, $4)",
    [request, person("admin"), role, text],
  );
const decide = (request: string, status: string, decider: string | null) =>
  attempt(
    application,
    "UPDATE change_request SET status = $2::change_request_status, decided_at = now(), decided_by_id = $3 WHERE id = $1",
    [request, status, decider],
  );

describe("what is written once stays as it was written", () => {
  const tables = [
    "policy_version",
    "policy_frame",
    "policy_frame_cell",
    "change_request_part",
    "change_request_comment",
    "audit_entry",
    "room_record",
  ] as const;
  beforeEach(async () => {
    await comment(await openRequest(), "Bitte bis Freitag");
    await owner.query(
      "INSERT INTO room_record (room_id, school_id, creator, creator_was_staff) VALUES ($1, $2, 'u-x', true)",
      [`!${school}`, school],
    );
  });

  test.each(tables)("%s: not even its owner changes, deletes or empties it", async (table) => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT a.attname AS name FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 ORDER BY a.attnum LIMIT 1`,
      [table],
    );
    const column = rows[0]?.name ?? "";
    expect(await attempt(owner, `UPDATE ${table} SET ${column} = ${column}`)).toBe(WRITTEN_ONCE);
    expect(await attempt(owner, `DELETE FROM ${table}`)).toBe(WRITTEN_ONCE);
    expect(await attempt(owner, `TRUNCATE ${table} CASCADE`)).toBe(WRITTEN_ONCE);
  });

  test.each(tables)("%s: the application has no right to try", async (table) => {
    expect(await attempt(application, `DELETE FROM ${table}`)).toBe(NO_RIGHT);
    expect(await attempt(application, `TRUNCATE ${table} CASCADE`)).toBe(NO_RIGHT);
    const { rows } = await owner.query<{ may: boolean }>(
      "SELECT has_any_column_privilege('schulchat_app', $1, 'UPDATE') AS may",
      [table],
    );
    expect(rows[0]?.may).toBe(false);
  });

  test("requests are never deleted", async () => {
    expect(await attempt(application, "DELETE FROM change_request")).toBe(NO_RIGHT);
    expect(await attempt(owner, "DELETE FROM change_request")).toBe(WRITTEN_ONCE);
    expect(await attempt(owner, "TRUNCATE change_request CASCADE")).toBe(WRITTEN_ONCE);
  });

  test("the content of an audit entry may be erased by the owner, and by nobody rewritten", async () => {
    expect(await attempt(owner, "UPDATE audit_payload SET payload = '{}'")).toBe(WRITTEN_ONCE);
    expect(await attempt(application, "UPDATE audit_payload SET payload = '{}'")).toBe(NO_RIGHT);
    expect(await attempt(application, "DELETE FROM audit_payload")).toBe(NO_RIGHT);
    expect(await attempt(owner, "DELETE FROM audit_payload WHERE scope = $1", [school])).toBe("done");
  });

  test("the application does not touch the head of a chain", async () => {
    expect(await attempt(application, "UPDATE audit_chain SET last_seq = 0")).toBe(NO_RIGHT);
    expect(await attempt(application, "INSERT INTO audit_chain (scope) VALUES ('x')")).toBe(NO_RIGHT);
    expect(await attempt(application, "DELETE FROM audit_chain")).toBe(NO_RIGHT);
  });

  test("people and schools behind a version stay, so that its author does", async () => {
    await insertVersion({ cells: await cellsWith({ "teacher>student": "s" }) });
    expect(await attempt(owner, "DELETE FROM person WHERE id = $1", [person("admin")])).not.toBe("done");
    expect(await attempt(owner, "DELETE FROM school WHERE id = $1", [school])).toBe(STILL_NAMED);
    expect(await attempt(owner, "UPDATE school SET id = 'X' WHERE id = $1", [school])).toBe(WRITTEN_ONCE);
  });
});

describe("a sensitive cell is opened by schools only (design §4.6)", () => {
  // rolled back, so that it never is the frame in effect of other tests
  beforeEach(async () => {
    await application.query("BEGIN");
    await application.query("INSERT INTO policy_frame (version, reason) VALUES (2, 'Probe')");
  });
  afterEach(async () => {
    await application.query("ROLLBACK");
  });
  const insertCell = (cell: string) =>
    attempt(
      application,
      `INSERT INTO policy_frame_cell (frame_version, from_role, to_target, allowed, locked, reason, sensitive) VALUES (2, ${cell})`,
    );
  test.each([
    ["on by default", "'student', 'student', true, false, NULL, true", "sensitive_opened_by_schools_only"],
    ["locked on", "'teacher', 'teacher', true, true, 'Grund', true", "sensitive_opened_by_schools_only"],
    ["no longer sensitive", "'student', 'student', false, false, NULL, false", "sensitive_by_constraint"],
    [
      "student>guardian no longer sensitive",
      "'student', 'guardian', false, false, NULL, false",
      "sensitive_by_constraint",
    ],
    [
      "student>parentsCouncil no longer sensitive",
      "'student', 'parentsCouncil', false, false, NULL, false",
      "sensitive_by_constraint",
    ],
    [
      "guardian>student no longer sensitive",
      "'guardian', 'student', false, false, NULL, false",
      "sensitive_by_constraint",
    ],
    [
      "parentsCouncil>student no longer sensitive",
      "'parentsCouncil', 'student', false, false, NULL, false",
      "sensitive_by_constraint",
    ],
    ["a lock without a reason", "'teacher', 'teacher', false, true, NULL, false", "lock_has_reason"],
    ["a lock with an empty reason", "'teacher', 'teacher', false, true, '', false", "lock_has_reason"],
    ["a target that does not exist", "'teacher', 'support', false, false, NULL, false", "frame_target"],
  ])("not %s", async (_, cell, constraint) => {
    expect(await insertCell(cell)).toBe(`${CHECK} ${constraint}`);
  });
  test("a frame that lacks cells opens nothing: no version can be built on it", async () => {
    expect(await insertVersion({ cells: await cellsWith({}), frame: 2 })).toBe(AGAINST_THE_FRAME);
  });
  test.each([
    ["an author who approves it alone", "author_id, approved_by_id) VALUES (3, '', 'a', 'a')", "frame_two_persons"],
    ["requests that expire at once", "request_expiry_days) VALUES (3, '', 0)", "frame_periods"],
  ])("no frame with %s", async (_, columns, constraint) => {
    expect(await attempt(application, `INSERT INTO policy_frame (version, reason, ${columns}`)).toBe(
      `${CHECK} ${constraint}`,
    );
  });
});

describe("a version", () => {
  test("follows the one before by exactly one", async () => {
    const cells = await cellsWith({ "teacher>student": "s" });
    for (const number of [0, 1, 3, 99]) expect(await insertVersion({ cells, number })).toBe(NOT_THE_NEXT_VERSION);
    expect(await insertVersion({ cells, number: 2 })).toBe("done");
    expect(await insertVersion({ cells, number: 2 })).toBe(NOT_THE_NEXT_VERSION);
  });

  test("of two that are written at once, one is refused", async () => {
    const cells = await cellsWith({ "teacher>student": "s" });
    await application.query("BEGIN");
    expect(await insertVersion({ cells, number: 2 })).toBe("done");
    const second = insertVersion({ cells, number: 2 }, owner);
    await application.query("COMMIT");
    expect(await second).toBe(NOT_THE_NEXT_VERSION);
  });

  test("is in effect the moment it is there, and the school's row cannot say anything else", async () => {
    const cells = await cellsWith({ "teacher>student": "s" });
    await insertVersion({ cells });
    const { rows } = await owner.query("SELECT current_version, policy_cells FROM school WHERE id = $1", [school]);
    expect(rows).toEqual([{ current_version: 2, policy_cells: cells }]);
    for (const client of [application, owner]) {
      for (const change of [
        `policy_cells = repeat('S', 72)`,
        "policy_cells = NULL",
        "current_version = 1",
        "current_version = 3",
        "current_version = 0, policy_cells = NULL",
        `current_version = 1, policy_cells = (SELECT cells FROM policy_version WHERE school_id = '${school}' AND number = 1)`,
      ]) {
        expect(await attempt(client, `UPDATE school SET ${change} WHERE id = $1`, [school]), change).toBe(
          NOT_THE_NEXT_VERSION,
        );
      }
    }
    expect(
      await attempt(
        application,
        "INSERT INTO school (id, name, current_version, policy_cells) VALUES ('new', '', 1, repeat('S', 72))",
      ),
    ).toBe(NOT_THE_NEXT_VERSION);
    expect(await attempt(application, "UPDATE school SET name = 'Neuer Name' WHERE id = $1", [school])).toBe("done");
    // as the directory's sync writes a school that it may know
    expect(
      await attempt(
        application,
        "INSERT INTO school (id, name) VALUES ($1, 'x') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
        [school],
      ),
    ).toBe("done");
  });

  test.each([
    ["a locked cell set by the school", { "student>groups": "S" }, AGAINST_THE_FRAME],
    ["a locked cell with another value", { "student>groups": "l" }, AGAINST_THE_FRAME],
    ["a lock that the frame does not have", { "teacher>student": "L" }, AGAINST_THE_FRAME],
    ["a default that the frame does not have", { "student>student": "D" }, AGAINST_THE_FRAME],
    ["a default off where the frame says on", { "teacher>student": "d" }, AGAINST_THE_FRAME],
    ["a letter that means nothing", { "teacher>student": "x" }, `${CHECK} version_cells`],
  ])("is refused with %s", async (_, changes, refusal) => {
    expect(await insertVersion({ cells: await cellsWith(changes) })).toBe(refusal);
  });

  test("is refused with letters too few, and on a frame that is not in effect", async () => {
    expect(await insertVersion({ cells: (await cellsWith({})).slice(0, 71) })).not.toBe("done");
    expect(await insertVersion({ cells: await cellsWith({}), frame: 9 })).toBe(NOT_THE_NEXT_VERSION);
  });

  test("names an approver and a request together, and never its author as approver", async () => {
    const request = await openRequest();
    await decide(request, "approved", person("manager"));
    const cells = await cellsWith({ "student>student": "S" });
    expect(await insertVersion({ cells: await cellsWith({}), approver: person("manager") })).toBe(
      `${CHECK} version_approval_names_request`,
    );
    expect(await insertVersion({ cells: await cellsWith({}), request })).toBe(
      `${CHECK} version_approval_names_request`,
    );
    expect(await insertVersion({ cells, request, approver: person("manager"), author: person("manager") })).toBe(
      `${CHECK} version_two_persons`,
    );
  });
});

describe("a sensitive cell opens only with an approved request", () => {
  const open = () => cellsWith({ "student>student": "S" });

  test.each(["initial", "change", "approval", "frame"])("not without one, as version of the kind %s", async (kind) => {
    expect(await insertVersion({ cells: await open(), kind })).toBe(WITHOUT_APPROVAL);
  });
  test.each([
    "student>student",
    "guardian>student",
    "parentsCouncil>student",
    "student>guardian",
    "student>parentsCouncil",
  ])("not %s", async (key) => {
    expect(await insertVersion({ cells: await cellsWith({ [key]: "S" }) })).toBe(WITHOUT_APPROVAL);
  });
  test("not while the request is pending, rejected, void or expired", async () => {
    const request = await openRequest();
    const version = async () => await insertVersion({ cells: await open(), request, approver: person("manager") });
    expect(await version()).toBe(WITHOUT_APPROVAL);
    await decide(request, "rejected", person("manager"));
    expect(await version()).toBe(WITHOUT_APPROVAL);
  });
  test("not another cell than the request's", async () => {
    const request = await openRequest(["guardian>student"]);
    await decide(request, "approved", person("manager"));
    expect(await insertVersion({ cells: await open(), request, approver: person("manager") })).toBe(WITHOUT_APPROVAL);
  });
  test("not by somebody else's approval", async () => {
    const request = await openRequest();
    await decide(request, "approved", person("manager"));
    expect(await insertVersion({ cells: await open(), request, approver: person("other") })).toBe(WITHOUT_APPROVAL);
  });
  test("not by a request of another school", async () => {
    const elsewhere = school;
    const request = await openRequest();
    await decide(request, "approved", person("manager"));
    const approver = person("manager");
    school = `${elsewhere}-x`;
    await addSchool(database.db, school);
    expect(await insertVersion({ cells: await open(), request, approver, author: null })).toBe(WITHOUT_APPROVAL);
  });
  test("not by a request that was put there as approved: it has no parts", async () => {
    const { rows } = await application.query<{ id: string }>(
      `INSERT INTO change_request (school_id, author_id, content_hash, expires_at, status, decided_at, decided_by_id)
       VALUES ($1, $2, '', now(), 'approved', now(), $3) RETURNING id`,
      [school, person("admin"), person("manager")],
    );
    const request = rows[0]?.id ?? "";
    expect(await addPart(request, ["student>student"], person("admin"))).toBe(WRITTEN_ONCE);
    expect(await insertVersion({ cells: await open(), request, approver: person("manager") })).toBe(WITHOUT_APPROVAL);
  });
  test("with one, and stays open in later versions", async () => {
    const request = await openRequest();
    expect(await decide(request, "approved", person("manager"))).toBe("done");
    expect(await insertVersion({ cells: await open(), request, approver: person("manager"), kind: "approval" })).toBe(
      "done",
    );
    expect(await insertVersion({ cells: await cellsWith({ "teacher>student": "s" }) })).toBe("done");
  });
  test("an approval opens once: closed, the cell needs a new one", async () => {
    const request = await openRequest();
    await decide(request, "approved", person("manager"));
    const approval = { request, approver: person("manager"), kind: "approval" };
    await insertVersion({ cells: await open(), ...approval });
    expect(await insertVersion({ cells: await cellsWith({ "student>student": "s" }) })).toBe("done");
    expect(await insertVersion({ cells: await open(), ...approval })).toBe(WITHOUT_APPROVAL);
    expect(await insertVersion({ cells: await open() })).toBe(WITHOUT_APPROVAL);
  });
});

describe("author and approver are two persons", () => {
  test("the author does not approve", async () => {
    expect(await decide(await openRequest(), "approved", person("admin"))).not.toBe("done");
  });
  test("nor the author of a part added later", async () => {
    const request = await openRequest();
    expect(await addPart(request, ["guardian>student"], person("manager"))).toBe("done");
    expect(await decide(request, "approved", person("manager"))).toBe(SAME_PERSON);
    expect(await decide(request, "approved", person("other"))).toBe("done");
  });
  test("nobody approves namelessly, and a decision has its time", async () => {
    const request = await openRequest();
    expect(await decide(request, "approved", null)).toBe(`${CHECK} request_two_persons`);
    expect(await attempt(application, "UPDATE change_request SET status = 'rejected' WHERE id = $1", [request])).toBe(
      `${CHECK} request_decided`,
    );
  });
  test("author, school, begin and end of a request do not change", async () => {
    const request = await openRequest();
    for (const change of [
      `author_id = '${person("manager")}'`,
      "school_id = 'S-1-x'",
      "created_at = now() + interval '1 day'",
      "expires_at = now() + interval '99 days'",
      "id = gen_random_uuid()",
    ])
      expect(
        await attempt(application, `UPDATE change_request SET ${change} WHERE id = $1`, [request]),
        change,
      ).not.toBe("done");
  });
});

describe("requests", () => {
  test("one is open a school, and the next when it is decided", async () => {
    const request = await openRequest();
    const insert = () =>
      attempt(
        application,
        "INSERT INTO change_request (school_id, author_id, content_hash, expires_at) VALUES ($1, $2, '', now())",
        [school, person("admin")],
      );
    expect(await insert()).toBe(UNIQUE);
    await decide(request, "withdrawn", person("admin"));
    expect(await insert()).toBe("done");
  });
  test.each(["approved", "rejected", "withdrawn", "expired", "void"])(
    "a decided one (%s) changes no more and takes no part",
    async (status) => {
      const request = await openRequest();
      const decider = { approved: person("manager"), withdrawn: person("admin") }[status] ?? null;
      expect(await decide(request, status, decider)).toBe("done");
      expect(await decide(request, "pending", null)).toBe(WRITTEN_ONCE);
      expect(await decide(request, "approved", person("other"))).toBe(WRITTEN_ONCE);
      expect(await attempt(application, "UPDATE change_request SET content_hash = 'x' WHERE id = $1", [request])).toBe(
        WRITTEN_ONCE,
      );
      expect(await addPart(request, ["guardian>student"], person("admin"))).toBe(WRITTEN_ONCE);
      expect(await comment(request, "Zu spät")).toBe(WRITTEN_ONCE);
    },
  );
  test("only an author withdraws one, the author of a later part as well", async () => {
    const request = await openRequest();
    await addPart(request, ["guardian>student"], person("other"));
    expect(await decide(request, "withdrawn", person("manager"))).toBe(NOT_ITS_AUTHOR);
    expect(await decide(request, "withdrawn", null)).toBe(NOT_ITS_AUTHOR);
    expect(await decide(request, "withdrawn", person("other"))).toBe("done");
  });
  test("a comment has a bounded text and is written by who may write requests", async () => {
    const request = await openRequest();
    expect(await comment(request, "")).toBe(`${CHECK} comment_length`);
    expect(await comment(request, "x".repeat(1_001))).toBe(`${CHECK} comment_length`);
    expect(await comment(request, "x".repeat(1_000))).toBe("done");
    expect(await comment(request, "Hallo", "teacher")).toBe(`${CHECK} comment_by_staff`);
  });
});

describe("the audit log's chain", () => {
  async function chain(scope: string) {
    const rows = await database.db.auditEntry.findMany({
      where: { scope },
      orderBy: { seq: "asc" },
      include: { payload: true },
    });
    return rows.map(({ payload, ...entry }) => ({ ...entry, stored: payload }));
  }
  const write = (scope: string, personId = "p") =>
    database.db.$transaction((tx) =>
      writeAudit(tx, {
        scope,
        actor: { personId, role: "orgAdmin" },
        event: { type: "signedIn" },
        outcome: "done",
        correlationId: "X",
      }),
    );

  test("is continuous and verifies under concurrent writers, some of whom roll back", async () => {
    const scope = `${school}-chain`;
    const rollback = () =>
      database.db.$transaction(async (tx) => {
        await writeAudit(tx, {
          scope,
          actor: SYSTEM_ACTOR,
          event: { type: "signedOut" },
          outcome: "done",
          correlationId: "X",
        });
        throw new Error("rolled back");
      });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => (i % 4 === 3 ? rollback() : write(scope))),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(30);
    const entries = await chain(scope);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(verifyChain(entries)).toBeUndefined();
  });

  test("the database and our verification read any text alike", async () => {
    const scope = `${school} "\\ \u0007\n\u2028 ß 😀`;
    for (const personId of ['"', "\\", "a\u001fb", "a, b", "ö😀", "\u007f", "]"]) await write(scope, personId);
    expect(verifyChain(await chain(scope))).toBeUndefined();
  });

  test("place, time and hash are the database's to set", async () => {
    const scope = `${school}-forged`;
    await application.query(
      `INSERT INTO audit_entry (scope, seq, at, actor_role, type, outcome, correlation_id, commitment, previous_hash, hash)
       VALUES ($1, 77, '2001-01-01', 'none', 'signedIn', 'done', 'X', 'c', 'forged', 'forged')`,
      [scope],
    );
    const [entry] = await chain(scope);
    expect(entry).toMatchObject({ seq: 1, previousHash: "" });
    expect(entry?.at.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(verifyChain(await chain(scope))).toBeUndefined();
  });

  test("a temporary table of the same name does not divert it", async () => {
    const scope = `${school}-temp`;
    await application.query(
      "CREATE TEMP TABLE audit_chain (scope text PRIMARY KEY, last_seq integer NOT NULL DEFAULT 40, head text NOT NULL DEFAULT 'x')",
    );
    try {
      expect(
        await attempt(
          application,
          `INSERT INTO audit_entry (scope, seq, actor_role, type, outcome, correlation_id, commitment, previous_hash, hash)
        VALUES ($1, 0, 'none', 'signedIn', 'done', 'X', 'c', '', '')`,
          [scope],
        ),
      ).toBe("done");
    } finally {
      await application.query("DROP TABLE pg_temp.audit_chain");
    }
    expect((await chain(scope)).map(({ seq }) => seq)).toEqual([1]);
  });

  test("each school and the state have one of their own", async () => {
    await write(school);
    expect((await chain(school)).every(({ scope }) => scope === school)).toBe(true);
    const before = (await chain(STATE_SCOPE)).length;
    await write(STATE_SCOPE);
    expect(await chain(STATE_SCOPE)).toHaveLength(before + 1);
  });
});

describe("the last state administrator stays", () => {
  const grant = (id: string, role = "landAdmin") =>
    owner.query("INSERT INTO console_role_grant (person_id, role) VALUES ($1, $2::console_role)", [id, role]);
  const revoke = (client: pg.Client, id: string) =>
    attempt(client, "DELETE FROM console_role_grant WHERE person_id = $1", [id]);
  const count = async () =>
    Number((await owner.query("SELECT FROM console_role_grant WHERE role = 'landAdmin'")).rowCount);

  test("whichever way one tries", async () => {
    const [first, second] = [person("admin"), person("manager")];
    await grant(first);
    await grant(second);
    await grant(person("other"), "support");
    expect(await revoke(application, first)).toBe("done");
    expect(await revoke(application, second)).toBe(LAST_ADMIN);
    expect(await attempt(application, "DELETE FROM console_role_grant")).toBe(LAST_ADMIN);
    expect(await attempt(owner, "UPDATE console_role_grant SET role = 'support' WHERE role = 'landAdmin'")).toBe(
      WRITTEN_ONCE,
    );
    expect(await attempt(application, "UPDATE console_role_grant SET role = 'support'")).toBe(WRITTEN_ONCE);
    expect(await attempt(application, "TRUNCATE console_role_grant")).toBe(NO_RIGHT);
    expect(await attempt(owner, "DELETE FROM person WHERE id = $1", [second])).toBe(LAST_ADMIN);
    expect(await revoke(application, person("other"))).toBe("done");
    expect(await count()).toBe(1);
  });

  test("of the last two removed at once, one stays", async () => {
    await grant(person("admin"));
    const { rows } = await owner.query<{ person_id: string }>(
      "SELECT person_id FROM console_role_grant WHERE role = 'landAdmin' ORDER BY granted_at",
    );
    expect(rows).toHaveLength(2);
    const [a, b] = rows.map((row) => row.person_id);
    await application.query("BEGIN");
    expect(await revoke(application, a ?? "")).toBe("done");
    const second = revoke(owner, b ?? "");
    await application.query("COMMIT");
    expect(await second).toBe(LAST_ADMIN);
    expect(await count()).toBe(1);
  });
});
