// Guarantee: who may throw which switch of a school, that a sensitive one needs a second person (in the database too),
// what is queued and written down, and what the screens read.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { performAction, type AnyActionDefinition } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import type { z } from "zod";
import { addClass } from "#test/keeper.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import {
  retryProvisioningCommand,
  setChannelModeCommand,
  setSchoolSwitchCommand,
  setStateSwitchCommand,
} from "./commands.ts";
import { findProgress } from "./progress.ts";
import { findProvisionedPeople, findQueueHealth, findSchoolProvisioning } from "./queries.ts";
import { queueSchool } from "./queue.ts";
import { approveSwitchCommand, rejectSwitchCommand, withdrawSwitchCommand } from "./switch-requests.ts";
import { summariseSwitch } from "./switches.ts";

const SCHOOL = "DE-RP-SN-50001";
const OTHER = "DE-RP-SN-50002";
const CHANNEL = `${SCHOOL}--7a--chat`;
const REASON = "Für Mitteilungen an alle";

let database: TestDatabase;
let jobs: JobSender;
let people: Record<"admin" | "manager" | "second" | "foreign" | "land" | "support", Principal>;

beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  const { db } = database;
  await addSchool(db, SCHOOL);
  await addSchool(db, OTHER);
  await addPerson(db, { id: "admin", roles: { [SCHOOL]: ["orgAdmin"] } });
  await addPerson(db, { id: "second", roles: { [SCHOOL]: ["orgAdmin"] } });
  await addPerson(db, { id: "manager", roles: { [SCHOOL]: ["schoolManagement"] } });
  await addPerson(db, { id: "foreign", roles: { [OTHER]: ["orgAdmin"] } });
  await addPerson(db, { id: "teacher", roles: { [SCHOOL]: ["teacher"] } });
  await addPerson(db, { id: "pupil", roles: { [SCHOOL]: ["student"] } });
  for (const role of ["landAdmin", "support"] as const) {
    await addPerson(db, { id: role, roles: {} });
    await db.consoleRoleGrant.create({ data: { personId: role, role } });
  }
  await addClass(db, { id: "7a", schoolId: SCHOOL, teachers: ["teacher"], pupils: ["pupil"] });
  await db.$transaction((tx) => queueSchool(tx, jobs, { schoolId: SCHOOL, personIds: [], groupIds: [] }));
  people = {
    admin: await signIn(db, "admin"),
    manager: await signIn(db, "manager"),
    second: await signIn(db, "second"),
    foreign: await signIn(db, "foreign"),
    land: await signIn(db, "landAdmin"),
    support: await signIn(db, "support"),
  };
});
afterAll(async () => {
  await jobs.stop();
  await database.stop();
});
beforeEach(async () => {
  await database.db.$executeRaw`DELETE FROM pgboss.job`;
});

async function act<Schema extends z.ZodType, Output>(
  who: keyof typeof people,
  command: AnyActionDefinition<Schema, Output>,
  input: z.input<Schema>,
): Promise<Output | string> {
  const answer = await performAction({ db: database.db, jobs }, command, () => Promise.resolve(people[who]), input);
  return answer.ok ? answer.value : answer.error.code;
}
const school = () => database.db.school.findUniqueOrThrow({ where: { id: SCHOOL } });
async function audited(): Promise<string[]> {
  const entries = await database.db.auditEntry.findMany({ where: { scope: SCHOOL }, orderBy: { seq: "asc" } });
  return entries.map(({ type }) => type);
}
async function queued(): Promise<string[]> {
  const rows: { name: string }[] = await database.db.$queryRaw`SELECT name FROM pgboss.job ORDER BY name`;
  return rows.map(({ name }) => name);
}
const switched = (name: "messenger" | "announcements" | "space", on: boolean, reason?: string) => ({
  ...{ schoolId: SCHOOL, name, on },
  ...(reason !== undefined && { reason }),
});

