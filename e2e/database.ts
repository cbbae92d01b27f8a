// The running system's database, for what no journey can wait for: a sign-in that grows old.
import { join } from "node:path";
import pg from "pg";
import { loadSecrets } from "#demo/secrets.ts";
import { E2E_DATA_DIR, E2E_PORTS } from "./system.ts";

/** Makes the last sign-in of a person as old as this. */
export async function ageSignIn(personId: string, minutes: number): Promise<void> {
  const { postgres } = await loadSecrets(join(import.meta.dirname, "..", E2E_DATA_DIR));
  const client = new pg.Client({
    connectionString: `postgresql://schulchat:${postgres}@127.0.0.1:${E2E_PORTS.POSTGRES_PORT}/schulchat`,
  });
  await client.connect();
  try {
    await client.query(
      "UPDATE session SET authenticated_at = now() - make_interval(mins => $2) WHERE person_id = $1 AND ended_at IS NULL",
      [personId, minutes],
    );
  } finally {
    await client.end();
  }
}
