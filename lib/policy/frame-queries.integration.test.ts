// What the pages of the frame show to state administrators, and to nobody else.
import { afterAll, beforeAll, expect, test } from "vitest";
import { performAction } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import type { FrameEdits } from "./frame-change.ts";
import { proposeFrameCommand } from "./frame-commands.ts";
import { getFrame, getFrameHistory, getFrameProposal, getFrameSummary } from "./frame-queries.ts";

const LONG_AGO = new Date("2020-08-01T00:00:00Z");
const edits: FrameEdits = {
  cells: {
    "teacher>student": { allowed: false, locked: true, reason: "Vorerst nicht, Erlass", sensitive: false },
    "student>teacher": { allowed: true, locked: false, reason: null, sensitive: false },
  },
  settings: { gracePeriodDays: 20 },
};

let database: TestDatabase;
let jobs: JobSender;
const people: Record<string, Principal> = {};
beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  const { db } = database;
  globalThis.schulchatDatabase = db;
  for (const id of ["S", "T", "gone"]) await addSchool(db, id);
  await db.school.update({ where: { id: "gone" }, data: { leftAt: LONG_AGO } });
  await addPerson(db, { id: "manager", roles: { S: ["schoolManagement", "orgAdmin"] } });
  for (const [id, role] of [
    ["land", "landAdmin"],
    ["land2", "landAdmin"],
    ["support", "support"],
  ] as const) {
    await addPerson(db, { id, roles: {} });
    await db.consoleRoleGrant.create({ data: { personId: id, role, grantedAt: LONG_AGO } });
  }
  for (const id of ["manager", "land", "land2", "support"]) people[id] = await signIn(db, id);
});
afterAll(async () => {
  await jobs.stop();
  await database.stop();
});

const as = (id: string): Principal => {
  const principal = people[id];
  if (!principal) throw new Error(`nobody is called ${id}`);
  return principal;
};

test("the summary splits the change and counts the schools, without those that have left", async () => {
  const summary = await getFrameSummary(as("land"), 1, edits);
  expect(summary?.immediate).toMatchObject([{ item: { key: "teacher>student" }, opening: 0, closing: 2 }]);
  expect(summary?.waiting).toMatchObject([
    { item: { key: "student>teacher" }, opening: 2, closing: 0 },
    { item: { name: "gracePeriodDays", before: 30, after: 20 } },
  ]);
  expect(summary?.effect).toMatchObject({ schools: 2, concerned: 2 });
  expect(summary?.effect.first.map(({ id }) => id)).toEqual(["S", "T"]);
  expect(await getFrameSummary(as("land"), 2, edits)).toBeNull();
});

test("after sending: the frame, the proposal, its author and the history", async () => {
  const tools = { db: database.db, jobs };
  const input = { baseVersion: 1, edits, reason: "Erlass des Ministeriums" };
  const sent = await performAction(tools, proposeFrameCommand, () => Promise.resolve(as("land")), input);
  const proposalId = sent.ok ? (sent.value.proposalId ?? "") : "";
  expect(await getFrame(as("land2"))).toMatchObject({
    head: { version: 2, authorName: "Test, land", approverName: null },
    settings: { gracePeriodDays: 30 },
    openProposalId: proposalId,
  });
  expect(await getFrameProposal(as("land"), proposalId)).toMatchObject({ isAuthor: true });
  expect(await getFrameProposal(as("land2"), proposalId)).toMatchObject({
    isAuthor: false,
    isTooYoung: false,
    baseVersion: 2,
    items: [{ item: { key: "student>teacher" }, opening: 2 }, { item: { name: "gracePeriodDays" } }],
  });
  const history = await getFrameHistory(as("land"));
  expect(history?.frames.map(({ head, items }) => [head.version, items.length])).toEqual([
    [2, 1],
    [1, 0],
  ]);
  expect(history?.proposals).toMatchObject([{ id: proposalId, status: "pending" }]);
  // a draft begun on the first frame shows what has changed since
  expect((await getFrameSummary(as("land2"), 1, edits))?.changedMeanwhile).toMatchObject([{ key: "teacher>student" }]);

  for (const id of ["manager", "support"]) {
    expect(await getFrame(as(id))).toBeNull();
    expect(await getFrameSummary(as(id), 1, edits)).toBeNull();
    expect(await getFrameProposal(as(id), proposalId)).toBeNull();
    expect(await getFrameHistory(as(id))).toBeNull();
  }
});
