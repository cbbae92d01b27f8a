// The gate as a process of its own, given what no honest module sends, and a database that goes away: every answer is a
// refusal with an id, and the id is in the gate's log.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { freePort } from "#demo/ports.ts";
import { makeEvidenceKey, makeSecret } from "#demo/secrets.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { CONTACT_REFUSED, TRY_AGAIN } from "./refusals.ts";

const GATE = fileURLToPath(new URL("../../bin/gate.ts", import.meta.url));
const START_TIMEOUT_MS = 20_000;
const WAIT_STEP_MS = 20;
/** The module gives up after a second; the gate must have answered by then. */
const PATIENCE_MS = 1_000;

type Gate = {
  readonly url: string;
  readonly secret: string;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
};

async function until(isDone: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!isDone()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
  }
}

async function startGateProcess(databaseUrl: string): Promise<Gate> {
  const [port, secret] = [await freePort(), makeSecret()];
  const spool = await mkdtemp(join(tmpdir(), "schulchat-spool-"));
  let output = "";
  const child: ChildProcess = spawn(process.execPath, [GATE], {
    env: {
      ...process.env,
      LOG_LEVEL: "info",
      DATABASE_URL: databaseUrl,
      GATE_PORT: String(port),
      GATE_SECRET: secret,
      SYNAPSE_SERVER_NAME: "localhost",
      SYNAPSE_URL: "http://127.0.0.1:9",
      GATE_POOL_SIZE: "2",
      EVIDENCE_KEYS: makeEvidenceKey(),
      REPORT_SPOOL_DIR: spool,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const collect = (chunk: Buffer) => void (output += chunk.toString("utf8"));
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  const exited = new Promise<void>((resolve) =>
    child.once("exit", () => {
      resolve();
    }),
  );
  await until(() => output.includes("gate listens"), "gate");
  return {
    url: `http://127.0.0.1:${String(port)}`,
    secret,
    log: () => output,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      await rm(spool, { recursive: true, force: true });
    },
  };
}

let database: TestDatabase;
let gate: Gate;
beforeAll(async () => {
  database = await startTestDatabase();
  await addSchool(database.db, "A");
  await addPerson(database.db, { id: "teacher", roles: { A: ["teacher"] } });
  await addPerson(database.db, { id: "pupil", roles: { A: ["student"] } });
  gate = await startGateProcess(database.url);
});
afterAll(async () => {
  await gate.stop();
  await database.stop();
});

const refusalSchema = z.object({ errcode: z.string(), error: z.string() });
type Answer = { readonly status: number; readonly body: unknown; readonly elapsedMs: number };

async function post(
  path: string,
  body: string,
  options: { bearer?: string | null; to?: Gate; method?: string } = {},
): Promise<Answer> {
  const to = options.to ?? gate;
  const bearer = options.bearer === undefined ? `Bearer ${to.secret}` : options.bearer;
  const started = performance.now();
  const response = await fetch(`${to.url}${path}`, {
    method: options.method ?? "POST",
    headers: { "content-type": "application/json", ...(bearer === null ? {} : { authorization: bearer }) },
    ...(options.method === "GET" ? {} : { body }),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: await response.json(), elapsedMs: performance.now() - started };
}

const invitation = {
  inviter: "@u-teacher:localhost",
  invitee: "@u-pupil:localhost",
  room_id: "!room:localhost",
  creator: "@u-teacher:localhost",
  marker: null,
};
const ask = (question: object = invitation, to = gate) => post("/gate/v1/invite", JSON.stringify(question), { to });

/** The id that stands in the text of a refusal. */
function idIn(answer: Answer): string {
  const { error } = refusalSchema.parse(answer.body);
  const found = /\(([2-9A-Z]{10})\)$/.exec(error)?.[1];
  if (found === undefined) throw new Error(`no id in: ${error}`);
  return found;
}
async function expectLogged(answer: Answer, from = gate): Promise<void> {
  const id = idIn(answer);
  await until(() => from.log().includes(id), `${id} in the log`);
}

describe("what is no question gets a refusal with an id that is in the log", () => {
  test.each<[string, string]>([
    ["nothing", ""],
    ["half a question", JSON.stringify(invitation).slice(0, 40)],
    ["no JSON", "<html>"],
    ["not UTF-8", "\u{fffd}\u0000"],
    ["a list", "[]"],
    ["null", "null"],
    ["a missing field", JSON.stringify({ ...invitation, room_id: undefined })],
    ["a wrong type", JSON.stringify({ ...invitation, invitee: ["@u-pupil:localhost"] })],
    ["an id that is none", JSON.stringify({ ...invitation, invitee: "u-pupil" })],
    ["an id without end", JSON.stringify({ ...invitation, invitee: `@${"u".repeat(300)}:localhost` })],
    ["JSON without end", "[".repeat(100_000)],
  ])("%s", async (_, body) => {
    const answer = await post("/gate/v1/invite", body);
    expect(answer).toMatchObject({ status: 400, body: { errcode: "M_BAD_JSON" } });
    await expectLogged(answer);
  });

  test.each<[string, string | null]>([
    ["no bearer", null],
    ["an empty one", ""],
    ["a wrong one", `Bearer ${makeSecret()}`],
    ["the secret without its scheme", "Basic x"],
    ["the beginning of the secret", "Bearer x"],
  ])("%s", async (_, bearer) => {
    const answer = await post("/gate/v1/invite", JSON.stringify(invitation), { bearer });
    expect(answer).toMatchObject({ status: 401, body: { errcode: "M_UNKNOWN_TOKEN" } });
    await expectLogged(answer);
    expect(gate.log()).not.toContain(gate.secret);
  });

  test.each([
    "/gate/v1/",
    "/gate/v1/leave",
    "/gate/v1/__proto__",
    "/gate/v1/constructor",
    "/gate/v2/invite",
    "/gate/v1/invite/x",
    "/",
    "/gate/v1/invite%00",
  ])("an address that nobody serves: %s", async (path) => {
    const answer = await post(path, JSON.stringify(invitation));
    expect(answer).toMatchObject({ status: 404, body: { errcode: "M_UNRECOGNIZED" } });
    await expectLogged(answer);
  });
  test("a question by GET", async () => {
    const answer = await post("/gate/v1/invite", "", { method: "GET" });
    expect(answer.status).toBe(404);
    await expectLogged(answer);
  });

  test("a body of 10 MB, and the gate answers the next question", async () => {
    const answer = await post(
      "/gate/v1/create_room",
      JSON.stringify({ creator: "@u-teacher:localhost", request: { topic: "x".repeat(10_000_000) } }),
    );
    expect(answer).toMatchObject({ status: 413, body: { errcode: "M_TOO_LARGE" } });
    await expectLogged(answer);
    expect(await ask()).toMatchObject({ status: 200, body: {} });
  });
});

test("who sends half a question and then nothing is cut off", async () => {
  const started = performance.now();
  const socket = connect(Number(new URL(gate.url).port), "127.0.0.1");
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      resolve();
    });
  });
  socket.resume();
  socket.write(
    `POST /gate/v1/invite HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gate.secret}\r\nContent-Length: 100\r\n\r\n{`,
  );
  await closed;
  expect(performance.now() - started).toBeLessThan(5_000);
});

