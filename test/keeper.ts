// The provisioner's jobs on a test's Synapse, worked off in this process one after the other: what is queued is done
// when `work` returns, so that a test sees the state between two jobs, and a failing job fails the test.
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { openDatabase, type Database, type Transaction } from "#lib/db/client.ts";
import { matrixUserId, roomId, type MatrixUserId, type RoomId } from "#lib/ids/ids.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { queues, type JobData, type QueueName } from "#lib/jobs/queues.ts";
import { synapseAccounts } from "#lib/matrix/accounts.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseRoomKeeping } from "#lib/matrix/room-keeping.ts";
import { synapseRooms } from "#lib/matrix/rooms.ts";
import { queueAccountVerification, verifyAccounts } from "#lib/provisioning/account-verification.ts";
import { provisionAccounts, type AccountDependencies } from "#lib/provisioning/accounts.ts";
import { followProvisioningCalendar } from "#lib/provisioning/calendar.ts";
import { settleDepartures } from "#lib/provisioning/departures.ts";
import { freezeRoom } from "#lib/provisioning/freeze.ts";
import { queueSchool } from "#lib/provisioning/queue.ts";
import { provisionRoom } from "#lib/provisioning/rooms.ts";
import type { TestSystem } from "./system.ts";

export const POLL_VOTE = "org.example.vote";
const ROUND_MS = 50;
const LIMIT_MS = 60_000;
/** Of a test. */
const MOST_ACCOUNTS = 1_000;
/** Before a job that has failed is tried again; its queue waits longer. */
const RETRY_MS = 150;
const jobRow = z.object({
  name: z.string(),
  data: z.unknown(),
  priority: z.number(),
  singleton_key: z.string(),
});
type Job = z.infer<typeof jobRow>;
const isAccountJob = ({ name }: Job): boolean => name === "provision-account";
const levelsSchema = z.looseObject({
  users: z.record(z.string(), z.number()).default({}),
  events: z.record(z.string(), z.number()).default({}),
  events_default: z.number().default(0),
});

/** Throws what its job fails with. */
export async function provisionOne(tools: AccountDependencies, personId: string): Promise<void> {
  for (const failure of (await provisionAccounts(tools, [personId])).values()) throw failure;
}

export type Keeper = ReturnType<typeof openKeeper>;

export type KeeperOptions = {
  /** Of Synapse, or of something before it. */
  readonly baseUrl?: string;
  readonly callTimeoutMs?: number;
  /** Of the database as the jobs reach it; the test itself looks at it directly. */
  readonly databaseUrl?: string;
  /** How often a job may fail before the test does, as its queue allows it. */
  readonly retries?: number;
};

