// Guarantee: every other state administrator learns of a proposal to loosen the frame, both sides of what came of it,
// and one whose time is over is ended by the calendar, once, on record.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { performAction } from "#lib/action/perform-action.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { code, DAY_MS } from "#test/policy-world.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { followCalendar } from "./calendar.ts";
import {
  approveFrameCommand,
  proposeFrameCommand,
  rejectFrameCommand,
  withdrawFrameCommand,
} from "./frame-commands.ts";
import { mailReachOfProposal, standingAtProposal } from "./frame-notices.ts";

const LONG_AGO = new Date("2020-08-01T00:00:00Z");
const REASON = "Erlass des Ministeriums";

let database: TestDatabase;
let jobs: JobSender;
let land: Principal;
let land2: Principal;
beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  const { db } = database;
  await addSchool(db, "S");
  for (const id of ["land", "land2", "land3", "newcomer", "support"]) await addPerson(db, { id, roles: {} });
  for (const personId of ["land", "land2", "land3"]) {
    await db.consoleRoleGrant.create({ data: { personId, role: "landAdmin", grantedAt: LONG_AGO } });
  }
  await db.consoleRoleGrant.create({
    data: { personId: "newcomer", role: "landAdmin", grantedAt: new Date("2099-01-01") },
  });
  await db.consoleRoleGrant.create({ data: { personId: "support", role: "support", grantedAt: LONG_AGO } });
  [land, land2] = [await signIn(db, "land"), await signIn(db, "land2")];
});
afterAll(async () => {
  await jobs.stop();
  await database.stop();
});

const tools = () => ({ db: database.db, jobs });
const follow = (days: number) =>
  followCalendar(tools(), new Date(Date.now() + days * DAY_MS), new AbortController().signal);
const decide = (
  definition: typeof rejectFrameCommand | typeof withdrawFrameCommand,
  who: Principal,
  proposalId: string,
) =>
  definition === rejectFrameCommand
    ? performAction(tools(), rejectFrameCommand, () => Promise.resolve(who), { proposalId, reason: REASON })
    : performAction(tools(), withdrawFrameCommand, () => Promise.resolve(who), { proposalId });

/** A longer period of requests: more permissive, so it waits. */
async function propose(): Promise<string> {
  const frame = await database.db.policyFrame.findFirstOrThrow({ orderBy: { version: "desc" } });
  const edits = { cells: {}, settings: { requestExpiryDays: frame.requestExpiryDays + 1 } };
  const input = { baseVersion: frame.version, edits, reason: REASON };
  const result = await performAction(tools(), proposeFrameCommand, () => Promise.resolve(land), input);
  if (!result.ok || result.value.proposalId === null) throw new Error(`no proposal: ${code(result)}`);
  return result.value.proposalId;
}
const told = async (proposalId: string) => {
  const rows = await database.db.mailNotice.findMany({ where: { proposalId }, orderBy: { personId: "asc" } });
  return (kind: string) => rows.filter((row) => row.kind === kind).map(({ personId }) => personId);
};
const statusOf = async (id: string) => (await database.db.frameProposal.findUniqueOrThrow({ where: { id } })).status;

let proposalId: string;
beforeEach(async () => {
  proposalId = await propose();
});

test("submitted: all others who may approve; approved: both sides; each notice has its job", async () => {
  expect((await told(proposalId))("submitted")).toEqual(["land2", "land3"]);
  const { contentHash } = await database.db.frameProposal.findUniqueOrThrow({ where: { id: proposalId } });
  const input = { proposalId, contentHash };
  const result = await performAction(tools(), approveFrameCommand, () => Promise.resolve(land2), input);
  expect(code(result)).toBe("ok");
  expect((await told(proposalId))("approved")).toEqual(["land", "land2", "land3"]);
  const queued = await database.db.$queryRaw`
    SELECT n.id FROM mail_notice n JOIN pgboss.job j ON j.name = 'send-mail' AND j.singleton_key = n.id::text
    WHERE n.proposal_id = ${proposalId}::uuid`;
  expect(queued).toHaveLength(5);
});

test.each([
  ["rejected", rejectFrameCommand, () => land2],
  ["withdrawn", withdrawFrameCommand, () => land],
] as const)("%s: both sides", async (status, definition, who) => {
  await decide(definition, who(), proposalId);
  expect(await statusOf(proposalId)).toBe(status);
  expect((await told(proposalId))(status)).toEqual(["land", "land2", "land3"]);
});

test("near its end: one reminder; over: expired by the system, once, on record, and both sides are told", async () => {
  const { expiresAt } = await database.db.frameProposal.findUniqueOrThrow({ where: { id: proposalId } });
  const days = (expiresAt.getTime() - Date.now()) / DAY_MS;
  await follow(days - 3.1);
  expect((await told(proposalId))("reminder")).toEqual([]);
  await follow(days - 2.9);
  await follow(days - 1);
  expect((await told(proposalId))("reminder")).toEqual(["land2", "land3"]);
  expect(await statusOf(proposalId)).toBe("pending");
  await Promise.all([follow(days + 0.1), follow(days + 0.1)]);
  await follow(days + 1);
  expect(await statusOf(proposalId)).toBe("expired");
  expect((await told(proposalId))("expired")).toEqual(["land", "land2", "land3"]);
  const where = { scope: STATE_SCOPE, type: "frameProposalExpired" };
  expect(await database.db.auditEntry.findMany({ where })).toMatchObject([{ actorId: null, actorRole: "system" }]);
});

test("who is still concerned is asked at sending", async () => {
  const { db } = database;
  const at = (personId: string) => standingAtProposal(db, proposalId, personId, new Date());
  expect(await at("land2")).toEqual({ isOpen: true, mayApprove: true, mayRead: true });
  expect(await at("land")).toMatchObject({ mayApprove: false, mayRead: true });
  expect(await at("newcomer")).toMatchObject({ mayApprove: false, mayRead: true });
  expect(await at("support")).toMatchObject({ mayApprove: false, mayRead: false });
  await db.consoleAccessBlock.create({
    data: { personId: "land3", blockedById: "land", reason: "Gerät verloren gegangen" },
  });
  expect(await at("land3")).toMatchObject({ mayApprove: false, mayRead: false });
  await db.person.update({ where: { id: "land2" }, data: { email: "land2@land.example" } });
  const proposal = await db.frameProposal.findUniqueOrThrow({ where: { id: proposalId } });
  expect(await mailReachOfProposal(db, proposal)).toEqual({ told: 0, waiting: 1, unreachable: 0 });
});
