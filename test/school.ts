// Schools, people and sign-ins in a test's database, written as the directory's sync and the sign-in write them.
import { randomUUID } from "node:crypto";
import { withClient } from "#demo/postgres.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { findPrincipal } from "#lib/auth/stored-session.ts";
import type { Database } from "#lib/db/client.ts";
import type { Role, Target } from "#lib/policy/roles.ts";
import { writeInitialVersion } from "#lib/policy/versions.ts";

const LONG_AGO = new Date("2020-08-01T00:00:00Z");
const HOUR_MS = 3_600_000;

/** A school that takes part, in effect by the frame's defaults. */
export async function addSchool(db: Database, id: string): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.school.create({
      data: { id, name: `Schule ${id}`, serviceEnabled: true, stateEnabled: true, schoolEnabled: true },
    });
    await writeInitialVersion(tx, id);
  });
}

/**
 * One cell of the school on or off, whatever the guarantees about approvals say: for tests of what follows from it.
 * @param ownerUrl of the database
 */
export async function setCell(
  ownerUrl: string,
  schoolId: string,
  from: Role,
  to: Target,
  isOn: boolean,
): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query("SET session_replication_role = replica"); // triggers off, for this connection
    await client.query(
      "UPDATE school SET policy_cells = overlay(policy_cells placing $1 from cell_position($2::role, $3) for 1) WHERE id = $4",
      [isOn ? "S" : "s", from, to, schoolId],
    );
  });
}

export type TestPerson = {
  readonly id: string;
  /** Roles at each school. */
  readonly roles: Readonly<Record<string, readonly Role[]>>;
  readonly since?: Date;
  readonly addressProtected?: boolean;
};

/** Localpart of the Matrix id: `u-<id>`, so ids are lower case here. */
export async function addPerson(db: Database, { id, roles, since, addressProtected }: TestPerson): Promise<void> {
  await db.person.create({
    data: {
      id,
      source: "oneroster",
      familyName: "Test",
      givenName: id,
      displayName: `Test, ${id}`,
      subject: id,
      localpart: `u-${id}`,
      addressProtected: addressProtected ?? false,
      affiliations: {
        create: Object.entries(roles).flatMap(([schoolId, held]) =>
          held.map((role) => ({ schoolId, role, since: since ?? LONG_AGO })),
        ),
      },
    },
  });
}

export async function addGroup(db: Database, id: string, schoolId: string, members: readonly string[]): Promise<void> {
  await db.group.create({
    data: {
      id,
      schoolId,
      title: id,
      kind: "homeroom",
      members: {
        create: members.map((personId) => ({ personId, role: "student", enrollmentId: `${id}-${personId}` })),
      },
    },
  });
}

/** A sign-in of its own, so that one person can have several. */
export async function signIn(db: Database, personId: string, authenticatedAt = new Date()): Promise<Principal> {
  const { id } = await db.session.create({
    data: { id: randomUUID(), personId, authenticatedAt, expiresAt: new Date(Date.now() + HOUR_MS) },
  });
  const principal = await findPrincipal(db, id, new Date());
  if (!principal) throw new Error(`${personId} cannot sign in`);
  return principal;
}
