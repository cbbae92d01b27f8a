// The worker's part in rooms that people have made: keeping the integrity condition, following invited groups, and the
// nightly look at all rooms.
import type { PgBoss } from "pg-boss";
import type { Database } from "#lib/db/client.ts";
import type { Facts, GroupFacts } from "#lib/gate/facts.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { workQueue } from "#lib/jobs/work.ts";
import { synapseCanAct } from "#lib/matrix/account-standing.ts";
import type { MatrixConnection } from "#lib/matrix/connection.ts";
import { synapseRoomSurvey } from "#lib/matrix/room-survey.ts";
import { synapseRooms } from "#lib/matrix/rooms.ts";
import { followGroups } from "#lib/provisioning/group-invitations.ts";
import { repairRoom } from "#lib/provisioning/integrity.ts";
import { sweepRooms } from "#lib/provisioning/room-sweep.ts";

export type RoomCare = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly serverName: string;
  readonly readFacts: (asking: string, others: readonly string[], roomId: string) => Promise<Facts>;
  readonly readGroups: (groupIds: readonly string[], people: readonly string[]) => Promise<GroupFacts>;
  readonly untilStopped: (signal: AbortSignal) => AbortSignal;
  /** Notices when Synapse is away. */
  readonly noticingAbsence: (work: Promise<void>) => Promise<void>;
};

export const ROOM_CARE_QUEUES = ["repair-room", "follow-groups", "sweep-rooms"] as const;

export async function workRoomCare(boss: PgBoss, connection: MatrixConnection, care: RoomCare): Promise<void> {
  const { db, jobs, serverName, readFacts, readGroups, untilStopped, noticingAbsence } = care;
  const rooms = synapseRooms(connection);
  const survey = synapseRoomSurvey(connection);
  const integrity = { db, jobs, rooms, canAct: synapseCanAct(connection), serverName };
  await workQueue(boss, "repair-room", { parallelism: 2, batchSize: 2 }, async ({ roomId }, signal) => {
    untilStopped(signal).throwIfAborted();
    await noticingAbsence(repairRoom(integrity, roomId));
  });
  await workQueue(boss, "follow-groups", { parallelism: 2, batchSize: 2 }, async ({ roomId }, signal) => {
    const following = { db, jobs, rooms, survey, serverName, readFacts, readGroups };
    await noticingAbsence(followGroups(following, roomId, untilStopped(signal)));
  });
  await workQueue(boss, "sweep-rooms", { parallelism: 1, batchSize: 1 }, async (_, signal) => {
    await noticingAbsence(sweepRooms({ ...integrity, survey }, untilStopped(signal)));
  });
}
