// Protects "the room for notices hears of every occasion once, and of nothing that anybody wrote", on a real Synapse.
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { JobSender } from "#lib/jobs/boss.ts";
import { queues } from "#lib/jobs/queues.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseMeasures } from "#lib/matrix/measures.ts";
import { addReport } from "#test/report-cases.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";
import { followNotices, postCaseNotice } from "./notices.ts";

const SCHOOL = "DE-RP-SN-10001";
const HOUR_MS = 3_600_000;
const CONSOLE_URL = "http://konsole.example";
const REASON = "<b>er droht mir</b>";
const timeline = z.object({ chunk: z.array(z.object({ type: z.string(), content: z.looseObject({}) })) });
const jobRows = z.array(z.object({ data: queues["post-case-notice"].data }));

let system: TestSystem;
let jobs: JobSender;
let room = "";
const db = () => system.database.db;

beforeAll(async () => {
  system = await startTestSystem();
  jobs = new JobSender(system.database.url);
  await addSchool(db(), SCHOOL);
  for (const id of ["pupila", "pupilb"]) await addPerson(db(), { id, roles: { [SCHOOL]: ["student"] } });
  room = await system.provisioner.openRoom({ preset: "private_chat", name: "Support" });
}, 120_000);
afterAll(async () => {
  await jobs.stop();
  await system.stop();
});

/** What the worker does at its look at the cases, and what of it is then due for the room. */
async function look(now: Date) {
  await followNotices({ db: db(), jobs, hasRoom: true }, now);
  const rows: unknown = await db().$queryRaw`DELETE FROM pgboss.job WHERE name = 'post-case-notice' RETURNING data`;
  return jobRows.parse(rows).map(({ data }) => data);
}

async function post(notices: Awaited<ReturnType<typeof look>>, accessToken = system.provisioner.accessToken) {
  const connection = connectMatrix({ baseUrl: system.synapseUrl, accessToken, callTimeoutMs: 10_000 });
  const tools = { db: db(), measures: synapseMeasures(connection), roomId: room, consoleUrl: CONSOLE_URL };
  for (const notice of notices) await postCaseNotice(tools, notice);
}

/** In the order in which they came. */
async function messages(): Promise<string[]> {
  const { body } = await system.provisioner.inRoom("GET", room, "messages?dir=b&limit=50");
  const found = timeline.parse(body).chunk.filter(({ type }) => type === "m.room.message");
  return found.map(({ content }) => JSON.stringify(content)).toReversed();
}

test("severe, overdue and severe again after reopening: each arrives once, without content", async () => {
  const now = new Date();
  const { caseId } = await addReport(db(), { reporter: "pupila", reported: "pupilb", reason: REASON, at: now });
  const calm = { severity: "critical", dueAt: new Date(now.getTime() + 4 * HOUR_MS) } as const;
  await db().reportCase.update({ where: { id: caseId }, data: { ...calm, roomName: "Geheimer Raum" } });
  const { number } = await db().reportCase.findUniqueOrThrow({ where: { id: caseId } });

  const severe = await look(now);
  await post(severe);
  await post(severe); // the answer to the first try was lost
  expect(await look(new Date(now.getTime() + 1_000))).toEqual([]);
  const link = `${CONSOLE_URL}/reports/${caseId}`;
  const first = await messages();
  expect(first).toHaveLength(1);
  expect(first[0]).toContain(link);
  expect(first[0]).toContain(String(number));

  const late = new Date(now.getTime() + 5 * HOUR_MS);
  await post(await look(late));
  expect(await messages()).toHaveLength(2);

  const state = { state: "resolved", outcome: "noViolation", closedAt: late } as const;
  await db().reportCase.update({ where: { id: caseId }, data: state });
  // as the intake reopens it when the same is reported again
  const reopened = { state: "reopened", outcome: null, closedAt: null, toldNewAt: null, lastReportAt: late } as const;
  await db().reportCase.update({ where: { id: caseId }, data: reopened });
  await post(await look(new Date(late.getTime() + HOUR_MS)));
  const all = await messages();
  expect(all).toHaveLength(3);
  expect(all[2]).toContain(link);
  for (const secret of [REASON, "droht", "pupil", "Geheimer Raum", SCHOOL, "!"])
    expect(all.join()).not.toContain(secret);
});

test("closed before its notice goes out: the room hears nothing", async () => {
  const now = new Date();
  const { caseId } = await addReport(db(), { reporter: "pupila", reported: "pupilb", at: now });
  await db().reportCase.update({ where: { id: caseId }, data: { severity: "critical" } });
  const before = (await messages()).length;
  const due = (await look(now)).filter((notice) => notice.caseId === caseId);
  expect(due).toHaveLength(1);
  const state = { state: "resolved", outcome: "noViolation", closedAt: now } as const;
  await db().reportCase.update({ where: { id: caseId }, data: state });
  await post(due);
  expect(await messages()).toHaveLength(before);
});
