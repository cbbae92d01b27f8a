// Matrix ids that cannot be mixed up, and the reversible way from a directory id to a Matrix id. Ids of schools and people
// stay plain texts: they come from the directory in any form, and every query asks for them by a name of its own.
import { z } from "zod";

export const matrixUserIdSchema = z
  .string()
  .regex(/^@[^:]+:.+$/)
  .brand<"MatrixUserId">();
export const roomIdSchema = z.string().startsWith("!").brand<"RoomId">();

export type MatrixUserId = z.infer<typeof matrixUserIdSchema>;
export type RoomId = z.infer<typeof roomIdSchema>;

export const roomId = (value: string): RoomId => roomIdSchema.parse(value);

/** The published client hides exactly this account from member lists (its display name is the same). */
export const PROVISIONER_LOCALPART = "idm_provisioning_bot";
/** Who sends notices of the server, see deploy/synapse/homeserver.sample.yaml; people can neither answer nor refuse them. */
export const NOTICES_LOCALPART = "schulchat_hinweise";

/** Matrix specification, "User identifiers": the whole id, sigil and domain included, in bytes. */
const MAX_MATRIX_ID_BYTES = 255;

export class MatrixIdTooLongError extends Error {
  override readonly name = "MatrixIdTooLongError";
}

/** @throws {MatrixIdTooLongError} */
export function matrixUserId(localpart: string, serverName: string): MatrixUserId {
  const id = `@${localpart}:${serverName}`;
  if (Buffer.byteLength(id) > MAX_MATRIX_ID_BYTES) throw new MatrixIdTooLongError(`longer than 255 bytes`);
  return matrixUserIdSchema.parse(id);
}

/** The part between "@" and the first ":". */
export function localpartOfUser(userId: string): string {
  const end = userId.indexOf(":");
  return userId.slice(userId.startsWith("@") ? 1 : 0, end === -1 ? undefined : end);
}

const PERSON_PREFIX = "u-";

/**
 * Localpart of a person: the prefix keeps numeric directory ids away from Synapse's guests and everybody away from the
 * provisioner; the rest is the "user ID mapping" of the Matrix specification, so that two ids never share a localpart.
 */
export function localpartOf(directoryId: string): string {
  let localpart = PERSON_PREFIX;
  for (const byte of Buffer.from(directoryId, "utf8")) {
    const letter = String.fromCharCode(byte);
    if (/[a-z0-9./+-]/.test(letter)) localpart += letter;
    else if (/[A-Z]/.test(letter)) localpart += `_${letter.toLowerCase()}`;
    else if (letter === "_") localpart += "__";
    else localpart += `=${byte.toString(16).padStart(2, "0")}`;
  }
  return localpart;
}

/** The inverse of {@link localpartOf}; undefined for a localpart that it cannot have made. */
export function directoryIdOf(localpart: string): string | undefined {
  if (!localpart.startsWith(PERSON_PREFIX)) return undefined;
  const rest = localpart.slice(PERSON_PREFIX.length);
  const tokens = rest.match(/=[0-9a-f]{2}|_[a-z_]|[a-z0-9./+-]/g) ?? [];
  const bytes = tokens.map((token) => {
    if (token.startsWith("=")) return Number.parseInt(token.slice(1), 16);
    if (token === "__") return "_".charCodeAt(0);
    return (token.startsWith("_") ? token.slice(1).toUpperCase() : token).charCodeAt(0);
  });
  const directoryId = Buffer.from(bytes).toString("utf8");
  return localpartOf(directoryId) === localpart ? directoryId : undefined;
}
