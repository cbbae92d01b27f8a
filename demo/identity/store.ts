/** Keeps the identity provider's sessions and codes in memory: a restart of the demo asks everybody to sign in again. */
import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";

type Entry = {
  readonly payload: AdapterPayload;
  readonly expiresAtMs: number;
};

const SWEEP_ABOVE_ENTRIES = 5_000;

/** The library's own memory store forgets sessions above 1,000 entries, which a test with many people reaches. */
export function createMemoryStore(): AdapterFactory {
  const entries = new Map<string, Entry>();

  const payloadAt = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    return entry !== undefined && entry.expiresAtMs > Date.now() ? entry.payload : undefined;
  };
  const sweep = (): void => {
    if (entries.size <= SWEEP_ABOVE_ENTRIES) return;
    for (const key of [...entries.keys()]) if (payloadAt(key) === undefined) entries.delete(key);
  };
  const findWhere = (model: string, field: "uid" | "userCode", value: string): AdapterPayload | undefined => {
    for (const [key, { payload }] of entries) {
      if (key.startsWith(`${model}:`) && payload[field] === value) return payloadAt(key);
    }
    return undefined;
  };

  return (model): Adapter => ({
    upsert(id, payload, expiresInSeconds) {
      const lifetimeMs = expiresInSeconds === undefined ? Number.POSITIVE_INFINITY : expiresInSeconds * 1000;
      entries.set(`${model}:${id}`, { payload, expiresAtMs: Date.now() + lifetimeMs });
      sweep();
      return Promise.resolve();
    },
    find: (id) => Promise.resolve(payloadAt(`${model}:${id}`)),
    findByUid: (uid) => Promise.resolve(findWhere(model, "uid", uid)),
    findByUserCode: (userCode) => Promise.resolve(findWhere(model, "userCode", userCode)),
    consume(id) {
      const payload = payloadAt(`${model}:${id}`);
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
      return Promise.resolve();
    },
    destroy(id) {
      entries.delete(`${model}:${id}`);
      return Promise.resolve();
    },
    revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${model}:`) && payload.grantId === grantId) entries.delete(key);
      }
      return Promise.resolve();
    },
  });
}
