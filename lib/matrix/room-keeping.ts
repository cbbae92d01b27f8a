// What keeping rooms needs besides bringing people in and out: whole state, aliases, a way back into a room, its end.
import { z } from "zod";
import { roomIdSchema, type MatrixUserId, type RoomId } from "#lib/ids/ids.ts";
import { path, type MatrixConnection } from "./connection.ts";
import { orNull } from "./errors.ts";
import { memberships, type Membership } from "./rooms.ts";

export type RoomStateEvent = {
  readonly type: string;
  readonly stateKey: string;
  readonly sender: string;
  readonly content: Readonly<Record<string, unknown>>;
};

/** All methods throw MatrixCallError or SynapseUnreachable. */
export type RoomKeepingApi = {
  /** The whole state; works for rooms that the provisioner is not in. Null if there is no such room. */
  stateOf(roomId: RoomId): Promise<readonly RoomStateEvent[] | null>;
  setStateAt(roomId: RoomId, type: string, stateKey: string, content: object): Promise<void>;
  /** Rooms in which the account is, or was. Empty for an account that Synapse does not know. */
  membershipsOf(userId: MatrixUserId): Promise<ReadonlyMap<RoomId, Membership>>;
  putAlias(alias: string, roomId: RoomId): Promise<void>;
  removeAlias(alias: string): Promise<void>;
  /** Gives an account in the room what the most powerful local member has; brings it in by an invitation. */
  makeAdmin(roomId: RoomId, userId: MatrixUserId): Promise<void>;
  /** As the person, by a token that ends with the call: for a room whose provisioner was removed. */
  inviteAs(roomId: RoomId, asUser: MatrixUserId, invitee: MatrixUserId): Promise<void>;
  /** The provisioner itself, once it is invited. */
  enter(roomId: RoomId): Promise<void>;
  /** Begins to delete a room, or goes on with it. @returns whether it is gone */
  remove(roomId: RoomId): Promise<boolean>;
};

const nothing = z.object({});
const membership = z.enum(memberships).catch("leave");
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
const membershipsAnswer = z.object({ memberships: z.record(z.string(), membership) });
const tokenAnswer = z.object({ access_token: z.string() });
const deletionsAnswer = z.object({ results: z.array(z.object({ status: z.string() })) });

export function synapseRoomKeeping(connection: MatrixConnection): RoomKeepingApi {
  const { call } = connection;
  const aliasPath = (alias: string): string => path`/directory/room/${alias}`;
  return {
    async stateOf(roomId) {
      const asked = call({ method: "GET", api: "admin", path: path`/v1/rooms/${roomId}/state` }, stateAnswer);
      const events = (await orNull(asked))?.state;
      return events?.map(({ state_key: stateKey, ...event }) => ({ ...event, stateKey })) ?? null;
    },
    async setStateAt(roomId, type, stateKey, content) {
      const at = path`/rooms/${roomId}/state/${type}/${stateKey}`;
      await call({ method: "PUT", api: "client", path: at, body: content }, nothing);
    },
    async membershipsOf(userId) {
      const asked = call(
        { method: "GET", api: "admin", path: path`/v1/users/${userId}/memberships` },
        membershipsAnswer,
      );
      const found = (await orNull(asked))?.memberships ?? {};
      return new Map(Object.entries(found).map(([roomId, held]) => [roomIdSchema.parse(roomId), held]));
    },
    async putAlias(alias, roomId) {
      await call({ method: "PUT", api: "client", path: aliasPath(alias), body: { room_id: roomId } }, nothing);
    },
    async removeAlias(alias) {
      await orNull(call({ method: "DELETE", api: "client", path: aliasPath(alias) }, nothing));
    },
    async makeAdmin(roomId, userId) {
      const at = path`/v1/rooms/${roomId}/make_room_admin`;
      await call({ method: "POST", api: "admin", path: at, body: { user_id: userId } }, nothing);
    },
    async inviteAs(roomId, asUser, invitee) {
      const login = { method: "POST", api: "admin", path: path`/v1/users/${asUser}/login`, body: {} } as const;
      const { access_token: token } = await call(login, tokenAnswer);
      const acting = connection.actingAs(token);
      try {
        const invite = { method: "POST", api: "client", path: path`/rooms/${roomId}/invite` } as const;
        await acting.call({ ...invite, body: { user_id: invitee } }, nothing);
      } finally {
        await acting.call({ method: "POST", api: "client", path: "/logout", body: {} }, nothing);
      }
    },
    async enter(roomId) {
      await call({ method: "POST", api: "client", path: path`/rooms/${roomId}/join`, body: {} }, nothing);
    },
    async remove(roomId) {
      const at = path`/v1/rooms/${roomId}`;
      if ((await orNull(call({ method: "GET", api: "admin", path: at }, nothing))) === null) return true;
      const status = { method: "GET", api: "admin", path: path`/v2/rooms/${roomId}/delete_status` } as const;
      const deletions = (await orNull(call(status, deletionsAnswer)))?.results ?? [];
      const isUnderWay = deletions.some(({ status: one }) => one !== "complete" && one !== "failed");
      if (!isUnderWay) {
        const deletion = { method: "DELETE", api: "admin", path: path`/v2/rooms/${roomId}` } as const;
        await call({ ...deletion, body: { purge: true } }, nothing);
      }
      return false;
    },
  };
}
