// The Prisma client, one a process, and the transaction type that the domains pass around.
import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "#prisma/generated/client.ts";

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;
/** What a query needs: the client itself or a running transaction. */
export type Reader = Database | Transaction;

/** The application works as this role: it cannot change what is written once (prisma/migrations/0002_guarantees). */
export const APPLICATION_ROLE_OPTION = "-c role=schulchat_app";

const POOL = { max: 5, connectionTimeoutMillis: 5_000, idleTimeoutMillis: 300_000 };

/** Opens a client. The caller disconnects it. */
export function openDatabase(databaseUrl: string): Database {
  const adapter = new PrismaPg({
    connectionString: databaseUrl,
    options: `${APPLICATION_ROLE_OPTION} -c statement_timeout=30000`,
    application_name: "schulchat",
    ...POOL,
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 5_000, timeout: 15_000 } });
}

/** Unique constraint violated. The error's details contain values, so only the code is looked at. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

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
