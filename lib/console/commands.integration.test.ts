// Console roles need the right people, and for the state's own administrators two of them; the database agrees.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { performAction, type ActionTools, type StateActionDefinition } from "#lib/action/perform-action.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { code } from "#test/policy-world.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import type { z } from "zod";
import {
  confirmLandAdminCommand,
  dropLandAdminProposalCommand,
  endConsoleAccessCommand,
  grantSupportCommand,
  proposeLandAdminCommand,
  removeConsoleRoleCommand,
  restoreConsoleAccessCommand,
} from "./commands.ts";
import { getConsoleRoles } from "./queries.ts";

const REASON = "Vertretung ab Januar, mit dem Ministerium besprochen";
const LONG_AGO = new Date(Date.now() - 3_600_000);

let database: TestDatabase;
let jobs: JobSender;
let tools: ActionTools;
let tests = 0;
let who: Record<"one" | "two" | "support" | "manager", Principal>;
let candidate = "";

beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  tools = { db: database.db, jobs };
  globalThis.schulchatDatabase = database.db;
  await addSchool(database.db, "S");
});
afterAll(async () => {
  globalThis.schulchatDatabase = undefined;
  await jobs.stop();
  await database.stop();
});
beforeEach(async () => {
  const { db } = database;
  tests += 1;
  const id = (name: string) => `${name}-${String(tests)}`;
  // the state of one test knows nothing of the test before
  await db.consoleAccessBlock.deleteMany();
  await addPerson(db, { id: id("one"), roles: {} });
  await addPerson(db, { id: id("two"), roles: {} });
  await addPerson(db, { id: id("support"), roles: {} });
  await addPerson(db, { id: id("manager"), roles: { S: ["schoolManagement"] } });
  candidate = id("candidate");
  await addPerson(db, { id: candidate, roles: {} });
  for (const name of ["one", "two"])
    await db.consoleRoleGrant.create({ data: { personId: id(name), role: "landAdmin" } });
  await db.consoleRoleGrant.deleteMany({ where: { personId: { notIn: [id("one"), id("two")] } } });
  await db.consoleRoleGrant.create({ data: { personId: id("support"), role: "support" } });
  who = {
    one: await signIn(db, id("one")),
    two: await signIn(db, id("two")),
    support: await signIn(db, id("support")),
    manager: await signIn(db, id("manager")),
  };
});

async function act<Schema extends z.ZodType, Output>(
  definition: StateActionDefinition<Schema, Output>,
  principal: Principal,
  input: object,
): Promise<string> {
  return code(await performAction(tools, definition, () => Promise.resolve(principal), input));
}
const rolesOf = async (personId: string) =>
  (await database.db.consoleRoleGrant.findMany({ where: { personId } })).map(({ role }) => role).toSorted();
const lastEvent = async () =>
  (await database.db.auditEntry.findFirst({ where: { scope: STATE_SCOPE }, orderBy: { seq: "desc" } }))?.type;
const propose = (principal: Principal) =>
  act(proposeLandAdminCommand, principal, { personId: candidate, reason: REASON });
const confirm = (principal: Principal) => act(confirmLandAdminCommand, principal, { personId: candidate });

test("support is granted by one administrator and removed again, with an entry each", async () => {
  expect(await act(grantSupportCommand, who.one, { personId: candidate })).toBe("ok");
  expect(await rolesOf(candidate)).toEqual(["support"]);
  expect(await lastEvent()).toBe("consoleRoleGranted");
  expect(await act(grantSupportCommand, who.one, { personId: candidate })).toBe("alreadyDone");
  expect(await act(removeConsoleRoleCommand, who.two, { personId: candidate, role: "support" })).toBe("ok");
  expect(await rolesOf(candidate)).toEqual([]);
  expect(await lastEvent()).toBe("consoleRoleRemoved");
});

test("a state administrator takes two: the proposer cannot confirm, the second can", async () => {
  expect(await propose(who.one)).toBe("ok");
  expect(await rolesOf(candidate)).toEqual([]);
  expect(await confirm(who.one)).toBe("needsSecondPerson");
  expect(await rolesOf(candidate)).toEqual([]);
  expect(await confirm(who.two)).toBe("ok");
  expect(await rolesOf(candidate)).toEqual(["landAdmin"]);
  expect(await confirm(who.two)).toBe("alreadyDone");
});