export function openKeeper(system: TestSystem, options: KeeperOptions = {}) {
  const { baseUrl = system.synapseUrl, callTimeoutMs = 20_000, databaseUrl, retries = 0 } = options;
  const { db: direct, url } = system.database;
  const db = databaseUrl === undefined ? direct : openDatabase(databaseUrl);
  const { serverName } = system;
  const jobs = new JobSender(url);
  const connection = connectMatrix({ baseUrl, accessToken: system.provisioner.accessToken, callTimeoutMs });
  const accounts = synapseAccounts(connection, "oidc-school");
  const rooms = synapseRooms(connection);
  const keeping = synapseRoomKeeping(connection);
  const signal = new AbortController().signal;
  const clock = { ms: 0 };
  const now = (): Date => new Date(Date.now() + clock.ms);
  /** Rooms whose integrity was asked to be looked at. */
  const repaired: string[] = [];
  const tools = { db, jobs, accounts, rooms, keeping, serverName, now, settings: { pollVoteType: POLL_VOTE } };

  const handlers: Partial<{ [Name in QueueName]: (data: JobData<Name>) => Promise<void> }> = {
    "provision-school": async ({ schoolId }) => {
      await db.$transaction((tx) => queueSchool(tx, jobs, { schoolId, personIds: [], groupIds: [] }, now()));
    },
    "provision-account": ({ personId }) => provisionOne(tools, personId),
    "verify-accounts": ({ personIds }) => verifyAccounts(tools, personIds, signal),
    "provision-room": ({ alias }) => provisionRoom(tools, alias, signal),
    "leave-rooms": ({ personId }) => {
      const repairRooms = (_tx: Transaction, ids: readonly string[]) => Promise.resolve(repaired.push(...ids));
      return settleDepartures({ ...tools, repairRooms }, personId, signal);
    },
    "freeze-room": ({ roomId: id }) => freezeRoom(tools, id, signal),
  };

  async function run(name: string, data: unknown): Promise<void> {
    const handler = Object.entries(handlers).find(([known]) => known === name)?.[1] as
      ((data: unknown) => Promise<void>) | undefined;
    const queue = Object.entries(queues).find(([known]) => known === name)?.[1];
    if (handler !== undefined) await handler(queue?.data.parse(data));
  }

  /** Works off everything that is queued, and what that queues. @returns how many jobs */
  async function work(): Promise<number> {
    const deadline = Date.now() + LIMIT_MS;
    const failures = new Map<string, number>();
    for (let done = 0; ;) {
      const rows: unknown = await direct.$queryRaw`
        DELETE FROM pgboss.job WHERE state < 'active' AND name = ANY(${Object.keys(handlers)}::text[])
        RETURNING name, data, priority, singleton_key`;
      const due = z.array(jobRow).parse(rows);
      if (due.length === 0) return done;
      if (Date.now() > deadline) throw new Error("the jobs do not come to an end");
      const lot = due.filter(isAccountJob);
      for (const job of due.toSorted((a, b) => b.priority - a.priority)) {
        if (!isAccountJob(job)) await attempt(job, failures);
        // accounts are done together, as the worker does them
        else await attemptAccounts(lot.splice(0), failures);
      }
      done += due.length;
      await delay(ROUND_MS);
    }
  }

  async function attempt(job: Job, failures: Map<string, number>): Promise<void> {
    try {
      await run(job.name, job.data);
    } catch (error) {
      await attemptAgain(job, error, failures);
    }
  }

  async function attemptAgain(job: Job, error: unknown, failures: Map<string, number>): Promise<void> {
    const failed = (failures.get(job.singleton_key) ?? 0) + 1;
    if (failed > retries) throw error;
    failures.set(job.singleton_key, failed);
    await delay(RETRY_MS);
    await attempt(job, failures);
  }

  async function attemptAccounts(lot: readonly Job[], failures: Map<string, number>): Promise<void> {
    const people = lot.map((job) => job.singleton_key);
    const failed = await provisionAccounts(tools, people).catch(
      (error: unknown) => new Map(people.map((id) => [id, error])),
    );
    for (const job of lot) {
      if (failed.has(job.singleton_key)) await attemptAgain(job, failed.get(job.singleton_key), failures);
    }
  }

  /** As a sync, or a switch of the school, does it. */
  async function follow(schoolId: string, change: { personIds?: string[]; groupIds?: string[] } = {}): Promise<number> {
    const { personIds = [], groupIds = [] } = change;
    await db.$transaction((tx) => queueSchool(tx, jobs, { schoolId, personIds, groupIds }));
    return await work();
  }

  async function calendar(verifyRooms = 0): Promise<number> {
    await followProvisioningCalendar({ db, jobs, verifyRooms, now }, signal);
    return await work();
  }

  /** Compares every account with Synapse now. */
  async function verifyAllAccounts(): Promise<number> {
    await db.person.updateMany({ data: { accountVerifiedAt: null } });
    await queueAccountVerification({ db, jobs }, MOST_ACCOUNTS);
    return await work();
  }

  /** Compares one room with Synapse now. */
  async function verify(alias: string): Promise<void> {
    await db.managedRoom.update({ where: { alias }, data: { verifyDue: true } });
    await provisionRoom(tools, alias, signal);
  }

  const userOf = (personId: string): MatrixUserId => matrixUserId(`u-${personId}`, serverName);
  async function find(alias: string): Promise<RoomId> {
    return roomId((await db.managedRoom.findUniqueOrThrow({ where: { alias } })).roomId ?? "");
  }
  async function joined(room: string): Promise<string[]> {
    const members = (await rooms.members(roomId(room))) ?? [];
    return members.flatMap(({ userId, membership }) => (membership === "join" ? [userId] : [])).sort();
  }
  async function levels(room: string) {
    return levelsSchema.parse(await rooms.state(roomId(room), "m.room.power_levels"));
  }

  return {
    ...{ db, jobs, accounts, rooms, keeping, tools, repaired, clock },
    ...{ work, follow, calendar, verify, verifyAllAccounts, userOf, find, joined, levels },
    stop: async () => {
      await jobs.stop();
      if (db !== direct) await db.$disconnect();
    },
  };
}

/** A class with its teacher and pupils, as a sync writes it. */
export async function addClass(
  db: Database,
  group: { readonly id: string; readonly schoolId: string; readonly teachers: string[]; readonly pupils: string[] },
): Promise<void> {
  const member = (role: string) => (personId: string) => ({ personId, role, enrollmentId: `${group.id}-${personId}` });
  const members = [...group.teachers.map(member("teacher")), ...group.pupils.map(member("student"))];
  const { id, schoolId } = group;
  await db.group.create({ data: { id, schoolId, title: id, kind: "homeroom", members: { create: members } } });
}

/** Switches announcements on, as two persons do it. */
export async function switchAnnouncementsOn(db: Database, schoolId: string, by: { author: string; second: string }) {
  await db.$transaction(async (tx) => {
    const { id } = await tx.switchRequest.create({
      data: {
        ...{ schoolId, switchName: "announcements", authorId: by.author, authorRole: "orgAdmin", reason: "Test" },
        expiresAt: new Date(Date.now() + 86_400_000),
      },
    });
    const decision = { status: "approved", decidedById: by.second, decidedAt: new Date() } as const;
    await tx.switchRequest.update({ where: { id }, data: decision });
    await tx.school.update({ where: { id: schoolId }, data: { announcementsEnabled: true } });
  });
}
