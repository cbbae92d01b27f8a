// The gate is away, slow, or makes no sense: whatever could create a contact is refused within the time that a person
// waits, with a text that the module itself holds, and what creates none goes on.
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { withClient } from "#demo/postgres.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { TRY_AGAIN } from "#lib/gate/refusals.ts";
import { startGate } from "#lib/gate/server.ts";
import { openChatSchool, type ChatSchool } from "../chat-school.ts";
import { captureLog } from "../log-lines.ts";
import { directChat, type MatrixAnswer } from "../matrix-session.ts";
import { groupChat, SCHOOL_MARKER } from "../published-client.ts";
import { ownRoom, succeed } from "../rooms.ts";
import { openTestReports, startTestSystem, type TestSystem } from "../system.ts";

/** The module waits 1 s for the gate; a slow gate of these tests would answer after five. */
const REFUSED_WITHIN_MS = 4_500;
/** The module's own text, with the id of its line in Synapse's log. */
const SAYS_TRY_AGAIN: unknown = expect.stringMatching(
  new RegExp(`^${TRY_AGAIN.error.replaceAll(".", String.raw`\.`)} \\([2-9A-Z]{10}\\)$`),
);
const TRY_AGAIN_WITH_ID = { errcode: TRY_AGAIN.errcode, error: SAYS_TRY_AGAIN };

let system: TestSystem;
let people: ChatSchool["people"];
/** A teacher's room with a pupil who is in it and one who is invited, from before the fault. */
let room: string;
beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  ({ people } = await openChatSchool(system));
  room = await ownRoom(system, people.teacher, { members: [people.pupila], invited: [people.pupilb] });
});
afterAll(async () => {
  await system.stop();
});

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Takes the gate's place until the test ends. */
async function instead(listener: RequestListener): Promise<void> {
  await system.stopGate();
  undo.push(() => system.startGate());
  const server = createServer(listener);
  await listening(server);
  undo.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
}

async function listening(server: Server): Promise<void> {
  server.listen(Number(new URL(system.gateUrl).port), "127.0.0.1");
  await once(server, "listening");
}

async function timed(request: () => Promise<MatrixAnswer>): Promise<MatrixAnswer> {
  const startedAt = performance.now();
  const answer = await request();
  expect(performance.now() - startedAt).toBeLessThan(REFUSED_WITHIN_MS);
  return answer;
}

const requests: readonly [string, () => Promise<MatrixAnswer>][] = [
  ["an empty room", () => people.teacher.createRoom(groupChat())],
  ["a direct chat", () => people.teacher.createRoom(directChat(people.colleague.userId))],
  ["an invitation", () => people.teacher.invite(room, people.colleague.userId)],
  ["join rules", () => people.teacher.setState(room, "m.room.join_rules", { join_rule: "restricted", allow: [] })],
  ["power levels", () => people.teacher.setState(room, "m.room.power_levels", { users: {} })],
  ["a school marker", () => people.teacher.setState(room, SCHOOL_MARKER, { name: "DE-RP-SN-10001" })],
];

async function expectNothingNewIsAllowed(): Promise<void> {
  for (const [what, request] of requests) {
    const { status, errcode, error } = await timed(request);
    expect({ what, status, errcode, error }).toEqual({ what, status: 403, ...TRY_AGAIN_WITH_ID });
  }
  // with any other code the published client would drop the invitation
  const join = await timed(() => people.pupilb.join(room));
  expect(join).toMatchObject({ status: 403, errcode: "M_FORBIDDEN", error: TRY_AGAIN_WITH_ID.error });
  expect(await people.colleague.rooms("invite")).toEqual([]);
  expect(await people.pupilb.rooms("invite")).toContain(room);
}

test("the gate is down", async () => {
  await system.stopGate();
  undo.push(() => system.startGate());
  await expectNothingNewIsAllowed();
});

