// The audit log shows each reader what is theirs, finds by every filter, leaves as a file with an entry of its own, and
// the verification of a whole chain notices every kind of tampering.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Principal } from "#lib/auth/principal.ts";
import { code, DAY_MS, ELSEWHERE, preparePolicyWorld } from "#test/policy-world.ts";
import { addPerson, signIn } from "#test/school.ts";
import { exportAuditCommand } from "./commands.ts";
import { STATE_SCOPE, type AuditEvent } from "./events.ts";
import { logChainHeads } from "./heads.ts";
import { exportedEntries, findPersonHistory, getAuditEntry, listAuditEntries, listOwnAuditEntries } from "./queries.ts";
import { writeAuditMany } from "./write.ts";
import { verifyAuditLog, verifyStretch } from "./verify.ts";

const world = preparePolicyWorld();
beforeEach(() => {
  globalThis.schulchatDatabase = world.database.db;
});
afterAll(() => {
  globalThis.schulchatDatabase = undefined;
});

async function stateStaff(role: "support" | "landAdmin"): Promise<Principal> {
  const id = world.idOf(role);
  await addPerson(world.database.db, { id, roles: {} });
  await world.database.db.consoleRoleGrant.create({ data: { personId: id, role } });
  return await signIn(world.database.db, id);
}

const exportAs = (who: Principal, scope: string, filter: object = {}) =>
  world.perform(exportAuditCommand, who, { scope, filter });

describe("who reads what", () => {
  test("a school's log is its administrators' and the state's; the state's log is the state's", async () => {
    await world.submit(world.at.admin, { "teacher>student": false });
    const [support, landAdmin] = [await stateStaff("support"), await stateStaff("landAdmin")];
    const readers = [world.at.admin, world.at.manager, landAdmin, support, world.at.stranger];
    const seen = async (scope: string) =>
      await Promise.all(
        readers.map(async (who) =>
          [
            await listAuditEntries(who, scope),
            await getAuditEntry(who, scope, 1),
            await verifyAuditLog(who, scope, 0),
          ].map((answer) => answer !== null),
        ),
      );
    const [yes, no] = [
      [true, true, true],
      [false, false, false],
    ];
    expect(await seen(world.school)).toEqual([yes, yes, yes, no, no]);
    await exportAs(landAdmin, STATE_SCOPE);
    expect(await seen(STATE_SCOPE)).toEqual([no, no, yes, no, no]);
  });

  test("a party of a case finds no trace of it in the log or its export, and the chain of a page still verifies", async () => {
    const { db } = world.database;
    const [party, other] = [await stateStaff("landAdmin"), await stateStaff("support")];
    await db.consoleRoleGrant.create({ data: { personId: other.personId, role: "landAdmin" } });
    const reader = await signIn(db, other.personId);
    const made = await db.reportCase.create({ data: { dueAt: new Date() } });
    await db.caseParty.create({ data: { caseId: made.id, personId: party.personId, role: "reported" } });
    const oneCase = { caseId: made.id, number: Number(made.number) };
    const write = (event: AuditEvent) =>
      db.$transaction((tx) =>
        writeAuditMany(tx, [{ scope: STATE_SCOPE, event }], {
          actor: { personId: other.personId, role: "support" },
          correlationId: "PARTY",
        }),
      );
    for (let around = 0; around < 2; around += 1) {
      await exportAs(reader, STATE_SCOPE);
      await write({ type: "caseHoldLifted", ...oneCase });
    }
    await exportAs(reader, STATE_SCOPE);
    const seen = async (who: Principal) => (await listAuditEntries(who, STATE_SCOPE))?.entries ?? [];
    const ofCase = (await seen(reader)).filter(({ correlationId }) => correlationId === "PARTY");
    expect(ofCase).toHaveLength(2);
    expect((await seen(party)).filter(({ correlationId }) => correlationId === "PARTY")).toEqual([]);
    expect(await listAuditEntries(party, STATE_SCOPE)).toMatchObject({ chainVerified: true });
    const seq = ofCase[0]?.seq ?? 0;
    expect(await getAuditEntry(party, STATE_SCOPE, seq)).toBeNull();
    expect(await getAuditEntry(reader, STATE_SCOPE, seq)).not.toBeNull();
    const exported = async (readerId: string) => {
      const types: string[] = [];
      for await (const batch of exportedEntries(db, STATE_SCOPE, {}, { newest: 1_000_000, readerId })) {
        types.push(...batch.filter(({ correlationId }) => correlationId === "PARTY").map(({ type }) => type));
      }
      return types;
    };
    expect(await exported(party.personId)).toEqual([]);
    expect(await exported(reader.personId)).toHaveLength(2);
  });

  test("support sees what they did themselves, and school people have no such page", async () => {
    const support = await stateStaff("support");
    await world.submit(support, { "teacher>student": false });
    await world.submit(world.at.admin, { "teacher>student": false });
    const own = await listOwnAuditEntries(support);
    expect(own?.entries.map(({ type, actorId }) => [type, actorId])).toEqual([["actionRefused", support.personId]]);
    expect(await listOwnAuditEntries(world.at.admin)).toBeNull();
  });
});

