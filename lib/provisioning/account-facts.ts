// Reads what decides about one person's account.
import type { Database } from "#lib/db/client.ts";
import type { AccountFacts } from "./account-step.ts";

export type AccountPerson = {
  readonly id: string;
  readonly localpart: string;
  readonly facts: AccountFacts;
  /** We have deactivated the account, or were about to. */
  readonly isOwnDeactivation: boolean;
  readonly gracePeriodDays: number;
};

const SWITCHES = { serviceEnabled: true, stateEnabled: true, schoolEnabled: true, leftAt: true } as const;
type Switches = { serviceEnabled: boolean; stateEnabled: boolean; schoolEnabled: boolean; leftAt: Date | null };

const isServed = ({ school }: { readonly school: Switches }): boolean =>
  school.serviceEnabled && school.stateEnabled && school.schoolEnabled && school.leftAt === null;

export async function readAccountPerson(db: Database, personId: string): Promise<AccountPerson | null> {
  const person = await db.person.findUnique({
    where: { id: personId },
    select: {
      id: true,
      localpart: true,
      displayName: true,
      subject: true,
      enabled: true,
      leftAt: true,
      accountState: true,
      accountDisplayName: true,
      accountSyncedAt: true,
      accountDeactivatedAt: true,
      accountErasedAt: true,
      affiliations: { select: { school: { select: SWITCHES } } },
      sources: { select: { school: { select: SWITCHES } } },
      departures: { where: { settledAt: null }, select: { schoolId: true } },
    },
  });
  if (person === null) return null;
  const frame = await db.policyFrame.findFirstOrThrow({
    orderBy: { version: "desc" },
    select: { gracePeriodDays: true },
  });
  const { id, localpart, displayName, subject, enabled, leftAt } = person;
  return {
    id,
    localpart,
    facts: {
      ...{ displayName, subject, enabled, leftAt },
      isServed: person.affiliations.some(isServed) || person.sources.some(isServed),
      isInRooms: person.departures.length > 0,
      recorded: {
        state: person.accountState,
        displayName: person.accountDisplayName,
        isSynced: person.accountSyncedAt !== null,
        isErased: person.accountErasedAt !== null,
      },
    },
    isOwnDeactivation: person.accountDeactivatedAt !== null,
    gracePeriodDays: frame.gracePeriodDays,
  };
}
