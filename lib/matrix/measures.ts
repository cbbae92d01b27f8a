// What a case can do in Synapse: to an event, an account, a room, a file. Each may be done twice without harm.
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { path, type MatrixConnection } from "./connection.ts";
import { orNull, SynapseUnreachable } from "./errors.ts";

export type EventState = { readonly roomId: string; readonly isRedacted: boolean };
/** `mxc://<server>/<id>` */
export type MediaId = { readonly server: string; readonly id: string };

/** All methods throw MatrixCallError or SynapseUnreachable. */
export type MeasuresApi = {
  /** Null if Synapse has none such (any more). */
  eventState(eventId: string): Promise<EventState | null>;
  redact(roomId: string, eventId: string, transactionId: string): Promise<void>;
  /** A message of the server itself, in a room of its own with that person. */
  sendNotice(userId: string, text: string, transactionId: string): Promise<void>;
  setSuspended(userId: string, suspended: boolean): Promise<void>;
  /** Null if there is no such account. */
  isLocked(userId: string): Promise<boolean | null>;
  setLocked(userId: string, locked: boolean): Promise<void>;
  setQuarantined(media: MediaId, quarantined: boolean): Promise<void>;
  /** Everybody leaves and nobody comes back; what was written stays. Resolves when it is done. */
  emptyRoom(roomId: string, signal: AbortSignal): Promise<void>;
  /** As the provisioner, who must be in the room. */
  sendMessage(roomId: string, text: string, transactionId: string): Promise<void>;
};

const anything = z.looseObject({});
const eventAnswer = z.object({
  event: z.looseObject({
    room_id: z.string(),
    unsigned: z.looseObject({ redacted_because: z.unknown(), redacted_by: z.unknown() }).partial().optional(),
  }),
});
const lockAnswer = z.object({ locked: z.boolean().default(false) });
const deletionAnswer = z.object({ delete_id: z.string() });
const deletionState = z.object({ status: z.string() });
const DELETION_LOOK_MS = 500;

export function synapseMeasures({ call }: MatrixConnection): MeasuresApi {
  return {
    async eventState(eventId) {
      const found = await orNull(
        call({ method: "GET", api: "admin", path: path`/v1/fetch_event/${eventId}` }, eventAnswer),
      );
      if (found === null) return null;
      const { room_id: roomId, unsigned } = found.event;
      return { roomId, isRedacted: (unsigned?.redacted_because ?? unsigned?.redacted_by) !== undefined };
    },
    async redact(roomId, eventId, transactionId) {
      const to = path`/rooms/${roomId}/redact/${eventId}/${transactionId}`;
      await call({ method: "PUT", api: "client", path: to, body: {} }, anything);
    },
    async sendNotice(userId, text, transactionId) {
      const body = { user_id: userId, content: { msgtype: "m.text", body: text } };
      await call({ method: "PUT", api: "admin", path: path`/v1/send_server_notice/${transactionId}`, body }, anything);
    },
    async setSuspended(userId, suspended) {
      await call(
        { method: "PUT", api: "admin", path: path`/v1/suspend/${userId}`, body: { suspend: suspended } },
        anything,
      );
    },
    async isLocked(userId) {
      const found = await orNull(call({ method: "GET", api: "admin", path: path`/v2/users/${userId}` }, lockAnswer));
      return found?.locked ?? null;
    },
    async setLocked(userId, locked) {
      await call({ method: "PUT", api: "admin", path: path`/v2/users/${userId}`, body: { locked } }, anything);
    },
    async setQuarantined({ server, id }, quarantined) {
      const to = quarantined
        ? path`/v1/media/quarantine/${server}/${id}`
        : path`/v1/media/unquarantine/${server}/${id}`;
      await call({ method: "POST", api: "admin", path: to, body: {} }, anything);
    },
    async emptyRoom(roomId, signal) {
      const body = { block: true, purge: false };
      const started = await call(
        { method: "DELETE", api: "admin", path: path`/v2/rooms/${roomId}`, body },
        deletionAnswer,
      );
      const look = { method: "GET", api: "admin", path: path`/v2/rooms/delete_status/${started.delete_id}` } as const;
      for (;;) {
        const { status } = await call(look, deletionState);
        if (status === "complete") return;
        // begun anew by the next attempt, which finds fewer people to lead out
        if (status === "failed") throw new SynapseUnreachable("emptying a room failed");
        await delay(DELETION_LOOK_MS, undefined, { signal });
      }
    },
    async sendMessage(roomId, text, transactionId) {
      const to = path`/rooms/${roomId}/send/m.room.message/${transactionId}`;
      await call({ method: "PUT", api: "client", path: to, body: { msgtype: "m.notice", body: text } }, anything);
    },
  };
}
