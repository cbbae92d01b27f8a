// Guarantee: what the directory says stands in a real Synapse, once and completely, whatever is killed or away meanwhile.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { startChild, type RunningChild } from "#demo/children.ts";
import { DEMO_SERVICE_ID } from "#demo/data/records.ts";
import { startOneRosterServer, type OneRosterServer } from "#demo/oneroster-server.ts";
import { makeEvidenceKey, makeSecret } from "#demo/secrets.ts";
import { PROVISIONER_LOCALPART, roomId, type MatrixUserId, matrixUserId } from "#lib/ids/ids.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { SYNC_KEY } from "#lib/jobs/queues.ts";
import { synapseAccounts } from "#lib/matrix/accounts.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseRooms, type RoomsApi } from "#lib/matrix/rooms.ts";
import { directChat } from "#test/matrix-session.ts";
import { buildSmallDirectory, SCHOOL, type SmallDirectory } from "#test/small-directory.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WAIT = { timeout: 45_000, interval: 100 };

let system: TestSystem;
let server: OneRosterServer;
let jobs: JobSender;
let worker: RunningChild;
let rooms: RoomsApi;
let small: SmallDirectory;
let folder: string;

beforeAll(async () => {
  small = buildSmallDirectory();
  system = await startTestSystem({ defences: "on" });
  const clientSecret = makeSecret();
  server = await startOneRosterServer({ port: 0, directory: small.directory, clientId: "console", clientSecret });
  jobs = new JobSender(system.database.url);
  rooms = synapseRooms(connectMatrix({ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken }));
  folder = await mkdtemp(join(tmpdir(), "schulchat-worker-"));
  await system.database.db.school.create({
    data: { id: SCHOOL, name: "", stateEnabled: true, schoolEnabled: true },
  });
  worker = await startChild({
    name: "worker",
    args: ["bin/worker.ts"],
    cwd: ROOT,
    logFile: join(folder, "worker.log"),
    onDeath: () => undefined,
    environment: {
      NODE_ENV: "test",
      DATABASE_URL: system.database.url,
      SYNAPSE_SERVER_NAME: system.serverName,
      SYNAPSE_URL: system.synapseUrl,
      SYNAPSE_TOKEN_FILE: system.provisionerTokenFile,
      EVIDENCE_KEYS: makeEvidenceKey(),
      ONEROSTER_URL: server.baseUrl,
      ONEROSTER_TOKEN_URL: server.tokenUrl,
      ONEROSTER_CLIENT_ID: "console",
      ONEROSTER_CLIENT_SECRET: clientSecret,
      ONEROSTER_SERVICE_ID: DEMO_SERVICE_ID,
    },
  });
  await allDone();
});
afterAll(async () => {
  await worker.stop();
  await jobs.stop();
  await server.stop();
  await system.stop();
  await rm(folder, { recursive: true, force: true });
});

const openJobs = z.tuple([z.object({ open: z.number() })]);

/** A sync has ended, and no job waits, runs or is tried again. */
async function allDone(): Promise<void> {
  await vi.waitFor(async () => {
    const synced = await system.database.db.syncRun.count({ where: { outcome: { not: "running" } } });
    const rows: unknown = await system.database.db.$queryRaw`
      SELECT count(*)::int AS open FROM pgboss.job WHERE state < 'completed'`;
    expect({ synced: synced > 0, open: openJobs.parse(rows)[0].open }).toEqual({ synced: true, open: 0 });
  }, WAIT);
}

async function syncNow(): Promise<void> {
  const { db } = system.database;
  await db.$transaction((tx) => jobs.send(tx, "directory-sync", { full: true, requestedBy: null }, SYNC_KEY));
  await allDone();
}

const userOf = (personId: string): MatrixUserId => matrixUserId(`u-${personId}`, system.serverName);
const provisioner = (): MatrixUserId => matrixUserId(PROVISIONER_LOCALPART, system.serverName);

async function findRoom(alias: string): Promise<ReturnType<typeof roomId>> {
  const room = await system.database.db.managedRoom.findUniqueOrThrow({ where: { alias } });
  return roomId(room.roomId ?? "");
}
const channel = () => findRoom(`${SCHOOL}--${small.class7a}--chat`);
const anchor = () => findRoom(`${SCHOOL}--${small.class7a}`);

