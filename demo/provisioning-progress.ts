// How far the first provisioning is, read from the database: it goes on behind the start, and whoever waits sees it.
import type { Client } from "pg";
import { z } from "zod";

const count = z.coerce.number().int();
const rowSchema = z.object({
  synced: z.boolean(),
  failure: z.string().nullable(),
  accounts: count,
  accountsDone: count,
  rooms: count,
  roomsDone: count,
  problems: count,
});
export type ProvisioningState = z.infer<typeof rowSchema>;

const SERVED = "s.state_enabled AND s.school_enabled AND s.service_enabled AND s.left_at IS NULL";

/** People with two schools count once. */
const QUERY = `
  WITH wanted AS (
    SELECT DISTINCT p.id, p.account_state, p.account_problem FROM person p
    JOIN affiliation a ON a.person_id = p.id JOIN school s ON s.id = a.school_id
    WHERE p.enabled AND p.left_at IS NULL AND ${SERVED}
  ), wanted_room AS (
    SELECT r.* FROM managed_room r JOIN school s ON s.id = r.school_id WHERE ${SERVED}
  )
  SELECT EXISTS (SELECT FROM sync_run WHERE outcome = 'succeeded') AS synced,
         (SELECT failure FROM sync_run WHERE outcome <> 'running' ORDER BY started_at DESC LIMIT 1) AS failure,
         (SELECT count(*) FROM wanted) AS accounts,
         (SELECT count(*) FROM wanted WHERE account_state = 'active') AS "accountsDone",
         (SELECT count(*) FROM wanted_room) AS rooms,
         (SELECT count(*) FROM wanted_room WHERE synced_at IS NOT NULL) AS "roomsDone",
         (SELECT count(*) FROM wanted WHERE account_problem IS NOT NULL)
           + (SELECT count(*) FROM wanted_room WHERE problem IS NOT NULL) AS problems`;

export async function readProvisioning(client: Client): Promise<ProvisioningState> {
  const { rows } = await client.query(QUERY);
  return rowSchema.parse(rows[0]);
}

export function isProvisioned(state: ProvisioningState): boolean {
  return state.synced && state.accounts > 0 && state.accountsDone === state.accounts && state.roomsDone === state.rooms;
}

const number = new Intl.NumberFormat("en");

export function provisioningSentence(state: ProvisioningState): string {
  if (!state.synced) {
    if (state.failure !== null)
      return `provisioning: the directory could not be read (${state.failure}); it is tried again`;
    return "provisioning: reading the directory";
  }
  const of = (done: number, all: number): string => `${number.format(done)} of ${number.format(all)}`;
  const problems = state.problems === 0 ? "" : `, ${number.format(state.problems)} with a problem`;
  return `provisioning: ${of(state.accountsDone, state.accounts)} accounts, ${of(state.roomsDone, state.rooms)} rooms${problems}`;
}
