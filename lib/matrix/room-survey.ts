// Rooms as a server admin sees them, also those that the provisioner is not in; and how it gets into an older one.
import { z } from "zod";
import { roomIdSchema, type RoomId } from "#lib/ids/ids.ts";
import { path, type MatrixConnection } from "./connection.ts";
import { isMatrixError } from "./errors.ts";

export type SurveyedRoom = { readonly roomId: RoomId; readonly joinedMembers: number };
export type SentState = { readonly sender: string; readonly content: Record<string, unknown> };

/** All methods throw MatrixCallError or SynapseUnreachable. */
export type RoomSurvey = {
  /** Every room of the server, page by page. A room made meanwhile may be missing. */
  rooms(): AsyncIterable<readonly SurveyedRoom[]>;
  joinedRoomsOf(userId: string): Promise<ReadonlySet<string>>;
  /** State of one type with the empty key, and who sent it; null if there is none. */
  state(roomId: RoomId, type: string): Promise<SentState | null>;
  /** State events with the empty key and only a `name`: among them is the room's school marker. */
  namedStates(roomId: RoomId): Promise<readonly { readonly type: string; readonly name: string }[]>;
  /** Gives the account the level of the strongest member, and invites it. Fails if no member may change levels. */
  makeRoomAdmin(roomId: RoomId, userId: string): Promise<void>;
  /** The caller's own joining. */
  join(roomId: RoomId): Promise<void>;
};

const PAGE_SIZE = 500;
const page = z.object({
  rooms: z.array(z.object({ room_id: roomIdSchema, joined_members: z.number().int() })),
  next_batch: z.union([z.number(), z.string()]).optional(),
});
const joined = z.object({ joined_rooms: z.array(z.string()) });
const stateAnswer = z.object({
  state: z.array(
    z.object({
      type: z.string(),
      state_key: z.string(),
      sender: z.string(),
      content: z.record(z.string(), z.unknown()),
    }),
  ),
});
const onlyName = z.strictObject({ name: z.string() });
const nothing = z.object({});

export function synapseRoomSurvey({ call }: MatrixConnection): RoomSurvey {
  async function events(roomId: RoomId, query?: Record<string, string>) {
    try {
      const request = { method: "GET", api: "admin", path: path`/v1/rooms/${roomId}/state` } as const;
      return (await call({ ...request, ...(query && { query }) }, stateAnswer)).state;
    } catch (error) {
      if (isMatrixError(error, 404)) return [];
      throw error;
    }
  }
  return {
    async *rooms() {
      let from: string | undefined = "0";
      while (from !== undefined) {
        const query = { limit: String(PAGE_SIZE), from };
        const answer: z.infer<typeof page> = await call(
          { method: "GET", api: "admin", path: "/v1/rooms", query },
          page,
        );
        yield answer.rooms.map((room) => ({ roomId: room.room_id, joinedMembers: room.joined_members }));
        from = answer.next_batch === undefined ? undefined : String(answer.next_batch);
      }
    },
    async joinedRoomsOf(userId) {
      const answer = await call({ method: "GET", api: "admin", path: path`/v1/users/${userId}/joined_rooms` }, joined);
      return new Set(answer.joined_rooms);
    },
    async state(roomId, type) {
      const found = await events(roomId, { type });
      return found.find((event) => event.type === type && event.state_key === "") ?? null;
    },
    async namedStates(roomId) {
      const found = await events(roomId);
      return found.flatMap(({ type, state_key: key, content }) => {
        const named = key === "" ? onlyName.safeParse(content) : undefined;
        return named?.success === true ? [{ type, name: named.data.name }] : [];
      });
    },
    async makeRoomAdmin(roomId, userId) {
      const body = { user_id: userId };
      await call({ method: "POST", api: "admin", path: path`/v1/rooms/${roomId}/make_room_admin`, body }, nothing);
    },
    async join(roomId) {
      await call({ method: "POST", api: "client", path: path`/rooms/${roomId}/join`, body: {} }, nothing);
    },
  };
}
