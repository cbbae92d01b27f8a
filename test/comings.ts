// What a test counts in Synapse to see that nothing was done twice: its rooms, and how often each has come into one.
import { z } from "zod";
import { succeed } from "./rooms.ts";
import type { TestSystem } from "./system.ts";

const roomCount = z.object({ total_rooms: z.number() });
const timeline = z.object({
  chunk: z.array(z.object({ type: z.string(), state_key: z.string().optional(), content: z.looseObject({}) })),
  /** Absent at the room's beginning. */
  end: z.string().optional(),
});
/** That Synapse answers at once; a room that many cuts have gone through has more. */
const PAGE_SIZE = 1_000;

export async function countRooms({ provisioner }: TestSystem): Promise<number> {
  const { body } = await succeed(provisioner.request("GET", "/_synapse/admin/v1/rooms?limit=1"));
  return roomCount.parse(body).total_rooms;
}

export async function comingsInto({ provisioner }: TestSystem, room: string): Promise<Map<string, number>> {
  const path = `/_synapse/admin/v1/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=${String(PAGE_SIZE)}`;
  const counts = new Map<string, number>();
  for (let from: string | undefined = ""; from !== undefined;) {
    const page = await succeed(provisioner.request("GET", `${path}${from && `&from=${encodeURIComponent(from)}`}`));
    const { chunk, end } = timeline.parse(page.body);
    for (const { type, state_key: who = "", content } of chunk) {
      if (type === "m.room.member" && content["membership"] === "join") counts.set(who, (counts.get(who) ?? 0) + 1);
    }
    from = chunk.length === 0 ? undefined : end;
  }
  return counts;
}