test("a person's history is what they did at the school and what was done there about them, newest first", async () => {
  const { admin, manager } = world.at;
  const { db } = world.database;
  await world.submit(admin, { "teacher>student": false });
  await world.submit(manager, { "teacher>student": true }, { baseVersion: 2 });
  const about = async (scope: string, people: readonly string[]) => {
    const event: AuditEvent = { type: "moderatorsAppointed", roomId: "!r:localhost", people: [...people] };
    await db.$transaction((tx) =>
      writeAuditMany(tx, [{ scope, event }], { actor: { personId: null, role: "system" }, correlationId: "k" }),
    );
  };
  await about(world.school, [manager.personId, admin.personId]);
  await about(world.school, [manager.personId]);
  await about(ELSEWHERE, [admin.personId]);
  const history = async (personId: string, limit = 10) =>
    (await findPersonHistory(db, { schoolId: world.school, personId, limit })).map(({ type }) => type);
  expect(await history(admin.personId)).toEqual(["moderatorsAppointed", "policyChanged"]);
  expect(await history(manager.personId, 2)).toEqual(["moderatorsAppointed", "moderatorsAppointed"]);
  // what fits as a pattern is still another id
  expect(await history(admin.personId.replaceAll(/./g, "_"))).toEqual([]);
});

test("every filter finds what it names and nothing else", async () => {
  const { admin, admin2, manager } = world.at;
  await world.submit(admin, { "teacher>student": false });
  await world.submit(admin2, { "teacher>student": true, "student>student": true }, { baseVersion: 2 });
  const refused = await world.submit(manager, { "student>groups": false }, { baseVersion: 1 });
  const list = async (filter: object) =>
    (await listAuditEntries(manager, world.school, { filter }))?.entries.map(({ type }) => type);
  const all = await list({});
  expect(all).toContain("requestSubmitted");
  expect(await list({ type: "requestSubmitted" })).toEqual(["requestSubmitted"]);
  expect(await list({ outcome: "refused" })).toEqual(["actionRefused"]);
  expect(await list({ id: refused.ok ? "" : refused.error.id })).toEqual(["actionRefused"]);
  expect(await list({ person: `test ${world.idOf("admin2").toUpperCase()}` })).toEqual([
    "requestSubmitted",
    "policyChanged",
  ]);
  expect(await list({ person: "%" })).toEqual([]);
  const today = new Date().toISOString().slice(0, 10);
  const lastYear = new Date(Date.now() - 365 * DAY_MS).toISOString().slice(0, 10);
  expect(await list({ from: lastYear })).toEqual(all);
  expect(await list({ to: lastYear })).toEqual([]);
  expect((await list({ from: lastYear, to: today }))?.length).toBeGreaterThan(0);
});

describe("export", () => {
  test("is itself an entry, holds what was selected, and not the entry about itself", async () => {
    const { admin, manager } = world.at;
    await world.submit(admin, { "teacher>student": false });
    const answer = await exportAs(manager, world.school, { type: "policyChanged" });
    if (!answer.ok) throw new Error(answer.error.code);
    expect(answer.value.entries).toBe(1);
    const types = [];
    for await (const batch of exportedEntries(
      world.database.db,
      world.school,
      {},
      {
        newest: answer.value.newest,
        readerId: "nobody",
      },
    )) {
      types.push(...batch.map(({ type }) => type));
    }
    expect(types.at(-1)).toBe("policyChanged");
    expect((await world.auditTypes()).at(-1)).toBe("auditExported");
    const entry = (await world.audit()).at(-1);
    expect(JSON.parse(entry?.payload?.payload ?? "")).toMatchObject({ entries: 1, filters: "type=policyChanged" });
  });

  test("is refused to others, with an old sign-in, and for a filter that cannot be read", async () => {
    const { admin, stranger } = world.at;
    const support = await stateStaff("support");
    expect(code(await exportAs(stranger, world.school))).toBe("notFound");
    expect(code(await exportAs(support, world.school))).toBe("notFound");
    expect(code(await exportAs(admin, STATE_SCOPE))).toBe("notFound");
    const old = { ...admin, authenticatedAt: new Date(Date.now() - DAY_MS) };
    expect(code(await exportAs(old, world.school))).toBe("signInTooOld");
    expect(code(await exportAs(admin, world.school, { from: "gestern" }))).toBe("invalidInput");
  });
});

