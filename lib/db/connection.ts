// What every connection to the database has in common, also those that are opened without a Prisma client, as the gate's are.

/** The application works as this role: it cannot change what is written once (prisma/migrations/0002_guarantees). */
export const APPLICATION_ROLE_OPTION = "-c role=schulchat_app";

const AWAY =
  /\b(P1001|P1002|P1008|P1017|P2024|P2028|ECONNREFUSED|ECONNRESET|ETIMEDOUT|57P0[1-3])\b|Connection terminated|timeout exceeded when trying to connect|Can't reach database/;

/** The database cannot be asked right now, as opposed to having answered with an error. */
export function isDatabaseAway(error: unknown): boolean {
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    const code = "code" in current ? String(current.code) : "";
    if (AWAY.test(`${code} ${current.message}`)) return true;
    current = current.cause;
  }
  return false;
}
