// What the page of console roles and access reads, for state administrators only.
import { isLandAdmin, type Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import type { ConsoleRole, Role } from "#prisma/generated/enums.ts";

export type ConsolePerson = {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  /** Null while nothing keeps the person out. */
  readonly block: { readonly at: Date; readonly byName: string; readonly reason: string } | null;
};

export type ConsoleStaff = {
  readonly person: ConsolePerson;
  readonly role: ConsoleRole;
  readonly grantedAt: Date;
  /** Null: granted on the command line. */
  readonly grantedByName: string | null;
  readonly confirmedByName: string | null;
};

export type LandAdminProposalView = {
  readonly person: ConsolePerson;
  readonly proposedByName: string;
  readonly isOwn: boolean;
  readonly reason: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

export type FoundPerson = ConsolePerson & {
  readonly isSelf: boolean;
  readonly consoleRoles: readonly ConsoleRole[];
  readonly isProposed: boolean;
  readonly schools: readonly { readonly name: string; readonly id: string; readonly roles: readonly Role[] }[];
  readonly openSessions: number;
};

export type ConsoleRoles = {
  readonly staff: readonly ConsoleStaff[];
  readonly proposals: readonly LandAdminProposalView[];
  /** People who may not use the console. */
  readonly blocked: readonly ConsolePerson[];
  /** How many people answer to the search; null when nobody searched. */
  readonly found: readonly FoundPerson[] | null;
};

const LISTED = 200;
const FOUND = 5;

type PersonRow = {
  readonly id: string;
  readonly displayName: string;
  readonly username: string;
  readonly accessBlock: {
    readonly blockedAt: Date;
    readonly reason: string;
    readonly blockedBy: { readonly displayName: string };
  } | null;
};

const withBlock = { accessBlock: { include: { blockedBy: { select: { displayName: true } } } } } as const;

function toPerson({ id, displayName, username, accessBlock }: PersonRow): ConsolePerson {
  const block = accessBlock && {
    at: accessBlock.blockedAt,
    byName: accessBlock.blockedBy.displayName,
    reason: accessBlock.reason,
  };
  return { id, name: displayName, username, block };
}

/**
 * Null when there is no such page for this principal.
 * @param search a directory id, a subject or a username, complete: whoever may be given a role is not guessed
 */
export async function getConsoleRoles(principal: Principal, search: string): Promise<ConsoleRoles | null> {
  if (!isLandAdmin(principal)) return null;
  const db = database();
  const [grants, proposals, blocked, found] = await Promise.all([
    db.consoleRoleGrant.findMany({
      include: { person: { include: withBlock } },
      orderBy: [{ role: "desc" }, { person: { familyName: "asc" } }, { personId: "asc" }],
      take: LISTED,
    }),
    db.landAdminProposal.findMany({
      where: { expiresAt: { gt: new Date() } },
      include: { person: { include: withBlock }, proposedBy: { select: { displayName: true } } },
      orderBy: { createdAt: "asc" },
      take: LISTED,
    }),
    db.person.findMany({
      where: { accessBlock: { isNot: null } },
      include: withBlock,
      orderBy: [{ familyName: "asc" }, { id: "asc" }],
      take: LISTED,
    }),
    search === "" ? null : findPeople(principal, search),
  ]);
  const granters = grants.flatMap(({ grantedById, confirmedById }) => [grantedById ?? [], confirmedById ?? []].flat());
  const names = new Map(
    (await db.person.findMany({ where: { id: { in: granters } }, select: { id: true, displayName: true } })).map(
      (person) => [person.id, person.displayName],
    ),
  );
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? id));
  return {
    staff: grants.map((grant) => ({
      person: toPerson(grant.person),
      role: grant.role,
      grantedAt: grant.grantedAt,
      grantedByName: nameOf(grant.grantedById),
      confirmedByName: nameOf(grant.confirmedById),
    })),
    proposals: proposals.map((proposal) => ({
      person: toPerson(proposal.person),
      proposedByName: proposal.proposedBy.displayName,
      isOwn: proposal.proposedById === principal.personId,
      reason: proposal.reason,
      createdAt: proposal.createdAt,
      expiresAt: proposal.expiresAt,
    })),
    blocked: blocked.map(toPerson),
    found,
  };
}

async function findPeople(principal: Principal, search: string): Promise<FoundPerson[]> {
  const now = new Date();
  const rows = await database().person.findMany({
    where: { OR: [{ id: search }, { subject: search }, { username: search }], leftAt: null },
    orderBy: { id: "asc" },
    take: FOUND,
    include: {
      ...withBlock,
      consoleRoles: { select: { role: true } },
      landAdminProposal: { select: { expiresAt: true } },
      affiliations: {
        include: { school: { select: { name: true } } },
        orderBy: [{ schoolId: "asc" }, { role: "asc" }],
      },
      _count: { select: { sessions: { where: { endedAt: null, expiresAt: { gt: now } } } } },
    },
  });
  return rows.map((row) => {
    const schools = new Map<string, { id: string; name: string; roles: Role[] }>();
    for (const { schoolId, role, school } of row.affiliations) {
      const known = schools.get(schoolId);
      if (known) known.roles.push(role);
      else schools.set(schoolId, { id: schoolId, name: school.name, roles: [role] });
    }
    return {
      ...toPerson(row),
      isSelf: row.id === principal.personId,
      consoleRoles: row.consoleRoles.map(({ role }) => role),
      isProposed: (row.landAdminProposal?.expiresAt.getTime() ?? 0) > now.getTime(),
      schools: [...schools.values()],
      openSessions: row._count.sessions,
    };
  });
}
