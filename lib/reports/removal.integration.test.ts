// Protects "removed is out until let back in": in a room of the directory, which brings back whoever was kicked, and in
// one that somebody opened, where everybody may invite. On a real Synapse with our module, and with the provisioner's
// own jobs.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { performAction } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseMeasures } from "#lib/matrix/measures.ts";
import { addClass, openKeeper, type Keeper } from "#test/keeper.ts";
import type { MatrixSession } from "#test/matrix-session.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { startTestSystem, TEST_KEYS, type TestSystem } from "#test/system.ts";
import { readCaseFacts } from "./measure-facts.ts";
import { requestMeasureWith } from "./measure-commands.ts";
import { measureOptions, type MeasureKind } from "./measure-rules.ts";
import { carryOutMeasures } from "./measure-work.ts";

const SCHOOL = "DE-RP-SN-30001";
const CHANNEL = `${SCHOOL}--7a--chat`;

let system: TestSystem;
let keeper: Keeper;
let support: Principal;
let teacher: MatrixSession;
let mate: MatrixSession;

const tools = () => ({ keys: TEST_KEYS, serverName: system.serverName });

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  keeper = openKeeper(system);
  const { db } = keeper;
  await addSchool(db, SCHOOL);
  await addPerson(db, { id: "teacher", roles: { [SCHOOL]: ["teacher"] } });
  for (const id of ["pupil", "mate"]) await addPerson(db, { id, roles: { [SCHOOL]: ["student"] } });
  await addPerson(db, { id: "anna", roles: {} });
  await db.consoleRoleGrant.create({ data: { personId: "anna", role: "support" } });
  support = await signIn(db, "anna");
  await addClass(db, { id: "7a", schoolId: SCHOOL, teachers: ["teacher"], pupils: ["pupil", "mate"] });
  await keeper.follow(SCHOOL);
  teacher = await system.signIn("u-teacher", "Test, teacher");
  mate = await system.signIn("u-mate", "Test, mate");
}, 120_000);
afterAll(async () => {
  await keeper.stop();
  await system.stop();
});

/** What the teacher has said about mate in this room, verified. */
async function openCase(roomId: string): Promise<string> {
  const { id } = await keeper.db.reportCase.create({
    data: {
      ...{ category: "bullying", severity: "medium", roomId, roomName: "7a", reportedUserId: mate.userId },
      dueAt: new Date(Date.now() + 86_400_000),
      reports: {
        create: {
          ...{ kind: "room", standing: "verified", roomId, reason: "er beleidigt alle", receivedAt: new Date() },
          ...{ reporterUserId: teacher.userId, byGateAt: new Date() },
        },
      },
    },
  });
  return id;
}

async function optionOf(caseId: string, kind: MeasureKind) {
  const facts = await readCaseFacts(keeper.db, tools(), caseId);
  return facts === null ? undefined : measureOptions(facts).find((one) => one.kind === kind);
}

/** Asked for and carried out, with all that the provisioner then has to do. @returns what became of it */
async function take(caseId: string, kind: MeasureKind): Promise<string> {
  const { db, jobs, rooms } = keeper;
  const { version } = await db.reportCase.findUniqueOrThrow({ where: { id: caseId } });
  const wish = { caseId, version, kind, targets: [mate.userId], text: "" };
  const answer = await performAction({ db, jobs }, requestMeasureWith(tools), () => Promise.resolve(support), wish);
  if (!answer.ok) return answer.error.code;
  const connection = connectMatrix({
    ...{ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken, callTimeoutMs: 20_000 },
  });
  const dependencies = { db, jobs, rooms, ...tools(), measures: synapseMeasures(connection) };
  await carryOutMeasures(dependencies, caseId, AbortSignal.timeout(30_000));
  await keeper.work();
  const [id = ""] = answer.value.measureIds;
  const { state, problem } = await db.caseMeasure.findUniqueOrThrow({ where: { id } });
  return problem === null ? state : `${state} ${problem}`;
}

const membership = async (room: string) =>
  (await teacher.inRoom("GET", room, `state/m.room.member/${mate.userId}`)).body;

describe("a room of the directory", () => {
  test("removed stays removed, whatever the directory says, and comes back once let in", async () => {
    const room = await keeper.find(CHANNEL);
    const caseId = await openCase(room);
    expect(await take(caseId, "letBackIn")).toBe("notFound");
    expect((await optionOf(caseId, "removeFromRoom"))?.effects.map(({ key }) => key)).toContain("directoryWaits");

    expect(await take(caseId, "removeFromRoom")).toBe("done");
    expect(await membership(room)).toMatchObject({
      membership: "ban",
      reason: "Der Support des Schulchats hat Sie aus diesem Raum entfernt.",
    });
    await keeper.verify(CHANNEL);
    await keeper.follow(SCHOOL, { groupIds: ["7a"] });
    expect(await keeper.joined(room)).not.toContain(mate.userId);
    const who = { alias_personId: { alias: CHANNEL, personId: "mate" } };
    expect(await keeper.db.managedRoomMember.findUnique({ where: who })).toMatchObject({ banned: true });

    expect((await optionOf(caseId, "letBackIn"))?.effects.map(({ key }) => key)).toEqual(["comesBackByDirectory"]);
    expect(await take(caseId, "letBackIn")).toBe("done");
    expect(await keeper.joined(room)).toContain(mate.userId);
    expect(await optionOf(caseId, "letBackIn")).toMatchObject({ blocked: "notInForce" });
  });

  test("who has left by then is kept out all the same", async () => {
    const room = await keeper.find(CHANNEL);
    const caseId = await openCase(room);
    expect((await mate.inRoom("POST", room, "leave", {})).status).toBe(200);
    expect(await take(caseId, "removeFromRoom")).toBe("done");
    await keeper.verify(CHANNEL);
    expect(await keeper.joined(room)).not.toContain(mate.userId);
    // another case of the same room knows of it
    expect(await take(await openCase(room), "letBackIn")).toBe("done");
    expect(await keeper.joined(room)).toContain(mate.userId);
  });
});

describe("a room that somebody opened", () => {
  test("nobody invites who was removed; once let back in, an invitation is needed", async () => {
    const room = await teacher.openRoom({ preset: "private_chat", name: "AG", invite: [mate.userId] });
    await mate.join(room);
    const caseId = await openCase(room);
    expect(await take(caseId, "removeFromRoom")).toBe("done");
    const invite = async () => (await teacher.inRoom("POST", room, "invite", { user_id: mate.userId })).status;
    expect(await invite()).toBe(403);
    expect((await optionOf(caseId, "letBackIn"))?.effects.map(({ key }) => key)).toEqual(["comesBackByInvitation"]);
    expect(await take(caseId, "letBackIn")).toBe("done");
    expect(await keeper.joined(room)).not.toContain(mate.userId);
    expect(await invite()).toBe(200);
    await mate.join(room);
    expect(await keeper.joined(room)).toContain(mate.userId);
  });

  test("a ban of its moderators is theirs to lift", async () => {
    const room = await teacher.openRoom({ preset: "private_chat", name: "AG", invite: [mate.userId] });
    await mate.join(room);
    const caseId = await openCase(room);
    expect((await teacher.inRoom("POST", room, "ban", { user_id: mate.userId })).status).toBe(200);
    expect(await take(caseId, "removeFromRoom")).toBe("done");
    expect(await take(caseId, "letBackIn")).toBe("failed roomBans");
    expect(await membership(room)).toMatchObject({ membership: "ban" });
  });
});
