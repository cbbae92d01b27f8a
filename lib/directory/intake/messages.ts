// The four messages of the Schul-Cloud synchroniser: from bytes to what is meant, or the reason why that is unclear. Pure.
import { createHash } from "node:crypto";
import { z } from "zod";

export type IntakeRoom = {
  /** `<type>_<id>`: id of the group. */
  readonly groupId: string;
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly isBidirectional: boolean;
};

export type IntakeMember = {
  /** Full Matrix id. */
  readonly userId: string;
  /** Null: the sender does not say. It never means that the person has none. */
  readonly name: string | null;
  readonly isModerator: boolean;
};

export type IntakeMessage =
  | {
      readonly method: "addUser";
      readonly user: { readonly userId: string; readonly name: string | null };
      readonly rooms: readonly (IntakeRoom & { readonly isModerator: boolean })[];
      readonly unreadable: readonly Unreadable[];
    }
  | { readonly method: "removeUser"; readonly user: { readonly userId: string } }
  | {
      readonly method: "addRoom";
      readonly room: IntakeRoom;
      readonly members: readonly IntakeMember[];
      readonly unreadable: readonly Unreadable[];
      /** False if a member came without a readable id: it may be any of those who are missing. */
      readonly isComplete: boolean;
    }
  | { readonly method: "removeRoom"; readonly room: { readonly groupId: string } };

/** A part of a message that could not be understood; the rest goes on. */
export type Unreadable = {
  readonly recordType: "room" | "member";
  readonly recordId: string;
  readonly reason: string;
};

/** Stable codes: of a message that is dead-lettered unread. */
export type MessageFailure = "tooLarge" | "notJson" | "methodMissing" | "unknownMethod" | "fieldsInvalid";

export type DecodedMessage =
  | { readonly message: IntakeMessage; readonly about: string }
  | { readonly failure: MessageFailure; readonly detail: string; readonly about: string };

/** The largest room of a state has some thousand members of a hundred bytes each. */
const MAX_BYTES = 8 * 1_024 * 1_024;
const MAX_NAME_LENGTH = 255;
const MAX_DESCRIPTION_LENGTH = 1_000;
const MAX_ID_LENGTH = 100;
const MAX_MATRIX_ID_LENGTH = 255;
const DEFAULT_TYPE = "room";

/** Databases of old sources send numbers as ids. */
const id = z.union([z.string(), z.number().int().transform(String)]).pipe(
  z
    .string()
    .trim()
    .min(1)
    .max(MAX_ID_LENGTH)
    .regex(/^[^\s\p{C}]+$/u),
);
// without "_", so that type and id can be told apart again
const type = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/)
  .nullish()
  .transform((value) => value ?? DEFAULT_TYPE);
const name = z
  .string()
  .max(MAX_NAME_LENGTH)
  .transform((value) => withoutControls(value));
const requiredName = name.pipe(z.string().min(1));
const optionalName = name.nullish().transform((value) => (value === undefined || value === "" ? null : value));
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const description = z
  .string()
  .max(MAX_DESCRIPTION_LENGTH)
  .nullish()
  .transform((value) => withoutControls(value ?? ""));
const userId = z
  .string()
  .max(MAX_MATRIX_ID_LENGTH)
  .regex(/^@[^:\s]+:[^\s]+$/);

const roomKey = z.object({ type, id }).transform((room) => ({ ...room, groupId: `${room.type}_${room.id}` }));
const room = z
  .object({ type, id, name: requiredName, description, bidirectional: flag })
  .transform((value): IntakeRoom => {
    const groupId = `${value.type}_${value.id}`;
    const { type: kind, name: title, description: topic, bidirectional } = value;
    return { groupId, type: kind, name: title, description: topic, isBidirectional: bidirectional };
  });
const userRoom = z.intersection(
  room,
  z.object({ is_moderator: flag }).transform(({ is_moderator: is }) => ({ isModerator: is })),
);
const member = z
  .object({ id: userId, name: optionalName, is_moderator: flag })
  .transform((value): IntakeMember => ({ userId: value.id, name: value.name, isModerator: value.is_moderator }));

