// Grants a console role to state staff: the person (source "console" unless the directory knows them), the grant and
// its audit entry in one transaction. An operator's deed: no page and no action calls it.
import { writeAudit, SYSTEM_ACTOR } from "#lib/audit/write.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { Database } from "#lib/db/client.ts";
import { localpartOf } from "#lib/ids/ids.ts";
import { correlationId } from "#lib/log/log.ts";
import type { ConsoleRole } from "#prisma/generated/enums.ts";

export type StaffMember = {
  /** What the identity provider calls the person. */
  readonly subject: string;
  readonly familyName: string;
  readonly givenName: string;
  readonly username?: string;
  /** Where notices go; the identity provider's word at a later sign-in counts more. */
  readonly email?: string;
};

/** @returns whether the role was granted now; false: the person has it already */
export async function grantConsoleRole(db: Database, staff: StaffMember, role: ConsoleRole): Promise<boolean> {
  const { subject, familyName, givenName, username = "", email } = staff;
  return db.$transaction(async (tx) => {
    const person = await tx.person.upsert({
      where: { subject },
      update: email === undefined ? {} : { email },
      create: {
        id: subject,
        source: "console",
        subject,
        localpart: localpartOf(subject),
        familyName,
        givenName,
        displayName: `${givenName} ${familyName}`,
        username,
        email: email ?? null,
      },
    });
    const { count } = await tx.consoleRoleGrant.createMany({
      data: { personId: person.id, role },
      skipDuplicates: true,
    });
    if (count === 0) return false;
    await writeAudit(tx, {
      scope: STATE_SCOPE,
      actor: SYSTEM_ACTOR,
      event: { type: "consoleRoleGranted", personId: person.id, role },
      outcome: "done",
      correlationId: correlationId(),
    });
    return true;
  });
}
