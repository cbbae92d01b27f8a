// Guarantee: what messages and LDAP say stands in a real Synapse: a RabbitMQ, an OpenLDAP and a worker as operators run it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { startChild, type RunningChild } from "#demo/children.ts";
import { DEMO_SERVICE_ID } from "#demo/data/records.ts";
import { startOneRosterServer, type OneRosterServer } from "#demo/oneroster-server.ts";
import { makeEvidenceKey, makeSecret } from "#demo/secrets.ts";
import { PROVISIONER_LOCALPART, roomId, type RoomId } from "#lib/ids/ids.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseRooms, type RoomsApi } from "#lib/matrix/rooms.ts";
import { READER_DN, READER_PASSWORD, startOpenLdap, SUFFIX, type TestLdap } from "#test/openldap.ts";
import { startRabbit, type TestRabbit } from "#test/rabbitmq.ts";
import { buildSmallDirectory, SCHOOL, type SmallDirectory } from "#test/small-directory.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WAIT = { timeout: 45_000, interval: 100 };
const QUEUE = "matrix_sync_populated";

let system: TestSystem;
let server: OneRosterServer;
let rabbit: TestRabbit;
let ldap: TestLdap;
let worker: RunningChild;
let rooms: RoomsApi;
let small: SmallDirectory;
let folder: string;

beforeAll(async () => {
  small = buildSmallDirectory();
  [system, rabbit, ldap] = await Promise.all([startTestSystem({ defences: "on" }), startRabbit(), startOpenLdap()]);
  const clientSecret = makeSecret();
  server = await startOneRosterServer({ port: 0, directory: small.directory, clientId: "console", clientSecret });
  rooms = synapseRooms(connectMatrix({ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken }));
  folder = await mkdtemp(join(tmpdir(), "schulchat-intake-"));
  await writeFile(join(folder, "ca.pem"), ldap.ca);
  await ldap.apply(ldapEntries());
  await system.database.db.school.create({ data: { id: SCHOOL, name: "", stateEnabled: true, schoolEnabled: true } });
  const people = { base: `ou=people,${SUFFIX}`, match: "directoryId" };
  const groups = [{ school: SCHOOL, group: "chor", title: "Chor", base: SUFFIX, filter: "(cn=chor)" }];
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
      AMQP_URL: rabbit.url,
      AMQP_QUEUES: JSON.stringify([{ queue: QUEUE, school: SCHOOL }]),
      LDAP_URL: ldap.url,
      LDAP_CA_FILE: join(folder, "ca.pem"),
      LDAP_BIND_DN: READER_DN,
      LDAP_BIND_PASSWORD: READER_PASSWORD,
      LDAP_PEOPLE: JSON.stringify(people),
      LDAP_GROUPS: JSON.stringify(groups),
    },
  });
}, 240_000);
afterAll(async () => {
  await worker.stop();
  await server.stop();
  await Promise.all([rabbit.stop(), ldap.stop(), system.stop()]);
  await rm(folder, { recursive: true, force: true });
});

function ldapEntries(): string {
  const person = (uid: string) =>
    `dn: uid=${uid},ou=people,${SUFFIX}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: Test\n`;
  const members = [small.pupil, small.colleague];
  return [
    `dn: ou=people,${SUFFIX}\nobjectClass: organizationalUnit\nou: people\n`,
    ...members.map(person),
    `dn: cn=chor,${SUFFIX}\nobjectClass: groupOfNames\ncn: chor\n${members.map((uid) => `member: uid=${uid},ou=people,${SUFFIX}\n`).join("")}`,
  ].join("\n");
}

const user = (localpart: string) => `@${localpart}:${system.serverName}`;
const sso = (key: string) => user(`sso_${key}`);
const provisioner = () => user(PROVISIONER_LOCALPART);
const course = (more: object = {}) => ({ type: "course", id: "5f2a", name: "Mathe", description: "Kurs 7", ...more });

async function publish(message: object): Promise<void> {
  const connection = await rabbit.connect();
  const channel = await connection.createConfirmChannel();
  channel.sendToQueue(QUEUE, Buffer.from(JSON.stringify(message)), { persistent: true, priority: 2 });
  await channel.waitForConfirms();
  await connection.close();
}