test("a proposal falls with its proposer, by a drop, and by time", async () => {
  await propose(who.one);
  await act(endConsoleAccessCommand, who.two, { personId: who.one.personId, reason: REASON });
  expect(await confirm(who.two)).toBe("authorLostRole");
  expect(await act(dropLandAdminProposalCommand, who.two, { personId: candidate })).toBe("ok");
  expect(await confirm(who.two)).toBe("alreadyDone");
  await act(restoreConsoleAccessCommand, who.two, { personId: who.one.personId });
  await database.db.landAdminProposal.create({
    data: { personId: candidate, proposedById: who.one.personId, reason: REASON, expiresAt: LONG_AGO },
  });
  expect(await confirm(who.two)).toBe("alreadyDone");
  expect(await propose(who.one), "proposed anew").toBe("ok");
});

test("the database grants no state administrator on one person's word", async () => {
  const { db } = database;
  const grant = (grantedById: string, confirmedById: string | null) =>
    db.consoleRoleGrant.create({ data: { personId: candidate, role: "landAdmin", grantedById, confirmedById } });
  const [one, two] = [who.one.personId, who.two.personId];
  await expect(grant(one, two), "nothing was proposed").rejects.toThrow();
  await propose(who.one);
  await expect(grant(one, null), "nobody confirmed").rejects.toThrow();
  await expect(grant(one, one), "confirmed by the proposer").rejects.toThrow();
  await expect(grant(one, who.manager.personId), "confirmed by somebody else").rejects.toThrow();
  await expect(grant(one, candidate), "confirmed by the person").rejects.toThrow();
  await expect(grant(one, two)).resolves.toBeDefined();
});

test("nobody but state administrators, and they only with a fresh sign-in", async () => {
  for (const principal of [who.support, who.manager]) {
    expect(await act(grantSupportCommand, principal, { personId: candidate })).toBe("notFound");
    expect(await act(endConsoleAccessCommand, principal, { personId: candidate, reason: REASON })).toBe("notFound");
    expect(await getConsoleRoles(principal, candidate)).toBeNull();
  }
  const stale = { ...who.one, authenticatedAt: LONG_AGO };
  expect(await act(grantSupportCommand, stale, { personId: candidate })).toBe("signInTooOld");
  expect(await propose(stale)).toBe("signInTooOld");
  expect(await rolesOf(candidate)).toEqual([]);
});

test("nobody gives a role to themselves, ends their own access, or removes the last administrator", async () => {
  const [one, two] = [who.one.personId, who.two.personId];
  expect(await act(grantSupportCommand, who.one, { personId: one })).toBe("notToOneself");
  expect(await act(endConsoleAccessCommand, who.one, { personId: one, reason: REASON })).toBe("notToOneself");
  expect(await act(removeConsoleRoleCommand, who.one, { personId: two, role: "landAdmin" })).toBe("ok");
  expect(await act(removeConsoleRoleCommand, who.one, { personId: one, role: "landAdmin" })).toBe("lastLandAdmin");
});

test("an administrator whose access was ended does not count as one who stays", async () => {
  const [one, two] = [who.one.personId, who.two.personId];
  expect(await act(endConsoleAccessCommand, who.one, { personId: two, reason: REASON })).toBe("ok");
  expect(await act(removeConsoleRoleCommand, who.one, { personId: one, role: "landAdmin" })).toBe("lastLandAdmin");
  await expect(database.db.consoleRoleGrant.deleteMany({ where: { personId: one } })).rejects.toThrow();
});

test("access ends at once and comes back; the page says who did it and why", async () => {
  const manager = who.manager.personId;
  expect(await act(endConsoleAccessCommand, who.one, { personId: manager, reason: REASON })).toBe("ok");
  expect(await lastEvent()).toBe("consoleAccessEnded");
  expect(await database.db.session.count({ where: { personId: manager, endedAt: null } })).toBe(0);
  expect(await act(endConsoleAccessCommand, who.two, { personId: manager, reason: REASON })).toBe("alreadyDone");
  const roles = await getConsoleRoles(who.two, manager);
  expect(roles?.blocked).toMatchObject([{ id: manager, block: { reason: REASON } }]);
  expect(roles?.found).toMatchObject([{ id: manager, openSessions: 0, schools: [{ id: "S" }] }]);
  expect(await act(restoreConsoleAccessCommand, who.two, { personId: manager })).toBe("ok");
  await expect(signIn(database.db, manager)).resolves.toBeDefined();
});
