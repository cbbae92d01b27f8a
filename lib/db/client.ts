// The Prisma client, one a process, and the transaction type that the domains pass around.
import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "#prisma/generated/client.ts";
import { APPLICATION_ROLE_OPTION } from "./connection.ts";

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;
/** What a query needs: the client itself or a running transaction. */
export type Reader = Database | Transaction;

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
