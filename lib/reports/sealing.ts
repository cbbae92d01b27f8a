// Encrypts evidence at rest: AES-256-GCM under a key of the environment. Keys rotate: the first of the ring seals, all
// of them open, and each sealed piece names its key.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Never empty; the first key seals. */
export type KeyRing = readonly [SealingKey, ...SealingKey[]];
export type SealingKey = { readonly id: string; readonly secret: Uint8Array };
export type Sealed = {
  readonly keyId: string;
  /** nonce (12 bytes), ciphertext, tag (16 bytes) */ readonly bytes: Uint8Array<ArrayBuffer>;
};

/** The key is gone, or the piece was changed or moved: evidence that cannot be trusted is not shown. */
export class CannotOpenError extends Error {
  override readonly name = "CannotOpenError";
  readonly reason: "keyMissing" | "damaged";

  constructor(reason: "keyMissing" | "damaged", options?: ErrorOptions) {
    super(`sealed content cannot be opened: ${reason}`, options);
    this.reason = reason;
  }
}

/** @param place what the content belongs to, e.g. a report's id; opening under another place fails */
export function seal(ring: KeyRing, place: string, content: Uint8Array): Sealed {
  const [key] = ring;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.secret, nonce);
  cipher.setAAD(Buffer.from(place));
  const bytes = Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  return { keyId: key.id, bytes };
}

/** @throws {CannotOpenError} */
export function open(ring: KeyRing, place: string, { keyId, bytes }: Sealed): Buffer {
  const key = ring.find(({ id }) => id === keyId);
  if (!key) throw new CannotOpenError("keyMissing");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new CannotOpenError("damaged");
  const decipher = createDecipheriv(ALGORITHM, key.secret, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    const content = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
    return Buffer.concat([content, decipher.final()]);
  } catch (error) {
    throw new CannotOpenError("damaged", { cause: error });
  }
}