const levelsSchema = z.object({ users: z.record(z.string(), z.number()), events_default: z.number() });

/** Who is in, who has which level, and what one needs to write. */
async function look(room: RoomId) {
  const members = (await rooms.members(room)) ?? [];
  const joined = members.flatMap(({ userId, membership }) => (membership === "join" ? [userId] : [])).sort();
  return { joined, ...levelsSchema.parse(await rooms.state(room, "m.room.power_levels")) };
}

async function findRoom(alias: string): Promise<RoomId> {
  const room = await system.database.db.managedRoom.findUniqueOrThrow({ where: { alias } });
  return roomId(room.roomId ?? "");
}
const courseAlias = `${SCHOOL}--course_5f2a`;

test("a message makes one room at its alias, one-way, moderated only by staff; a guest of messages is in it", async () => {
  await vi.waitFor(async () => {
    const state = await system.database.db.serviceState.findMany({ where: { name: { in: ["amqp", "oneroster"] } } });
    expect(state.map(({ name, detail }) => `${name} ${detail}`).sort()).toEqual(["amqp ", "oneroster "]);
  }, WAIT);
  await publish({ method: "addUser", user: { id: sso("gast"), name: "Gast Person" }, rooms: [] });
  await publish({
    method: "addRoom",
    room: course(),
    members: [
      { id: sso(small.teacher), is_moderator: true },
      { id: sso(small.pupil), is_moderator: true },
      { id: sso("gast"), is_moderator: true },
    ],
  });
  await vi.waitFor(async () => {
    const room = await findRoom(courseAlias);
    expect(await look(room)).toEqual({
      joined: [provisioner(), user("sso_gast"), user(`u-${small.pupil}`), user(`u-${small.teacher}`)].sort(),
      users: { [provisioner()]: 150, [user(`u-${small.teacher}`)]: 100 },
      events_default: 50,
    });
    expect(await rooms.resolveAlias(`#${courseAlias}:${system.serverName}`)).toBe(room);
  }, WAIT);
  expect(await rooms.resolveAlias(`#${courseAlias}--chat:${system.serverName}`)).toBeNull();
});

test("the next list lowers, removes and opens the room for everybody; addUser raises again", async () => {
  const room = await findRoom(courseAlias);
  const members = [{ id: sso(small.teacher) }, { id: sso("gast") }];
  await publish({ method: "addRoom", room: course({ bidirectional: true }), members });
  const joined = [provisioner(), user("sso_gast"), user(`u-${small.teacher}`)].sort();
  await vi.waitFor(async () => {
    expect(await look(room)).toEqual({ joined, users: { [provisioner()]: 150 }, events_default: 0 });
  }, WAIT);
  await publish({
    method: "addUser",
    user: { id: sso(small.teacher) },
    rooms: [course({ is_moderator: true })],
  });
  const users = { [provisioner()]: 150, [user(`u-${small.teacher}`)]: 100 };
  await vi.waitFor(async () => {
    expect(await look(room)).toEqual({ joined, users, events_default: 50 });
  }, WAIT);
});

test("somebody known only from messages has left with removeUser, and the bot stays", async () => {
  await publish({ method: "removeUser", user: { id: sso("gast") } });
  const room = await findRoom(courseAlias);
  await vi.waitFor(async () => {
    expect((await look(room)).joined).toEqual([provisioner(), user(`u-${small.teacher}`)].sort());
    const guest = await system.database.db.person.findUniqueOrThrow({ where: { localpart: "sso_gast" } });
    expect(guest.accountState).toBe("locked");
  }, WAIT);
});

test("a group of LDAP has its rooms like a class", async () => {
  await vi.waitFor(async () => {
    expect(await system.database.db.serviceState.findUnique({ where: { name: "ldap" } })).toMatchObject({ detail: "" });
    const joined = [provisioner(), user(`u-${small.colleague}`), user(`u-${small.pupil}`)].sort();
    for (const alias of [`${SCHOOL}--chor`, `${SCHOOL}--chor--chat`]) {
      expect((await look(await findRoom(alias))).joined).toEqual(joined);
    }
  }, WAIT);
});