async function joined(room: ReturnType<typeof roomId>): Promise<string[]> {
  const members = (await rooms.members(room)) ?? [];
  return members.flatMap(({ userId, membership }) => (membership === "join" ? [userId] : [])).sort();
}

const levelsSchema = z.object({ users: z.record(z.string(), z.number()), events_default: z.number() });
const levels = async (room: ReturnType<typeof roomId>) =>
  levelsSchema.parse(await rooms.state(room, "m.room.power_levels"));

const accounts = () =>
  synapseAccounts(
    connectMatrix({ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken }),
    "oidc-school",
  );

test("every person has an account that the identity provider's subject opens", async () => {
  expect(await accounts().find(userOf(small.guardian))).toEqual({
    displayName: "Uta Klein-Maier",
    locked: false,
    deactivated: false,
    subjects: [small.guardian],
    hasForeignLogin: false,
  });
});

test("a class has its anchor and its channel, with its teacher as moderator and the provisioner above", async () => {
  const everybody = [provisioner(), ...[small.teacher, small.pupil, small.classmate].map(userOf)].sort();
  for (const room of [await channel(), await anchor()]) {
    expect(await joined(room)).toEqual(everybody);
    expect((await levels(room)).users).toEqual({ [provisioner()]: 150, [userOf(small.teacher)]: 100 });
    expect(await rooms.state(room, "m.room.name")).toEqual({ name: "7a" });
  }
  expect(await rooms.state(await anchor(), "m.room.create")).toMatchObject({ type: "m.scgroup", "m.federate": false });
  expect(await rooms.state(await anchor(), "m.room.encryption")).toBeNull();
  expect(await rooms.state(await channel(), "m.room.encryption")).not.toBeNull();
  const recorded = await system.database.db.roomRecord.findUnique({ where: { roomId: await channel() } });
  expect(recorded).toMatchObject({ schoolId: SCHOOL, creator: PROVISIONER_LOCALPART, creatorWasStaff: true });
});

test("in the channel a pupil confirms and reacts but does not write, and in the anchor not even the teacher writes", async () => {
  const pupil = await system.signIn(`u-${small.pupil}`, "Mia Klein");
  const teacher = await system.signIn(`u-${small.teacher}`, "Jörg Kühn");
  const [open, hidden] = [await channel(), await anchor()];
  const message = { msgtype: "m.text", body: "Hallo" };
  expect((await pupil.inRoom("PUT", open, "send/m.room.message/1", message)).status).toBe(403);
  expect((await pupil.inRoom("PUT", open, "send/edu.matrix.klassenfunk.read_receipt/2", {})).status).toBe(200);
  expect((await teacher.inRoom("PUT", open, "send/m.room.message/3", message)).status).toBe(200);
  expect((await teacher.inRoom("PUT", hidden, "send/m.room.message/4", message)).status).toBe(403);
});

test("a teacher who leaves the class is demoted and removed, a new pupil comes in, the title follows", async () => {
  server.directory.unenroll(small.class7a, small.teacher);
  server.directory.enroll(small.class7a, small.colleague, "teacher");
  server.directory.renameClass(small.class7a, "8a");
  const added = server.directory.addPerson({
    username: "neu",
    givenName: "Şule",
    familyName: "Neu",
    roles: [{ org: SCHOOL, role: "student" }],
  });
  server.directory.enroll(small.class7a, added.sourcedId, "student");
  await syncNow();
  const expected = [small.colleague, small.pupil, small.classmate, added.sourcedId].map(userOf);
  for (const room of [await channel(), await anchor()]) {
    expect(await joined(room)).toEqual([provisioner(), ...expected].sort());
    expect((await levels(room)).users).toEqual({ [provisioner()]: 150, [userOf(small.colleague)]: 100 });
    expect(await rooms.state(room, "m.room.name")).toEqual({ name: "8a" });
  }
});

