// Grants a console role: node bin/grant.ts <subject> landAdmin|support "<Family, Given>" [--email <address>]
// Reads MIGRATION_DATABASE_URL, like bin/migrate.ts.
import { parseArgs } from "node:util";
import { z } from "zod";
import { openDatabase } from "#lib/db/client.ts";
import { EnvironmentError, readEnvironment } from "#lib/env/env.ts";
import { grantConsoleRole } from "#lib/setup/console-roles.ts";
import { ConsoleRole } from "#prisma/generated/enums.ts";

const USAGE = 'node bin/grant.ts <subject> landAdmin|support "<Family, Given>" [--email <address>]';
const argumentsSchema = z.tuple([
  z.string().min(1),
  z.enum(ConsoleRole),
  z
    .string()
    .regex(/^[^,]+,[^,]+$/)
    .transform((name) => name.split(",").map((part) => part.trim()))
    .pipe(z.tuple([z.string().min(1), z.string().min(1)])),
]);

/** Null: not understood. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { email: { type: "string" } } });
    const parsed = argumentsSchema.safeParse(positionals);
    const email = z.email().max(254).optional().safeParse(values.email);
    return parsed.success && email.success ? { staff: parsed.data, email: email.data } : null;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

async function main(): Promise<void> {
  const parsed = readArguments();
  if (parsed === null) {
    console.error(`Usage: ${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const [subject, role, [familyName, givenName]] = parsed.staff;
  const person = { subject, familyName, givenName, ...(parsed.email !== undefined && { email: parsed.email }) };
  const db = openDatabase(readEnvironment("migrate").MIGRATION_DATABASE_URL);
  try {
    const granted = await grantConsoleRole(db, person, role);
    console.log(granted ? `${subject} is ${role} now.` : `${subject} was ${role} already.`);
  } finally {
    await db.$disconnect();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof EnvironmentError ? error.message : error);
  process.exitCode = 1;
}
