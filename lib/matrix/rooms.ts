// Rooms, as the provisioner sees and changes them.
import { z } from "zod";
import { roomIdSchema, type MatrixUserId, type RoomId } from "#lib/ids/ids.ts";
import { path, type MatrixConnection } from "./connection.ts";
import { isMatrixError, orNull } from "./errors.ts";

export const memberships = ["join", "invite", "leave", "ban", "knock"] as const;
export type Membership = (typeof memberships)[number];

export type MemberState = { readonly userId: string; readonly sender: string; readonly membership: Membership };
export type StateEvent = { readonly type: string; readonly state_key: string; readonly content: object };

export type CreateRoom = {
  readonly room_alias_name: string;
  readonly name: string;
  readonly topic?: string;
  readonly preset: "private_chat";
  readonly visibility: "private";
  readonly room_version: string;
  readonly creation_content: object;
  readonly power_level_content_override: object;
  readonly initial_state: readonly StateEvent[];
};

/** The alias that a room should get already has a room. */
export class AliasTakenError extends Error {
  override readonly name = "AliasTakenError";
}

/** All methods throw MatrixCallError or SynapseUnreachable. */
export type RoomsApi = {
  /** @throws {AliasTakenError} */
  create(request: CreateRoom): Promise<RoomId>;
  resolveAlias(alias: string): Promise<RoomId | null>;
  /** Sender of m.room.create; null if Synapse does not know the room. */
  creatorOf(roomId: RoomId): Promise<string | null>;
  /** Null for a room without a name, such as a direct chat; works for rooms that the provisioner is not in. */
  nameOf(roomId: RoomId): Promise<string | null>;
  /** Every member event of the room; works for rooms that the provisioner is not in. Null if there is no such room. */
  members(roomId: RoomId): Promise<readonly MemberState[] | null>;
  /**
   * Who has invited somebody since they last were out of the room, as far back as Synapse still tells; a pending
   * invitation counts. Only for rooms that the provisioner is in.
   */
  invitersOf(roomId: RoomId, userId: string): Promise<readonly string[]>;
  /** Invites and joins at once. Fails for who is in the room already: read the members first. */
  join(roomId: RoomId, userId: MatrixUserId): Promise<void>;
  kick(roomId: RoomId, userId: string): Promise<void>;
  /** Out, and kept out until somebody unbans. @param reason shown to that person */
  ban(roomId: RoomId, userId: string, reason: string): Promise<void>;
  /** Brings nobody back by itself. Fails for who is not banned: read the members first. */
  unban(roomId: RoomId, userId: string): Promise<void>;
  /** A room's state of one type with the empty key; null if it has none. */
  state(roomId: RoomId, type: string): Promise<Record<string, unknown> | null>;
  setState(roomId: RoomId, type: string, content: object): Promise<void>;
};

const roomAnswer = z.object({ room_id: roomIdSchema });
const creatorAnswer = z.object({ creator: z.string() });
const nameAnswer = z.object({ name: z.string().nullish() });
const contentAnswer = z.record(z.string(), z.unknown());
const nothing = z.object({});
const memberEvent = z.object({
  sender: z.string(),
  content: z.object({ membership: z.enum(memberships).catch("leave") }),
  unsigned: z.object({ replaces_state: z.string().optional() }).optional(),
});
/** Events of one stay that are looked at: every new name or picture is one. */
const LONGEST_STAY = 100;
const membersAnswer = z.object({
  state: z.array(
    z.object({
      type: z.string(),
      state_key: z.string(),
      sender: z.string(),
      content: z.object({ membership: z.enum(memberships).catch("leave") }),
    }),
  ),
});

export function synapseRooms({ call }: MatrixConnection): RoomsApi {
  return {
    async create(request) {
      try {
        const answer = await call({ method: "POST", api: "client", path: "/createRoom", body: request }, roomAnswer);
        return answer.room_id;
      } catch (error) {
        if (isMatrixError(error, 400, "M_ROOM_IN_USE")) throw new AliasTakenError("M_ROOM_IN_USE", { cause: error });
        throw error;
      }
    },
    async resolveAlias(alias) {
      const found = call({ method: "GET", api: "client", path: path`/directory/room/${alias}` }, roomAnswer);
      return (await orNull(found))?.room_id ?? null;
    },
    async creatorOf(roomId) {
      const found = call({ method: "GET", api: "admin", path: path`/v1/rooms/${roomId}` }, creatorAnswer);
      return (await orNull(found))?.creator ?? null;
    },
    async nameOf(roomId) {
      const found = call({ method: "GET", api: "admin", path: path`/v1/rooms/${roomId}` }, nameAnswer);
      return (await orNull(found))?.name ?? null;
    },
    async members(roomId) {
      const query = { type: "m.room.member" };
      const found = call({ method: "GET", api: "admin", path: path`/v1/rooms/${roomId}/state`, query }, membersAnswer);
      const events = (await orNull(found))?.state;
      // whose event it is stands in the state key: `user_id` of Synapse's answers is the sender
      return (
        events
          ?.filter(({ type }) => type === "m.room.member")
          .map(({ state_key: userId, sender, content }) => ({ userId, sender, membership: content.membership })) ?? null
      );
    },
    async invitersOf(roomId, userId) {
      const ofPerson = { path: path`/rooms/${roomId}/state/m.room.member/${userId}`, query: { format: "event" } };
      let event = await orNull(call({ method: "GET", api: "client", ...ofPerson }, memberEvent));
      const inviters: string[] = [];
      for (let looked = 0; event !== null && looked < LONGEST_STAY; looked += 1) {
        const { sender, content, unsigned } = event;
        if (content.membership !== "join" && content.membership !== "invite") break;
        if (content.membership === "invite") inviters.push(sender);
        const before = unsigned?.replaces_state;
        if (before === undefined) break;
        const found = call({ method: "GET", api: "client", path: path`/rooms/${roomId}/event/${before}` }, memberEvent);
        event = await orNull(found);
      }
      return inviters;
    },
    async join(roomId, userId) {
      const body = { user_id: userId };
      await call({ method: "POST", api: "admin", path: path`/v1/join/${roomId}`, body }, nothing);
    },
    async kick(roomId, userId) {
      const body = { user_id: userId };
      await call({ method: "POST", api: "client", path: path`/rooms/${roomId}/kick`, body }, nothing);
    },
    async ban(roomId, userId, reason) {
      const body = { user_id: userId, reason };
      await call({ method: "POST", api: "client", path: path`/rooms/${roomId}/ban`, body }, nothing);
    },
    async unban(roomId, userId) {
      const body = { user_id: userId };
      await call({ method: "POST", api: "client", path: path`/rooms/${roomId}/unban`, body }, nothing);
    },
    async state(roomId, type) {
      return await orNull(
        call({ method: "GET", api: "client", path: path`/rooms/${roomId}/state/${type}/` }, contentAnswer),
      );
    },
    async setState(roomId, type, content) {
      await call({ method: "PUT", api: "client", path: path`/rooms/${roomId}/state/${type}/`, body: content }, nothing);
    },
  };
}