test("the gate answers only after five seconds", async () => {
  const timers = new Set<NodeJS.Timeout>();
  await instead((_request, response) => {
    timers.add(setTimeout(() => response.end("{}"), 5_000));
  });
  undo.push(async () => {
    for (const timer of timers) clearTimeout(timer);
  });
  await expectNothingNewIsAllowed();
});

test("the gate begins an answer and never ends it", async () => {
  await instead((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "2" }).write("{");
  });
  await expectNothingNewIsAllowed();
});

describe("an answer that the protocol does not know allows nothing", () => {
  test.each([
    ["200 with something else", 200, '{"allowed":true}'],
    ["200 with a list", 200, "[]"],
    ["200 with nothing", 200, ""],
    ["200 with HTML", 200, "<html>login</html>"],
    ["204", 204, ""],
    ["301", 301, "{}"],
    ["500", 500, "{}"],
    ["403 without a text", 403, '{"errcode":"M_FORBIDDEN"}'],
  ])("%s", async (_what, status, body) => {
    await instead((request, response) => {
      request.resume();
      response.writeHead(status, { "Content-Type": "application/json" }).end(body);
    });
    const answer = await timed(() => people.teacher.invite(room, people.colleague.userId));
    expect(answer).toMatchObject({ status: 403, ...TRY_AGAIN_WITH_ID });
  });
});

test("the gate knows another secret", async () => {
  await system.stopGate();
  undo.push(() => system.startGate());
  const pool = openGatePool(system.database.url, 1);
  const { serverName, gateUrl, synapseUrl } = system;
  const port = Number(new URL(gateUrl).port);
  const reports = await openTestReports(system.database.url);
  const other = await startGate({
    ...{ host: "127.0.0.1", port, serverName, synapseUrl, pool, clientPool: pool },
    reports: reports.intake,
    secret: "another-secret-than-the-module-has",
  });
  undo.push(async () => {
    await other.stop();
    await reports.stop();
    await pool.end();
  });
  const answer = await people.teacher.invite(room, people.colleague.userId);
  expect(answer).toMatchObject({ status: 403, ...TRY_AGAIN_WITH_ID });
});

test("messages, names and leaving need no gate", async () => {
  await system.stopGate();
  undo.push(() => system.startGate());
  const path = `send/m.room.message/${crypto.randomUUID()}`;
  await succeed(people.pupila.inRoom("PUT", room, path, { msgtype: "m.text", body: "Guten Morgen" }));
  await succeed(people.teacher.setState(room, "m.room.topic", { topic: "Wandertag" }));
  await succeed(people.pupila.inRoom("POST", room, "leave", {}));
});

test("the database is away while the gate answers: refused with an id that stands in the log, and allowed once it is back", async () => {
  const name = new URL(system.database.url).pathname.slice(1);
  const server = new URL(system.database.url);
  server.pathname = "/postgres";
  const admin = (sql: string) => withClient(server.toString(), (client) => client.query(sql));
  const log = captureLog();
  undo.push(async () => log.stop());
  await admin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  undo.push(async () => {
    await admin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  });
  await admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = '${name}' AND application_name = 'schulchat-gate'`);

  const answer = await timed(() => people.teacher.invite(room, people.colleague.userId));
  expect(answer).toMatchObject({ status: 403, errcode: TRY_AGAIN.errcode });
  const [, id = "no id"] = /^(?:.*) \((?<id>[0-9A-Z]{10})\)$/.exec(answer.error ?? "") ?? [];
  expect(answer.error).toBe(`${TRY_AGAIN.error} (${id})`);
  expect(log.linesWith(id)).not.toEqual([]);
  const join = await timed(() => people.pupilb.join(room));
  expect(join).toMatchObject({ status: 403, errcode: "M_FORBIDDEN" });
  expect(await people.colleague.rooms("invite")).toEqual([]);

  await admin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  await succeed(people.pupilb.join(room));
});
