import { describe, expect, test } from "vitest";
import { commitmentTo, entryHash, newSalt, verifyChain, type ChainedEntry, type StoredPayload } from "./chain.ts";

type Entry = ChainedEntry & { readonly stored: StoredPayload | null };

/** A chain as the database writes it. */
function chainOf(length: number): Entry[] {
  const entries: Entry[] = [];
  for (let seq = 1; seq <= length; seq += 1) {
    const stored = { salt: newSalt(), payload: JSON.stringify({ type: "signedIn", seq }) };
    const entry = {
      scope: "S-1",
      seq,
      at: new Date(Date.UTC(2026, 2, 20, 8, 0, seq)),
      actorId: seq % 2 === 0 ? null : "p-1",
      actorRole: "orgAdmin",
      type: "signedIn",
      outcome: "done",
      correlationId: "ABCDEFGHJK",
      commitment: commitmentTo(stored.salt, stored.payload),
      previousHash: entries.at(-1)?.hash ?? "",
    };
    entries.push({ ...entry, hash: entryHash(entry), stored });
  }
  return entries;
}
/** The same chain with one entry changed, and its hash made to fit if asked. */
function tampered(entries: readonly Entry[], seq: number, change: Partial<Entry>, rehash = false): Entry[] {
  return entries.map((entry) => {
    if (entry.seq !== seq) return entry;
    const changed = { ...entry, ...change };
    return rehash ? { ...changed, hash: entryHash(changed) } : changed;
  });
}

describe("the chain verifies", () => {
  test("from its beginning, in part, and when it is empty", () => {
    const chain = chainOf(5);
    expect(verifyChain(chain)).toBeUndefined();
    expect(verifyChain(chain.slice(2), { seq: 3, previousHash: chain[1]?.hash ?? "" })).toBeUndefined();
    expect(verifyChain([])).toBeUndefined();
  });
  test("when retention has erased payloads", () => {
    expect(verifyChain(chainOf(5).map((entry) => ({ ...entry, stored: null })))).toBeUndefined();
  });
});

describe("the chain tells what was done to it", () => {
  const chain = chainOf(5);
  test.each<[string, Entry[], object]>([
    ["an entry removed", chain.filter(({ seq }) => seq !== 3), { seq: 3, fault: "gap" }],
    ["the beginning removed", chain.slice(1), { seq: 1, fault: "gap" }],
    [
      "two entries swapped",
      [...chain.slice(0, 2), ...chain.slice(2, 4).toReversed(), ...chain.slice(4)],
      { seq: 3, fault: "gap" },
    ],
    ["who did it changed", tampered(chain, 3, { actorId: "p-2" }), { seq: 3, fault: "hash" }],
    ["who did it taken away", tampered(chain, 3, { actorId: null }), { seq: 3, fault: "hash" }],
    ["the role changed", tampered(chain, 3, { actorRole: "schoolManagement" }), { seq: 3, fault: "hash" }],
    ["what it was changed", tampered(chain, 3, { type: "signedOut" }), { seq: 3, fault: "hash" }],
    ["the outcome changed", tampered(chain, 3, { outcome: "refused" }), { seq: 3, fault: "hash" }],
    ["the time changed", tampered(chain, 3, { at: new Date(0) }), { seq: 3, fault: "hash" }],
    ["the school changed", tampered(chain, 3, { scope: "S-2" }), { seq: 3, fault: "hash" }],
    ["the correlation changed", tampered(chain, 3, { correlationId: "X" }), { seq: 3, fault: "hash" }],
    ["the content changed", tampered(chain, 3, { stored: { salt: "s", payload: "{}" } }), { seq: 3, fault: "payload" }],
    [
      "changed and hashed anew: the next entry says so",
      tampered(chain, 3, { actorRole: "none" }, true),
      { seq: 4, fault: "link" },
    ],
    [
      "text moved from one field to the next",
      tampered(chain, 3, { type: "signed", outcome: "Indone" }),
      { seq: 3, fault: "hash" },
    ],
  ])("%s", (_, entries, fault) => {
    expect(verifyChain(entries)).toEqual(fault);
  });
});

test("equal payloads have different commitments, so that an erased one cannot be guessed", () => {
  const payload = JSON.stringify({ type: "signedIn" });
  expect(commitmentTo(newSalt(), payload)).not.toBe(commitmentTo(newSalt(), payload));
  expect(newSalt()).toMatch(/^[0-9a-f]{32}$/);
});