test("unknown ids are answered exactly like forbidden ones, without an id that would tell them apart", async () => {
  const [forbidden, unknown, stranger] = await Promise.all([
    ask({ ...invitation, inviter: "@u-pupil:localhost", invitee: "@u-teacher:localhost" }),
    ask({ ...invitation, invitee: "@u-nobody:localhost" }),
    ask({ ...invitation, invitee: "@u-pupil:elsewhere" }),
  ]);
  for (const answer of [forbidden, unknown, stranger])
    expect(answer).toMatchObject({ status: 403, body: CONTACT_REFUSED });
});

test("questions follow each other on one connection, also after a refusal and a body that was no question", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<number | undefined>();
  const bodies = [
    JSON.stringify(invitation),
    "{",
    JSON.stringify({ ...invitation, invitee: "@u-nobody:localhost" }),
    "x".repeat(500_000),
    JSON.stringify(invitation),
  ];
  const statuses: (number | undefined)[] = [];
  try {
    for (const body of bodies) {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const asked = httpRequest(
          `${gate.url}/gate/v1/invite`,
          {
            agent,
            method: "POST",
            headers: { authorization: `Bearer ${gate.secret}`, "content-length": Buffer.byteLength(body) },
          },
          (response) => {
            sockets.add(response.socket.localPort);
            response.resume().once("end", () => {
              resolve(response.statusCode);
            });
          },
        );
        asked.once("error", reject);
        asked.end(body);
      });
      statuses.push(status);
    }
  } finally {
    agent.destroy();
  }
  expect(statuses).toEqual([200, 400, 403, 413, 200]);
  expect(sockets.size).toBe(1);
});

