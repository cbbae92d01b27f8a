// How fast something goes and how long it will take, from how far it is. Pure.

export type Pace = { readonly perMinute: number; readonly remainingSeconds: number };

/** Less says nothing about what is to come. */
const MEASURED_MS = 2_000;

/** @param sinceMs since it began. Null while it is too early to say, and at the end. */
export function paceOf(done: number, total: number, sinceMs: number): Pace | null {
  if (done <= 0 || done >= total || sinceMs < MEASURED_MS) return null;
  const perMs = done / sinceMs;
  return {
    perMinute: Math.max(1, Math.round(perMs * 60_000)),
    remainingSeconds: Math.ceil((total - done) / perMs / 1_000),
  };
}