describe("an ordinary switch", () => {
  test("is thrown by an administrator or the management of the school, at once, with its job and entry", async () => {
    expect(await act("admin", setSchoolSwitchCommand, switched("space", true))).toEqual({ requestId: null });
    expect(await school()).toMatchObject({ spaceEnabled: true });
    expect(await queued()).toEqual(["provision-school"]);
    expect((await audited()).at(-1)).toBe("schoolSwitched");
    expect(await act("admin", setSchoolSwitchCommand, switched("space", true))).toBe("nothingChanged");
    expect(await act("manager", setSchoolSwitchCommand, switched("space", false))).toEqual({ requestId: null });
  });

  test.each(["foreign", "land", "support"] as const)("is not there for %s", async (who) => {
    expect(await act(who, setSchoolSwitchCommand, switched("space", true))).toBe("notFound");
    expect(await school()).toMatchObject({ spaceEnabled: false });
  });

  test("the messenger off begins the grace period, on again ends it", async () => {
    await act("admin", setSchoolSwitchCommand, switched("messenger", false));
    expect((await school()).unservedSince).not.toBeNull();
    await act("admin", setSchoolSwitchCommand, switched("messenger", true));
    expect((await school()).unservedSince).toBeNull();
  });

  test("a channel is made two-way by its own school only, and not where a source decides", async () => {
    const wish = { schoolId: SCHOOL, alias: CHANNEL, twoWay: true };
    expect(await act("foreign", setChannelModeCommand, wish)).toBe("notFound");
    expect(await act("foreign", setChannelModeCommand, { ...wish, schoolId: OTHER })).toBe("notFound");
    expect(await act("admin", setChannelModeCommand, wish)).toBeNull();
    expect(await queued()).toEqual(["provision-room"]);
    await database.db.group.update({ where: { id: "7a" }, data: { source: "amqp", bidirectional: false } });
    expect(await act("admin", setChannelModeCommand, { ...wish, twoWay: false })).toBe("notFound");
    await database.db.group.update({ where: { id: "7a" }, data: { source: "oneroster", bidirectional: null } });
  });

  test("the state's switch is the state's, with an entry in both chains", async () => {
    expect(await act("admin", setStateSwitchCommand, { schoolId: SCHOOL, on: false })).toBe("notFound");
    expect(await act("land", setStateSwitchCommand, { schoolId: SCHOOL, on: false })).toBeNull();
    expect(await school()).toMatchObject({ stateEnabled: false });
    expect((await audited()).at(-1)).toBe("schoolSwitched");
    expect(await act("land", setStateSwitchCommand, { schoolId: "nowhere", on: true })).toBe("notFound");
    expect(await act("land", setStateSwitchCommand, { schoolId: SCHOOL, on: true })).toBeNull();
  });
});

describe("announcements", () => {
  async function ask(who: "admin" | "manager" = "admin"): Promise<string> {
    const answer = await act(who, setSchoolSwitchCommand, switched("announcements", true, REASON));
    if (typeof answer === "string" || answer.requestId === null) throw new Error(JSON.stringify(answer));
    // the approver's role must be older than the request
    return answer.requestId;
  }

  test("wait for a second person, one of them management; off is at once", async () => {
    expect(await act("admin", setSchoolSwitchCommand, switched("announcements", true))).toBe("invalidInput");
    const requestId = await ask();
    expect(await school()).toMatchObject({ announcementsEnabled: false });
    expect(await act("admin", setSchoolSwitchCommand, switched("announcements", true, REASON))).toBe("requestOpen");
    expect(await act("admin", approveSwitchCommand, { requestId })).toBe("isAuthor");
    expect(await act("second", approveSwitchCommand, { requestId })).toBe("needsManagement");
    expect(await act("foreign", approveSwitchCommand, { requestId })).toBe("notFound");
    expect(await act("manager", approveSwitchCommand, { requestId })).toBeNull();
    expect(await school()).toMatchObject({ announcementsEnabled: true });
    expect(await queued()).toEqual(["provision-school"]);
    expect((await audited()).slice(-2)).toEqual(["switchApproved", "schoolSwitched"]);
    expect(await act("manager", approveSwitchCommand, { requestId })).toBe("requestDecided");
    expect(await act("admin", setSchoolSwitchCommand, switched("announcements", false))).toEqual({ requestId: null });
  });

  test("are refused or withdrawn, and then may be asked for again", async () => {
    const first = await ask();
    expect(await act("manager", rejectSwitchCommand, { requestId: first, reason: REASON })).toBeNull();
    const second = await ask("manager");
    expect(await act("admin", withdrawSwitchCommand, { requestId: second })).toBe("notAuthor");
    expect(await act("manager", withdrawSwitchCommand, { requestId: second })).toBeNull();
    expect(await school()).toMatchObject({ announcementsEnabled: false });
  });

  test("are not switched on past the database by one person, nor by an old approval", async () => {
    const { db } = database;
    const on = db.school.update({ where: { id: SCHOOL }, data: { announcementsEnabled: true } });
    await expect(on).rejects.toThrow(/second person/);
    const requestId = await ask();
    const approveAs = (decidedById: string) =>
      db.switchRequest.update({
        where: { id: requestId },
        data: { status: "approved", decidedById, decidedAt: new Date() },
      });
    await expect(approveAs("admin")).rejects.toThrow();
    await expect(approveAs("second")).rejects.toThrow();
    await expect(approveAs("teacher")).rejects.toThrow();
    await approveAs("manager");
    await expect(db.school.update({ where: { id: SCHOOL }, data: { announcementsEnabled: true } })).rejects.toThrow(
      /second person/,
    );
  });
});

