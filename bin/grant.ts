// Grants a console role: node bin/grant.ts <subject> landAdmin|support "<Family, Given>"
// Reads MIGRATION_DATABASE_URL, like bin/migrate.ts.
import { z } from "zod";
import { openDatabase } from "#lib/db/client.ts";
import { EnvironmentError, readEnvironment } from "#lib/env/env.ts";
import { grantConsoleRole } from "#lib/setup/console-roles.ts";
import { ConsoleRole } from "#prisma/generated/enums.ts";

const USAGE = 'node bin/grant.ts <subject> landAdmin|support "<Family, Given>"';
const argumentsSchema = z.tuple([
  z.string().min(1),
  z.enum(ConsoleRole),
  z
    .string()
    .regex(/^[^,]+,[^,]+$/)
    .transform((name) => name.split(",").map((part) => part.trim()))
    .pipe(z.tuple([z.string().min(1), z.string().min(1)])),
]);

async function main(): Promise<void> {
  const parsed = argumentsSchema.safeParse(process.argv.slice(2));
  if (!parsed.success) {
    console.error(`Usage: ${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const [subject, role, [familyName, givenName]] = parsed.data;
  const db = openDatabase(readEnvironment("migrate").MIGRATION_DATABASE_URL);
  try {
    const granted = await grantConsoleRole(db, { subject, familyName, givenName }, role);
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