test("whoever leaves the directory is locked and out of every room, and comes back whole", async () => {
  server.directory.removePerson(small.classmate);
  await syncNow();
  expect(await accounts().find(userOf(small.classmate))).toMatchObject({ locked: true });
  expect(await joined(await channel())).not.toContain(userOf(small.classmate));
  server.directory.restorePerson(small.classmate);
  server.directory.enroll(small.class7a, small.classmate, "student");
  await syncNow();
  expect(await accounts().find(userOf(small.classmate))).toMatchObject({ locked: false });
  expect(await joined(await channel())).toContain(userOf(small.classmate));
});

test("a login that another account has already is shown, and never overwritten", async () => {
  const other = matrixUserId("u-somebody", system.serverName);
  const person = server.directory.addPerson({
    username: "doppelt",
    givenName: "Dora",
    familyName: "Doppelt",
    roles: [{ org: SCHOOL, role: "guardian" }],
  });
  await accounts().put(other, { displayName: "Somebody", subject: person.sourcedId });
  await syncNow();
  const row = await system.database.db.person.findUniqueOrThrow({ where: { id: person.sourcedId } });
  expect(row).toMatchObject({ accountState: "conflict", accountProblem: "subjectTaken" });
  expect(await accounts().find(other)).toMatchObject({ subjects: [person.sourcedId] });
});

test("a closed cell withdraws the pending invitation and leaves those who joined", async () => {
  const { db } = system.database;
  const teacher = await system.signIn(`u-${small.teacher}`, "Jörg Kühn");
  const pupil = await system.signIn(`u-${small.pupil}`, "Mia Klein");
  const classmate = await system.signIn(`u-${small.classmate}`, "Emre Öztürk");
  const room = roomId(await teacher.openRoom(directChat(pupil.userId)));
  expect((await teacher.invite(room, classmate.userId)).status).toBe(200);
  expect((await pupil.join(room)).status).toBe(200);
  // whatever the reason for which a pupil may no longer be contacted: here the account is locked in the directory
  await db.person.update({ where: { id: small.classmate }, data: { enabled: false } });
  await db.$transaction((tx) => jobs.send(tx, "withdraw-invitations", { schoolId: SCHOOL, version: 1 }, SCHOOL));
  await allDone();
  expect(await joined(room)).toEqual([provisioner(), teacher.userId, pupil.userId].sort());
  expect((await rooms.members(room))?.find(({ userId }) => userId === classmate.userId)?.membership).toBe("leave");
  const entries = await db.auditEntry.findMany({ where: { scope: SCHOOL, type: "invitationsWithdrawn" } });
  expect(entries).toHaveLength(1);
});

test("a sync of a broken directory fails with a code and an id, and Synapse is untouched", async () => {
  const before = await joined(await channel());
  server.setFailure("html");
  await syncNow();
  server.setFailure("none");
  const state = await system.database.db.serviceState.findUniqueOrThrow({ where: { name: "oneroster" } });
  expect(state).toMatchObject({ reachable: false, detail: "notOneRoster" });
  expect(await joined(await channel())).toEqual(before);
});

test("a worker that is killed in the middle loses nothing and doubles nothing", async () => {
  const group = server.directory.addClass(SCHOOL, "9c");
  const members = [small.teacher, small.colleague, small.pupil, small.guardian, small.manager];
  for (const id of members) server.directory.enroll(group.sourcedId, id, "student");
  const { db } = system.database;
  await db.$transaction((tx) => jobs.send(tx, "directory-sync", { full: true, requestedBy: null }, SYNC_KEY));
  const alias = `${SCHOOL}--${group.sourcedId}--chat`;
  await vi.waitFor(async () => {
    expect((await db.managedRoom.findUnique({ where: { alias } }))?.roomId).toBeTruthy();
  }, WAIT);
  const pid = worker.pid();
  if (pid !== undefined) process.kill(pid, "SIGKILL");
  await allDone(); // startChild starts it again
  const room = await findRoom(alias);
  expect(await joined(room)).toEqual([provisioner(), ...members.map(userOf)].sort());
  const resolved = await rooms.resolveAlias(`#${alias}:${system.serverName}`);
  expect(resolved).toBe(room);
});
