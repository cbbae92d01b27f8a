// Sealed evidence opens only with its key, at its place, and unchanged.
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CannotOpenError, KEY_BYTES, open, seal, type KeyRing, type SealingKey } from "./sealing.ts";

const key = (id: string): SealingKey => ({ id, secret: randomBytes(KEY_BYTES) });
const oldKey = key("2026-01");
const newKey = key("2026-11");
const content = Buffer.from("Ein Beleg mit Umlauten: äöü");

function failure(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof CannotOpenError ? error.reason : error;
  }
}

describe("sealing", () => {
  test("what was sealed opens again", () => {
    const sealed = seal([newKey], "report-1", content);
    expect(open([newKey], "report-1", sealed)).toEqual(content);
    expect(Buffer.from(sealed.bytes).includes(content)).toBe(false);
  });

  test("the first key seals, every key of the ring opens", () => {
    const before = seal([oldKey], "report-1", content);
    const ring: KeyRing = [newKey, oldKey];
    expect(open(ring, "report-1", before)).toEqual(content);
    expect(seal(ring, "report-1", content).keyId).toBe(newKey.id);
  });

  test("a key that is gone is named as the reason", () => {
    const sealed = seal([oldKey], "report-1", content);
    expect(failure(() => open([newKey], "report-1", sealed))).toBe("keyMissing");
  });

  test.each([0, 12, 20, -1])("a changed byte (%i) is noticed", (at) => {
    const sealed = seal([newKey], "report-1", content);
    const bytes = Uint8Array.from(sealed.bytes);
    const place = at < 0 ? bytes.length + at : at;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    expect(failure(() => open([newKey], "report-1", { ...sealed, bytes }))).toBe("damaged");
  });

  test("evidence moved to another report does not open", () => {
    const sealed = seal([newKey], "report-1", content);
    expect(failure(() => open([newKey], "report-2", sealed))).toBe("damaged");
  });

  test("too short to be sealed", () => {
    expect(failure(() => open([newKey], "x", { keyId: newKey.id, bytes: new Uint8Array(5) }))).toBe("damaged");
  });
});
