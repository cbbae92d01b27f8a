// The worker's care for rooms, as a test drives it: the jobs themselves on a test's Synapse, called one by one.
import { readFacts, readGroups } from "#lib/gate/facts.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { synapseCanAct } from "#lib/matrix/account-standing.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseRoomSurvey } from "#lib/matrix/room-survey.ts";
import { synapseRooms, type RoomsApi } from "#lib/matrix/rooms.ts";
import { adoptRoom } from "#lib/provisioning/adoption.ts";
import { followGroups } from "#lib/provisioning/group-invitations.ts";
import { repairRoom } from "#lib/provisioning/integrity.ts";
import { sweepRooms } from "#lib/provisioning/room-sweep.ts";
import { protectRoom } from "#lib/rooms/protection.ts";
import type { TestSystem } from "./system.ts";

export type RoomCare = {
  readonly jobs: JobSender;
  repair(room: string): Promise<void>;
  follow(room: string): Promise<void>;
  adopt(room: string): Promise<boolean>;
  sweep(): Promise<void>;
  /** The job that makes a room read-only, or takes that back, as it is wanted. */
  protect(room: string): Promise<void>;
  /** Changes of rooms that were asked of Synapse so far. */
  writes(): number;
  stop(): Promise<void>;
};

export function startRoomCare(system: TestSystem): RoomCare {
  const { db, url } = system.database;
  const { serverName } = system;
  const jobs = new JobSender(url);
  const pool = openGatePool(url, 2);
  const connection = connectMatrix({ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken });
  const survey = synapseRoomSurvey(connection);
  let writes = 0;
  const counted = (api: RoomsApi): RoomsApi => ({
    ...api,
    join: (...parameters) => ((writes += 1), api.join(...parameters)),
    kick: (...parameters) => ((writes += 1), api.kick(...parameters)),
    setState: (...parameters) => ((writes += 1), api.setState(...parameters)),
  });
  const rooms = counted(synapseRooms(connection));
  const integrity = { db, jobs, rooms, canAct: synapseCanAct(connection), serverName };
  return {
    jobs,
    repair: (room) => repairRoom(integrity, room),
    follow: (room) =>
      followGroups(
        {
          ...{ db, jobs, rooms, survey, serverName },
          readFacts: (asking, others, roomId) => readFacts(pool, asking, others, roomId),
          readGroups: (groupIds, people) => readGroups(pool, groupIds, people),
        },
        room,
        new AbortController().signal,
      ),
    adopt: (room) => adoptRoom({ db, rooms, survey, serverName }, room),
    sweep: () => sweepRooms({ ...integrity, survey }, new AbortController().signal),
    protect: (room) => protectRoom({ db, rooms, serverName }, room),
    writes: () => writes,
    stop: async () => {
      await pool.end();
      await jobs.stop();
    },
  };
}