describe("with the database away it refuses within a second, with an id, and recovers by itself", () => {
  test.each(["invite", "join", "create_room", "power_levels", "school_marker"])(
    "%s, while a lock holds the answer back",
    async (name) => {
      const content = { users: { "@idm_provisioning_bot:localhost": 150, "@u-teacher:localhost": 100 } };
      const questions: Record<string, object> = {
        invite: invitation,
        join: { ...invitation, user: invitation.invitee },
        create_room: { creator: invitation.inviter, request: {} },
        power_levels: { ...invitation, sender: invitation.inviter, content, current: null },
        school_marker: { ...invitation, sender: invitation.inviter, school: "A" },
      };
      const body = JSON.stringify(questions[name]);
      expect((await post(`/gate/v1/${name}`, body)).status).toBe(200);
      const blocker = new pg.Client({ connectionString: database.url });
      await blocker.connect();
      let answer: Answer;
      try {
        await blocker.query("BEGIN; LOCK TABLE person IN ACCESS EXCLUSIVE MODE");
        answer = await post(`/gate/v1/${name}`, body);
      } finally {
        await blocker.end();
      }
      expect(answer.status).toBe(403);
      expect(refusalSchema.parse(answer.body).errcode).toBe(name === "join" ? "M_FORBIDDEN" : TRY_AGAIN.errcode);
      expect(refusalSchema.parse(answer.body).error).toContain(TRY_AGAIN.error);
      expect(answer.elapsedMs).toBeLessThan(PATIENCE_MS);
      await expectLogged(answer);
      expect((await post(`/gate/v1/${name}`, body)).status).toBe(200);
    },
  );

  test("its connections cut while it answers, and then not to be had at all", async () => {
    const own = await startTestDatabase();
    await addSchool(own.db, "A");
    await addPerson(own.db, { id: "teacher", roles: { A: ["teacher"] } });
    await addPerson(own.db, { id: "pupil", roles: { A: ["student"] } });
    const away = await startGateProcess(own.url);
    const name = new URL(own.url).pathname.slice(1);
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    try {
      expect((await ask(invitation, away)).status).toBe(200);
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
      for (let i = 0; i < 3; i += 1) {
        const answer = await ask(invitation, away);
        expect(answer).toMatchObject({ status: 403, body: { errcode: TRY_AGAIN.errcode } });
        expect(answer.elapsedMs).toBeLessThan(PATIENCE_MS);
        await expectLogged(answer, away);
      }
      const health = await post("/healthz", "", { to: away, method: "GET" });
      expect(health.status).toBe(503);
      await expectLogged(health, away);
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      expect((await ask(invitation, away)).status).toBe(200);
    } finally {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await admin.end();
      await away.stop();
      await own.stop();
    }
  });

  test("a database that was never there", async () => {
    const away = await startGateProcess("postgresql://nobody:nothing@127.0.0.1:1/none");
    try {
      const answer = await ask(invitation, away);
      expect(answer).toMatchObject({ status: 403, body: { errcode: TRY_AGAIN.errcode } });
      expect(answer.elapsedMs).toBeLessThan(PATIENCE_MS);
      await expectLogged(answer, away);
    } finally {
      await away.stop();
    }
  });
});

test("refusals are counted by question and day, without any person", async () => {
  const own = await startGateProcess(database.url);
  const counted = async () =>
    (await database.db.gateRefusalCount.findMany({ where: { question: "invite" } })).reduce(
      (sum, { count }) => sum + count,
      0,
    );
  const before = await counted();
  for (let i = 0; i < 3; i += 1) await ask({ ...invitation, invitee: "@u-nobody:localhost" }, own);
  await own.stop();
  expect((await counted()) - before).toBeGreaterThanOrEqual(3);
});