describe("the whole chain", () => {
  const verify = () => verifyStretch(world.database.db, world.school, 0);
  const asOwner = (sql: string) =>
    world.withOwner(async (owner) => {
      await owner.query("SET session_replication_role = replica");
      await owner.query(sql.replaceAll("$school", `'${world.school}'`));
    });

  test("verifies, and names its head", async () => {
    await world.submit(world.at.admin, { "teacher>student": false });
    const chain = await world.database.db.auditChain.findUniqueOrThrow({ where: { scope: world.school } });
    expect(await verify()).toEqual({
      verified: chain.lastSeq,
      total: chain.lastSeq,
      head: chain.head,
      fault: null,
      isComplete: true,
    });
    expect(await verifyStretch(world.database.db, ELSEWHERE, 0)).toMatchObject({ fault: null, isComplete: true });
  });

  test.each([
    ["a changed entry", "UPDATE audit_entry SET actor_role = 'system' WHERE scope = $school AND seq = 2", "hash"],
    ["a changed content", "UPDATE audit_payload SET payload = '{}' WHERE scope = $school AND seq = 2", "payload"],
    [
      "a missing entry",
      "DELETE FROM audit_payload WHERE scope = $school AND seq = 2; DELETE FROM audit_entry WHERE scope = $school AND seq = 2",
      "gap",
    ],
    [
      "an end cut off",
      "DELETE FROM audit_payload WHERE scope = $school AND seq = 3; DELETE FROM audit_entry WHERE scope = $school AND seq = 3",
      "gap",
    ],
    ["a changed head", "UPDATE audit_chain SET head = 'x' WHERE scope = $school", "head"],
  ])("notices %s", async (_, sql, fault) => {
    await world.submit(world.at.admin, { "teacher>student": false });
    await world.submit(world.at.admin, { "teacher>student": true }, { baseVersion: 2 });
    await world.submit(world.at.admin, { "teacher>student": false }, { baseVersion: 3 });
    const before = await world.withOwner(async (owner) => {
      const rows = await owner.query<{ table: string; row: unknown }>(
        `SELECT 'audit_entry' AS table, to_jsonb(e) AS row FROM audit_entry e WHERE scope = '${world.school}'
         UNION ALL SELECT 'audit_payload', to_jsonb(p) FROM audit_payload p WHERE scope = '${world.school}'
         UNION ALL SELECT 'audit_chain', to_jsonb(c) FROM audit_chain c WHERE scope = '${world.school}'`,
      );
      return rows.rows;
    });
    await asOwner(sql);
    expect((await verify()).fault).toMatchObject({ fault });
    // as found: at the end of the file every chain must verify
    await asOwner(
      "DELETE FROM audit_payload WHERE scope = $school; DELETE FROM audit_entry WHERE scope = $school; DELETE FROM audit_chain WHERE scope = $school",
    );
    await world.withOwner(async (owner) => {
      await owner.query("SET session_replication_role = replica");
      for (const { table, row } of before) {
        await owner.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`, [row]);
      }
    });
    expect((await verify()).fault).toBeNull();
  });

  test("its head goes to the log once a day, whoever asks", async () => {
    const { db } = world.database;
    await db.serviceState.deleteMany({ where: { name: "auditHeads" } });
    const now = new Date();
    const chains = await db.auditChain.count();
    const logged = await Promise.all([logChainHeads(db, now), logChainHeads(db, now)]);
    expect(logged.toSorted((a, b) => a - b)).toEqual([0, chains]);
    expect(await logChainHeads(db, new Date(now.getTime() + DAY_MS - 1))).toBe(0);
    expect(await logChainHeads(db, new Date(now.getTime() + DAY_MS))).toBe(chains);
  });
});