// `password`, `email` and the welcome text stand in no schema: they are dropped here and reach neither a table nor a log
const addUser = z.object({
  user: z.object({ id: userId, name: optionalName }),
  rooms: z.array(z.unknown()).nullish(),
});
const removeUser = z.object({ user: z.object({ id: userId }) });
const addRoom = z.object({ room, members: z.array(z.unknown()) });
const removeRoom = z.object({ room: roomKey });

export function decodeMessage(content: Buffer): DecodedMessage {
  const unread = `message:${createHash("sha256").update(content).digest("hex").slice(0, 32)}`;
  const fail = (failure: MessageFailure, detail: string): DecodedMessage => ({ failure, detail, about: unread });
  if (content.length > MAX_BYTES) return fail("tooLarge", `${String(content.length)} bytes`);
  const body = z.record(z.string(), z.unknown()).safeParse(parseJson(content));
  if (!body.success) return fail("notJson", "");
  const method = methodOf(body.data);
  if (method === undefined) return fail("methodMissing", "");
  switch (method) {
    case "adduser": {
      const { data, error } = addUser.safeParse(body.data);
      if (error) return fail("fieldsInvalid", whereIn(error));
      const [rooms, unreadable] = readEach(data.rooms ?? [], userRoom, "room");
      const user = { userId: data.user.id, name: data.user.name };
      return {
        message: { method: "addUser", user, rooms: lastOf(rooms, (one) => one.groupId), unreadable },
        about: user.userId,
      };
    }
    case "removeuser": {
      const { data, error } = removeUser.safeParse(body.data);
      if (error) return fail("fieldsInvalid", whereIn(error));
      return { message: { method: "removeUser", user: { userId: data.user.id } }, about: data.user.id };
    }
    case "addroom": {
      const { data, error } = addRoom.safeParse(body.data);
      if (error) return fail("fieldsInvalid", whereIn(error));
      const [members, unreadable] = readEach(data.members, member, "member");
      const isComplete = unreadable.every(({ recordId }) => userId.safeParse(recordId).success);
      const decoded = { room: data.room, members: lastOf(members, (one) => one.userId), unreadable, isComplete };
      return { message: { method: "addRoom", ...decoded }, about: data.room.groupId };
    }
    case "removeroom": {
      const { data, error } = removeRoom.safeParse(body.data);
      if (error) return fail("fieldsInvalid", whereIn(error));
      return { message: { method: "removeRoom", room: { groupId: data.room.groupId } }, about: data.room.groupId };
    }
    default:
      return fail("unknownMethod", withoutControls(method).slice(0, MAX_ID_LENGTH));
  }
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch {
    return undefined;
  }
}

/** Senders write both the field and its value in several ways: method, Method; addUser, adduser, ADD_USER. */
function methodOf(body: Readonly<Record<string, unknown>>): string | undefined {
  const key = "method" in body ? "method" : Object.keys(body).find((one) => one.toLowerCase() === "method");
  const value = key === undefined ? undefined : body[key];
  if (typeof value !== "string") return undefined;
  const letters = value.toLowerCase().replace(/[\s_-]/g, "");
  return letters === "" ? undefined : letters;
}

function readEach<T>(
  values: readonly unknown[],
  schema: z.ZodType<T>,
  recordType: Unreadable["recordType"],
): [readonly T[], readonly Unreadable[]] {
  const read: T[] = [];
  const unreadable: Unreadable[] = [];
  for (const value of values) {
    const { data, error } = schema.safeParse(value);
    if (error === undefined) read.push(data);
    else unreadable.push({ recordType, recordId: idIn(value), reason: `fieldsInvalid: ${whereIn(error)}` });
  }
  return [read, unreadable];
}

const withId = z.object({ id: z.union([z.string(), z.number().transform(String)]) });
const idIn = (value: unknown): string =>
  withoutControls(withId.safeParse(value).data?.id ?? "").slice(0, MAX_MATRIX_ID_LENGTH);

/** PostgreSQL stores no NUL, and a line break in a name would be two rows to whoever reads. */
function withoutControls(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

/** Names of fields only: what stood in them may be personal. */
function whereIn(error: z.ZodError): string {
  const paths = error.issues.map((issue) => issue.path.join("."));
  return [...new Set(paths)].slice(0, 5).join(", ");
}

/** A list may name somebody twice; the last one counts. */
function lastOf<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}
