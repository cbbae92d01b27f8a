// The overview: what needs attention at the principal's schools, and whether provisioning works.
import { ownSchoolIds, rolesAt, type Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import type { Role } from "#lib/policy/roles.ts";
import type { SchoolHead } from "#lib/policy/types.ts";

export type Progress = { readonly total: number; readonly ready: number; readonly problems: number };

export type SchoolOverview = {
  readonly school: SchoolHead;
  readonly roles: readonly Role[];
  readonly versionNumber: number;
  readonly versionCreatedAt: Date;
  readonly pendingRequestId: string | null;
  readonly accounts: Progress;
  readonly rooms: Progress;
};

export type SyncOverview = {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly outcome: "running" | "succeeded" | "failed";
  readonly failure: string | null;
  readonly correlationId: string;
};

export type Overview = {
  readonly schools: readonly SchoolOverview[];
  readonly sync: SyncOverview | null;
  readonly services: readonly {
    readonly name: "synapse" | "oneroster";
    readonly reachable: boolean;
    readonly checkedAt: Date;
  }[];
};

const LISTED_SCHOOLS = 50;

/** State staff see every school (the first 50 by name), others their own. */
export async function getOverview(principal: Principal): Promise<Overview> {
  const db = database();
  const own = principal.consoleRoles.length > 0 ? {} : { id: { in: ownSchoolIds(principal) } };
  const schools = await db.school.findMany({
    where: { leftAt: null, policyCells: { not: null }, ...own },
    orderBy: { name: "asc" },
    take: LISTED_SCHOOLS,
    include: {
      versions: { orderBy: { number: "desc" }, take: 1, select: { createdAt: true } },
      requests: { where: { status: "pending", expiresAt: { gt: new Date() } }, select: { id: true } },
    },
  });
  const [sync, services] = await Promise.all([
    db.syncRun.findFirst({ orderBy: { startedAt: "desc" } }),
    db.serviceState.findMany({ where: { name: { in: ["synapse", "oneroster"] } } }),
  ]);
  return {
    schools: await Promise.all(
      schools.map(async (row) => ({
        school: {
          id: row.id,
          name: row.name,
          switches: { service: row.serviceEnabled, state: row.stateEnabled, school: row.schoolEnabled },
        },
        roles: rolesAt(principal, row.id),
        versionNumber: row.currentVersion,
        versionCreatedAt: row.versions[0]?.createdAt ?? new Date(0),
        pendingRequestId: row.requests[0]?.id ?? null,
        ...(await provisioningOf(row.id)),
      })),
    ),
    sync,
    services: services.map(({ name, reachable, checkedAt }) => ({
      name: name === "synapse" ? "synapse" : "oneroster",
      reachable,
      checkedAt,
    })),
  };
}

async function provisioningOf(schoolId: string): Promise<{ accounts: Progress; rooms: Progress }> {
  const db = database();
  const people = { affiliations: { some: { schoolId } }, leftAt: null };
  const [total, ready, problems, rooms, readyRooms, roomProblems] = await Promise.all([
    db.person.count({ where: people }),
    db.person.count({ where: { ...people, accountState: "active" } }),
    db.person.count({ where: { ...people, accountProblem: { not: null } } }),
    db.managedRoom.count({ where: { schoolId } }),
    db.managedRoom.count({ where: { schoolId, syncedAt: { not: null } } }),
    db.managedRoom.count({ where: { schoolId, problem: { not: null } } }),
  ]);
  return { accounts: { total, ready, problems }, rooms: { total: rooms, ready: readyRooms, problems: roomProblems } };
}
