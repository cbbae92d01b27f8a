// Reads what decides about people's accounts, in one query for many: half a million are made in the first days.
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import type { AccountFacts } from "./account-step.ts";
import { SERVED } from "./served.ts";

export type AccountPerson = {
  readonly id: string;
  readonly localpart: string;
  readonly facts: AccountFacts;
  /** We have deactivated the account, or were about to. */
  readonly isOwnDeactivation: boolean;
  readonly gracePeriodDays: number;
};

const row = z.object({
  id: z.string(),
  localpart: z.string(),
  display_name: z.string(),
  subject: z.string(),
  enabled: z.boolean(),
  left_at: z.date().nullable(),
  account_state: z.enum(["absent", "active", "locked", "deactivated", "conflict"]),
  account_display_name: z.string().nullable(),
  is_synced: z.boolean(),
  is_erased: z.boolean(),
  is_own_deactivation: z.boolean(),
  is_served: z.boolean(),
  is_in_rooms: z.boolean(),
  grace_period_days: z.number(),
});

/** Whoever is not known is left out. */
export async function readAccountPeople(db: Database, personIds: readonly string[]): Promise<readonly AccountPerson[]> {
  const rows: unknown = await db.$queryRaw`
    SELECT p.id, p.localpart, p.display_name, p.subject, p.enabled, p.left_at, p.account_state, p.account_display_name,
      p.account_synced_at IS NOT NULL AS is_synced, p.account_erased_at IS NOT NULL AS is_erased,
      p.account_deactivated_at IS NOT NULL AS is_own_deactivation,
      EXISTS (SELECT FROM affiliation a JOIN school s ON s.id = a.school_id WHERE a.person_id = p.id AND ${SERVED})
        OR EXISTS (SELECT FROM person_source a JOIN school s ON s.id = a.school_id WHERE a.person_id = p.id AND ${SERVED})
        AS is_served,
      EXISTS (SELECT FROM school_departure d WHERE d.person_id = p.id AND d.settled_at IS NULL) AS is_in_rooms,
      (SELECT grace_period_days FROM policy_frame ORDER BY version DESC LIMIT 1) AS grace_period_days
    FROM person p WHERE p.id = ANY(${[...personIds]}::text[])`;
  return z.array(row).parse(rows).map(accountPerson);
}

function accountPerson(person: z.infer<typeof row>): AccountPerson {
  return {
    id: person.id,
    localpart: person.localpart,
    facts: {
      displayName: person.display_name,
      subject: person.subject,
      enabled: person.enabled,
      leftAt: person.left_at,
      isServed: person.is_served,
      isInRooms: person.is_in_rooms,
      recorded: {
        state: person.account_state,
        displayName: person.account_display_name,
        isSynced: person.is_synced,
        isErased: person.is_erased,
      },
    },
    isOwnDeactivation: person.is_own_deactivation,
    gracePeriodDays: person.grace_period_days,
  };
}
