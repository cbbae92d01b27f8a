// What the Synapse module asks the gate, decoded once at the edge (design §5, Protocol).
import { z } from "zod";

/** The provisioner's localpart and display name; the published client hides exactly this one. */
export const PROVISIONER_LOCALPART = "idm_provisioning_bot";
export const PROVISIONER_LEVEL = 150;

const MAX_INVITEES = 500;
const MAX_MODERATORS = 50;
const matrixId = z
  .string()
  .max(255)
  .regex(/^@[^:]+:.+$/);
const content = z.record(z.string(), z.unknown());
const room = { room_id: z.string().min(1).max(255), creator: matrixId };
const marker = z.string().nullable();

export const questions = {
  create_room: z.object({ creator: matrixId, request: content }),
  invite: z.object({ inviter: matrixId, invitee: matrixId, ...room, marker }),
  join: z.object({ user: matrixId, inviter: matrixId, ...room, marker }),
  join_rules: z.object({
    sender: matrixId,
    ...room,
    content,
    current: content.nullable(),
    /** Joined people at 100. */
    moderators: z.array(matrixId).max(MAX_MODERATORS),
  }),
  power_levels: z.object({ sender: matrixId, ...room, content, current: content.nullable() }),
  school_marker: z.object({ sender: matrixId, ...room, school: z.string() }),
  /** Would leave people without anybody who can look after the room. */
  last_moderator: z.object({
    sender: matrixId,
    room_id: room.room_id,
    kind: z.enum(["leave", "removal", "levels"]),
  }),
  /** No question: something that the worker has to look at once Synapse has stored it. */
  room_changed: z.object({ room_id: room.room_id, concern: z.enum(["integrity", "groups", "kept"]) }),
} as const;

export type QuestionName = keyof typeof questions;
export type Question<Name extends QuestionName> = z.infer<(typeof questions)[Name]>;

export function isQuestionName(name: string): name is QuestionName {
  return Object.hasOwn(questions, name);
}

/** The parts of a createRoom request on which the rules decide; the rest passes. Shapes as in the Matrix specification. */
export const createRequestSchema = z.looseObject({
  visibility: z.string().optional(),
  preset: z.string().optional(),
  room_version: z.string().optional(),
  room_alias_name: z.string().optional(),
  invite: z.array(z.string().max(255)).max(MAX_INVITEES).optional(),
  invite_3pid: z.array(z.unknown()).optional(),
  creation_content: content.optional(),
  initial_state: z.array(z.looseObject({ type: z.string(), state_key: z.string().optional(), content })).optional(),
  power_level_content_override: content.optional(),
});
export type CreateRequest = z.infer<typeof createRequestSchema>;

/** The localpart, or undefined for an id of another server: nobody there is anybody here. */
export function localpartOn(serverName: string, matrixUserId: string): string | undefined {
  const suffix = `:${serverName}`;
  if (!matrixUserId.startsWith("@") || !matrixUserId.endsWith(suffix)) return undefined;
  return matrixUserId.slice(1, -suffix.length);
}
