// The worker itself, with its settings as shipped, for the provisioning benchmark: what is to be done is written as a sync
// writes it, and the clock runs until all of it is recorded.
import { createServer, request as httpRequest } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startChild, type RunningChild } from "#demo/children.ts";
import { freePort } from "#demo/ports.ts";
import { makeEvidenceKey, makeSecret } from "#demo/secrets.ts";
import type { Database } from "#lib/db/client.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { queueSchool } from "#lib/provisioning/queue.ts";
import { writeInitialVersion } from "#lib/policy/versions.ts";
import { JOINS, PEOPLE, SIZE } from "./provision-size.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Nothing listens there: the benchmark writes what the directory would say. */
const NOWHERE = "http://127.0.0.1:9";
/** Rarely: on two cores every look takes from what is measured. A round lasts several seconds. */
const LOOK_MS = 100;
const LIMIT_MS = 300_000;

export type Provisioning = {
  /** Writes a round's people, as a sync writes them: reading the directory has a benchmark of its own. */
  preparePeople(name: string): Promise<void>;
  accounts(name: string): Promise<void>;
  rooms(name: string): Promise<void>;
  /** Asks for everything once more. @returns how many requests changed something at Synapse */
  secondRunWrites(): Promise<number>;
};

export type ProvisioningOptions = {
  readonly db: Database;
  readonly databaseUrl: string;
  readonly synapseUrl: string;
  readonly tokenFile: string;
  readonly folder: string;
  readonly serverName: string;
  readonly onEnd: (name: string, end: () => Promise<void>) => void;
};

export async function ourProvisioning(options: ProvisioningOptions): Promise<Provisioning> {
  const { db, databaseUrl, synapseUrl, onEnd } = options;
  const jobs = new JobSender(databaseUrl);
  onEnd("job sender", () => jobs.stop());
  let worker = await startWorker(options, synapseUrl);
  onEnd("worker", () => worker.stop());
  await until(async () => (await db.serviceState.findUnique({ where: { name: "synapse" } }))?.reachable === true);
  const schoolOf = (name: string) => `BENCH-${name}`;
  const personOf = (name: string, index: number | "") => `${name}-${String(index)}`;
  const provision = async (schoolId: string) =>
    await db.$transaction((tx) => queueSchool(tx, jobs, { schoolId, personIds: [], groupIds: [] }), {
      timeout: 60_000,
    });

  async function writePeople(name: string): Promise<void> {
    const school = schoolOf(name);
    await db.$transaction(async (tx) => {
      const on = { serviceEnabled: true, stateEnabled: true, schoolEnabled: true, staffroomEnabled: false };
      await tx.school.create({ data: { id: school, name: school, ...on } });
      await writeInitialVersion(tx, school);
      const ids = Array.from({ length: PEOPLE }, (_, index) => personOf(name, index));
      await tx.person.createMany({
        data: ids.map((id) => ({
          ...{ id, source: "oneroster" as const, familyName: "Bench", givenName: id, displayName: `Bench ${id}` },
          ...{ subject: id, localpart: `u-${id}` },
        })),
      });
      await tx.affiliation.createMany({
        data: ids.map((personId, index) => ({
          ...{ personId, schoolId: school },
          since: new Date(0),
          role: isTeacher(index) ? ("teacher" as const) : ("student" as const),
        })),
      });
    });
  }

  async function writeClasses(name: string): Promise<void> {
    const size = SIZE.pupils + 1;
    for (let number = 0; number < SIZE.classes; number += 1) {
      const id = `${name}-k${String(number)}`;
      const members = Array.from({ length: size }, (_, n) => {
        const personId = personOf(name, number * size + n);
        return { personId, role: n === 0 ? "teacher" : "student", enrollmentId: `${id}-${personId}` };
      });
      await db.group.create({
        data: { id, schoolId: schoolOf(name), title: id, kind: "homeroom", members: { create: members } },
      });
    }
  }

  return {
    preparePeople: writePeople,
    async accounts(name) {
      await provision(schoolOf(name));
      const where = { accountState: { not: "active" as const }, id: { startsWith: personOf(name, "") } };
      await until(async () => (await db.person.findFirst({ where, select: { id: true } })) === null);
    },
    async rooms(name) {
      await writeClasses(name);
      await provision(schoolOf(name));
      const where = { room: { schoolId: schoolOf(name) } };
      await until(async () => (await db.managedRoomMember.count({ where })) === JOINS);
    },
    async secondRunWrites() {
      await worker.stop();
      const counting = await startCountingProxy(synapseUrl);
      onEnd("counting proxy", counting.stop);
      await db.serviceState.deleteMany({ where: { name: "synapse" } });
      worker = await startWorker(options, counting.url);
      await until(async () => (await db.serviceState.findUnique({ where: { name: "synapse" } }))?.reachable === true);
      const before = counting.writes();
      for (const { id } of await db.school.findMany()) {
        await db.$transaction((tx) => jobs.send(tx, "provision-school", { schoolId: id }, id));
      }
      await until(async () => {
        const rows: unknown[] = await db.$queryRaw`
          SELECT 1 AS open FROM pgboss.job WHERE state < 'completed' AND name LIKE 'provision-%' LIMIT 1`;
        return rows.length === 0;
      });
      return counting.writes() - before;
    },
  };
}

const isTeacher = (index: number): boolean =>
  index < SIZE.classes * (SIZE.pupils + 1) && index % (SIZE.pupils + 1) === 0;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error("the worker does not come to an end");
    await delay(LOOK_MS);
  }
}

async function startWorker(options: ProvisioningOptions, synapseUrl: string): Promise<RunningChild> {
  return await startChild({
    name: "worker",
    args: ["bin/worker.ts"],
    cwd: ROOT,
    logFile: join(options.folder, "worker.log"),
    onDeath: (message) => console.error(message),
    environment: {
      NODE_ENV: "production",
      LOG_LEVEL: "error",
      DATABASE_URL: options.databaseUrl,
      SYNAPSE_SERVER_NAME: options.serverName,
      SYNAPSE_URL: synapseUrl,
      SYNAPSE_TOKEN_FILE: options.tokenFile,
      EVIDENCE_KEYS: makeEvidenceKey(),
      ONEROSTER_URL: NOWHERE,
      ONEROSTER_TOKEN_URL: NOWHERE,
      ONEROSTER_CLIENT_ID: "bench",
      ONEROSTER_CLIENT_SECRET: makeSecret(),
      ONEROSTER_SERVICE_ID: "school-chat",
    },
  });
}

/** Counts what changes something. */
async function startCountingProxy(targetUrl: string) {
  const { hostname, port: targetPort } = new URL(targetUrl);
  let writes = 0;
  const server = createServer((incoming, outgoing) => {
    if (incoming.method !== "GET") writes += 1;
    const { method, url: path, headers } = incoming;
    const upstream = httpRequest({ hostname, port: targetPort, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, outgoing).catch(() => outgoing.destroy());
    });
    upstream.on("error", () => outgoing.destroy());
    pipeline(incoming, upstream).catch(() => upstream.destroy());
  });
  const port = await freePort();
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${String(port)}`,
    writes: () => writes,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}
