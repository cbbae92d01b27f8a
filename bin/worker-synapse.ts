// The worker's part in Synapse: the queues that are worked while it is there.
import type { Pool } from "pg";
import type { PgBoss } from "pg-boss";
import type { Database, Transaction } from "#lib/db/client.ts";
import type { Environment } from "#lib/env/env.ts";
import { isInvitationAllowed } from "#lib/gate/decide.ts";
import { readFacts, readGroups } from "#lib/gate/facts.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { workQueue, workQueueInLots } from "#lib/jobs/work.ts";
import { synapseAccounts } from "#lib/matrix/accounts.ts";
import type { MatrixConnection } from "#lib/matrix/connection.ts";
import { SynapseUnreachable } from "#lib/matrix/errors.ts";
import { synapseMeasures } from "#lib/matrix/measures.ts";
import { synapseRoomKeeping } from "#lib/matrix/room-keeping.ts";
import { synapseRooms } from "#lib/matrix/rooms.ts";
import { verifyAccounts } from "#lib/provisioning/account-verification.ts";
import { provisionAccounts } from "#lib/provisioning/accounts.ts";
import { settleDepartures } from "#lib/provisioning/departures.ts";
import { freezeRoom } from "#lib/provisioning/freeze.ts";
import { queueRoomsFollowingAt } from "#lib/provisioning/group-queue.ts";
import { queueRoomRepair } from "#lib/provisioning/integrity-queue.ts";
import { withdrawInvitations } from "#lib/provisioning/invitations.ts";
import { provisionRoom } from "#lib/provisioning/rooms.ts";
import { carryOutMeasures } from "#lib/reports/measure-work.ts";
import { postCaseNotice } from "#lib/reports/notices.ts";
import { protectRoom } from "#lib/rooms/protection.ts";
import { reviewRooms } from "#lib/rooms/review.ts";
import { ROOM_CARE_QUEUES, workRoomCare } from "./worker-room-care.ts";

export const SYNAPSE_QUEUES = [
  "provision-account",
  "verify-accounts",
  "provision-room",
  "leave-rooms",
  "freeze-room",
  "withdraw-invitations",
  "review-rooms",
  "protect-room",
  ...ROOM_CARE_QUEUES,
  "case-measures",
  "post-case-notice",
] as const;
/** Accounts are many and short: while one lot is looked up and recorded, another one keeps Synapse busy. */
const ACCOUNTS = { parallelism: 2, batchSize: 16 };
const ROOMS_BATCH_SIZE = 1;

export type SynapseWork = {
  readonly env: Environment<"worker">;
  readonly db: Database;
  readonly jobs: JobSender;
  readonly decisions: Pool;
  /** Aborted when the worker stops. */
  readonly stopping: AbortSignal;
  /** Synapse does not answer: look whether it is still there. */
  readonly onAbsence: () => void;
};

