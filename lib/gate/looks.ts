// What the worker has to look at, written down by the gate. The event is not stored yet when the gate is asked, and may
// never be: the worker comes a moment later and reads what Synapse has; and once more, should Synapse have been slow.
import type pg from "pg";

export type RoomConcern = "integrity" | "groups" | "kept";

const DELAYS_SECONDS = [1, 60];

export async function lookLater(pool: pg.Pool, roomId: string, concern: RoomConcern): Promise<void> {
  await pool.query({
    name: "look-later",
    text: `INSERT INTO room_look (room_id, concern, due_at)
           SELECT $1, $2::room_concern, now() + make_interval(secs => delay) FROM unnest($3::float[]) delay`,
    values: [roomId, concern, DELAYS_SECONDS],
  });
}