describe("the numbers before a switch", () => {
  test.each([
    [
      { name: "announcements", on: true },
      { rooms: 1, people: 5, needsSecondPerson: true },
    ],
    [
      { name: "announcements", on: false },
      { rooms: 1, people: 5, needsSecondPerson: false },
    ],
    [
      { name: "staffroom", on: false },
      { rooms: 1, people: 2, needsSecondPerson: false },
    ],
    [
      { name: "messenger", on: true },
      { rooms: 3, people: 5, needsSecondPerson: false },
    ],
    [
      { name: "messenger", on: false },
      { rooms: 0, people: 0, needsSecondPerson: false },
    ],
  ] as const)("%j", async (planned, expected) => {
    expect(await summariseSwitch(database.db, people.admin, SCHOOL, planned)).toEqual(expected);
    expect(await summariseSwitch(database.db, people.foreign, SCHOOL, planned)).toBeNull();
  });
});

describe("the screens", () => {
  test("show rooms and people of one's own school, with what waits and what failed", async () => {
    const { db } = database;
    await db.person.update({
      where: { id: "pupil" },
      data: { accountState: "conflict", accountProblem: "subjectTaken" },
    });
    const found = await findSchoolProvisioning(db, people.admin, SCHOOL);
    expect(found?.rooms.map(({ alias, state }) => [alias, state])).toEqual([
      [`${SCHOOL}--7a`, "waiting"],
      [CHANNEL, "waiting"],
      [`${SCHOOL}--staffroom`, "waiting"],
    ]);
    expect(found?.people).toEqual({ asWanted: 0, waiting: 4, failed: 1 });
    const failed = await findProvisionedPeople(db, people.admin, SCHOOL, { state: "failed" });
    expect(failed).toEqual([
      { personId: "pupil", displayName: "Test, pupil", state: "failed", problem: "subjectTaken" },
    ]);
    for (const who of ["foreign", "support"] as const) {
      expect(await findSchoolProvisioning(db, people[who], SCHOOL)).toBeNull();
      expect(await findProvisionedPeople(db, people[who], SCHOOL, { state: "failed" })).toBeNull();
      expect(await findProgress(db, people[who], SCHOOL)).toBeNull();
    }
  });

  test("try again: the school, one person, one room; progress and health follow", async () => {
    const { db } = database;
    const again = (what: z.input<typeof retryProvisioningCommand.input>["what"]) =>
      act("land", retryProvisioningCommand, { schoolId: SCHOOL, what });
    expect(await again({ kind: "school" })).toEqual({ jobs: 1 });
    expect(await again({ kind: "person", personId: "pupil" })).toEqual({ jobs: 1 });
    expect(await again({ kind: "room", alias: CHANNEL })).toEqual({ jobs: 1 });
    expect(await again({ kind: "person", personId: "foreign" })).toBe("notFound");
    expect(await again({ kind: "room", alias: "nowhere" })).toBe("notFound");
    expect(await queued()).toEqual(["provision-account", "provision-room", "provision-school"]);
    const progress = { total: 2, done: 0, perMinute: 0, remaining: 2, minutesLeft: null };
    expect(await findProgress(db, people.admin, SCHOOL)).toEqual(progress);
    expect(await findQueueHealth(db, people.admin)).toBeNull();
    const health = await findQueueHealth(db, people.land);
    expect(health?.find(({ name }) => name === "provision-account")).toMatchObject({
      waiting: 1,
      active: 0,
      failed: 0,
    });
  });
});