export async function workSynapseQueues(boss: PgBoss, connection: MatrixConnection, work: SynapseWork): Promise<void> {
  const { env, db, jobs, decisions, stopping, onAbsence } = work;
  const serverName = env.SYNAPSE_SERVER_NAME;
  const untilStopped = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, stopping]);
  const noticeAbsence = (error: unknown): void => {
    if (error instanceof SynapseUnreachable) onAbsence();
  };
  async function noticingAbsence<T>(running: Promise<T>): Promise<T> {
    try {
      return await running;
    } catch (error) {
      noticeAbsence(error);
      throw error;
    }
  }

  const accounts = synapseAccounts(connection, env.SYNAPSE_AUTH_PROVIDER);
  const rooms = synapseRooms(connection);
  const keeping = synapseRoomKeeping(connection);
  await workQueueInLots(boss, "provision-account", ACCOUNTS, async (lot) => {
    stopping.throwIfAborted();
    const people = lot.map(({ personId }) => personId);
    const failures = await noticingAbsence(
      provisionAccounts({ db, jobs, accounts, keeping, rooms, serverName }, people),
    );
    for (const failure of failures.values()) noticeAbsence(failure);
    return people.map((personId) => failures.get(personId));
  });
  await workQueue(boss, "verify-accounts", { parallelism: 1, batchSize: 1 }, async ({ personIds }, signal) => {
    await noticingAbsence(verifyAccounts({ db, jobs, accounts, serverName }, personIds, untilStopped(signal)));
  });
  const parallelRooms = { parallelism: env.PROVISIONING_PARALLELISM, batchSize: ROOMS_BATCH_SIZE };
  await workQueue(boss, "provision-room", parallelRooms, async ({ alias }, signal) => {
    const dependencies = { db, jobs, rooms, keeping, serverName, settings: { pollVoteType: env.POLL_VOTE_TYPE } };
    await noticingAbsence(provisionRoom(dependencies, alias, untilStopped(signal)));
  });
  await workQueue(boss, "leave-rooms", { parallelism: 2, batchSize: 2 }, async ({ personId }, signal) => {
    const repairRooms = (tx: Transaction, roomIds: readonly string[]) => queueRoomRepair(tx, jobs, roomIds);
    const dependencies = { db, jobs, rooms, keeping, serverName, repairRooms };
    await noticingAbsence(settleDepartures(dependencies, personId, untilStopped(signal)));
  });
  await workQueue(boss, "freeze-room", { parallelism: 2, batchSize: 2 }, async ({ roomId }, signal) => {
    await noticingAbsence(freezeRoom({ db, jobs, rooms, keeping, serverName }, roomId, untilStopped(signal)));
  });
  await workQueue(boss, "withdraw-invitations", { parallelism: 1, batchSize: 1 }, async ({ schoolId }, signal) => {
    const isAllowed = (inviter: string, invitee: string, roomId: string) =>
      isInvitationAllowed(decisions, inviter, invitee, roomId);
    const dependencies = { db, rooms, isInvitationAllowed: isAllowed };
    await noticingAbsence(withdrawInvitations(dependencies, schoolId, untilStopped(signal)));
    // a version that opens the groups cell lets those in who came to their groups meanwhile
    await db.$transaction((tx) => queueRoomsFollowingAt(tx, jobs, schoolId));
  });
  await workQueue(boss, "review-rooms", { parallelism: 1, batchSize: 1 }, async ({ reviewId }, signal) => {
    const factsOf = (asking: string, others: readonly string[], roomId: string) =>
      readFacts(decisions, asking, others, roomId);
    const dependencies = { db, rooms, serverName, readFacts: factsOf };
    await noticingAbsence(reviewRooms(dependencies, reviewId, untilStopped(signal)));
  });
  await workQueue(boss, "protect-room", { parallelism: 2, batchSize: 2 }, async ({ roomId }) => {
    stopping.throwIfAborted();
    await noticingAbsence(protectRoom({ db, rooms, serverName }, roomId));
  });
  await workRoomCare(boss, connection, {
    ...{ db, jobs, serverName, untilStopped, noticingAbsence },
    readFacts: (asking, others, roomId) => readFacts(decisions, asking, others, roomId),
    readGroups: (groupIds, people) => readGroups(decisions, groupIds, people),
  });
  await workQueue(boss, "case-measures", { parallelism: 2, batchSize: 1 }, async ({ caseId }, signal) => {
    const measures = synapseMeasures(connection);
    const dependencies = { db, jobs, keys: env.EVIDENCE_KEYS, serverName, measures, rooms };
    await noticingAbsence(carryOutMeasures(dependencies, caseId, untilStopped(signal)));
  });
  await workQueue(boss, "post-case-notice", { parallelism: 1, batchSize: 1 }, async (notice) => {
    const { REPORT_NOTICE_ROOM: roomId, CONSOLE_URL: consoleUrl = "" } = env;
    if (roomId === undefined) return;
    await noticingAbsence(postCaseNotice({ db, measures: synapseMeasures(connection), roomId, consoleUrl }, notice));
  });
}
