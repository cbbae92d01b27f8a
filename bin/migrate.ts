// Prepares the database that MIGRATION_DATABASE_URL names: migrations, job queues, the state's first frame.
import { EnvironmentError, readEnvironment } from "#lib/env/env.ts";
import { prepareDatabase } from "#lib/setup/prepare-database.ts";

try {
  const { migrations, frameSeeded } = await prepareDatabase(readEnvironment("migrate").MIGRATION_DATABASE_URL);
  console.log(migrations.length === 0 ? "migrations: nothing to do" : `migrations: ${migrations.join(", ")}`);
  console.log(`policy frame: ${frameSeeded ? "version 1 written" : "present"}`);
} catch (error) {
  console.error(error instanceof EnvironmentError ? error.message : error);
  process.exitCode = 1;
}
