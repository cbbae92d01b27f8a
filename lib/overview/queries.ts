// The overview: what needs attention at the principal's schools, and whether provisioning works; and the schools that
// somebody may choose from.
import { z } from "zod";
import {
  isLandAdmin,
  isStateStaff,
  mayAuditSchool,
  maySeeSchool,
  ownSchoolIds,
  rolesAt,
  type Principal,
} from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import { readMailState, type MailState } from "#lib/notify/queries.ts";
import { mayApprove, mayReject } from "#lib/policy/approval.ts";
import { decisionQuestion, toStoredRequest } from "#lib/policy/requests.ts";
import type { Role } from "#lib/policy/roles.ts";
import type { SchoolHead } from "#lib/policy/types.ts";
import { findSwitchRequests } from "#lib/provisioning/switch-queries.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { countNotices, NO_NOTICES, type NoticeCounts } from "./notices.ts";

/** Foreign systems that the worker watches; those that are not configured have no state. */
const SERVICES = ["synapse", "oneroster", "ldap", "amqp"] as const;
export type ServiceName = (typeof SERVICES)[number];

export type Progress = { readonly total: number; readonly ready: number; readonly problems: number };

export type SchoolOverview = {
  readonly school: SchoolHead;
  readonly roles: readonly Role[];
  readonly versionNumber: number;
  readonly versionCreatedAt: Date;
  readonly pending: {
    readonly id: string;
    readonly expiresAt: Date;
    /** The reader may approve or reject it. */
    readonly mayDecide: boolean;
  } | null;
  readonly pendingRequestId: string | null;
  /** Ends then: a switch that the reader may approve or reject. */
  readonly switchToDecide: Date | null;
  /** Changes of the directory that the guard holds back; 0 for who may not see them. */
  readonly held: number;
  /** The reader may open the page on provisioning. */
  readonly maySeeProvisioning: boolean;
  readonly accounts: Progress;
  readonly rooms: Progress;
  /** Of the reader's own schools. */
  readonly notices: NoticeCounts;
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
  /** Of the state's schools those that were searched for; null for people with schools of their own only. */
  readonly search: {
    readonly text: string;
    readonly page: number;
    readonly pages: number;
    readonly total: number;
  } | null;
  /** State administrators to be that the reader may confirm. */
  readonly openProposals: number;
  /** The change of the state's frame that waits for a second state administrator; null for everybody else. */
  readonly frameProposal: { readonly id: string; readonly expiresAt: Date; readonly isAuthor: boolean } | null;
  readonly sync: SyncOverview | null;
  readonly services: readonly {
    readonly name: ServiceName;
    readonly reachable: boolean;
    readonly checkedAt: Date;
  }[];
  /** For the state only, whose matter it is; null until a worker has looked. */
  readonly mail: MailState | null;
};

export type SchoolSearch = {
  /** Words of the name or identifier; empty: all. */
  readonly text?: string;
  /** From 1. */
  readonly page?: number;
};

/** What the frame shows of a school. */
export type ChoosableSchool = {
  readonly school: SchoolHead;
  readonly roles: readonly Role[];
  readonly pendingRequestId: string | null;
};

const OWN_SCHOOLS = 50;
const PAGE_SIZE = 20;

/** Schools that have a policy. */
const inEffect = { leftAt: null, policyCells: { not: null } } as const;
const openAt = (now: Date) => ({ status: "pending", expiresAt: { gt: now } }) as const;

type SchoolRow = {
  readonly id: string;
  readonly name: string;
  readonly serviceEnabled: boolean;
  readonly stateEnabled: boolean;
  readonly schoolEnabled: boolean;
};

function toHead({ id, name, serviceEnabled, stateEnabled, schoolEnabled }: SchoolRow): SchoolHead {
  return { id, name, switches: { service: serviceEnabled, state: stateEnabled, school: schoolEnabled } };
}

/** Every word stands in the name, the id or the identifier, in any case. */
function containing(text: string): Prisma.SchoolWhereInput {
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");
  return {
    AND: words.map((word) => {
      const contains = { contains: word, mode: "insensitive" } as const;
      return { OR: [{ name: contains }, { id: contains }, { identifier: contains }] };
    }),
  };
}

/** State staff see the schools that they search for, others their own. */
export async function getOverview(principal: Principal, search: SchoolSearch = {}): Promise<Overview> {
  const db = database();
  const now = new Date();
  const isState = isStateStaff(principal);
  const text = isState ? (search.text ?? "") : "";
  const where: Prisma.SchoolWhereInput = {
    ...inEffect,
    ...(isState ? containing(text) : { id: { in: ownSchoolIds(principal) } }),
  };
  const total = isState ? await db.school.count({ where }) : 0;
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const page = Math.min(Math.max(1, search.page ?? 1), pages);
  const rows = await db.school.findMany({
    where,
    orderBy: [{ name: "asc" }, { id: "asc" }],
    skip: (page - 1) * PAGE_SIZE,
    take: isState ? PAGE_SIZE : OWN_SCHOOLS,
    include: {
      versions: { orderBy: { number: "desc" }, take: 1, select: { createdAt: true } },
      requests: { where: openAt(now), include: { parts: { orderBy: { id: "asc" } } } },
    },
  });
  const frame = await db.policyFrame.findFirst({ orderBy: { version: "desc" }, select: { approverRoleAgeDays: true } });
  const visible = rows.map(({ id }) => id).filter((id) => mayAuditSchool(principal, id));
  const [provisioning, held, notices, sync, services, openProposals, frameProposal, mail] = await Promise.all([
    provisioningOf(rows.map(({ id }) => id)),
    countHeld(visible),
    countNotices(ownSchoolIds(principal)),
    db.syncRun.findFirst({
      where: { source: "oneroster", schoolId: null, kind: { not: "dryRun" } },
      orderBy: { startedAt: "desc" },
    }),
    db.serviceState.findMany({ where: { name: { in: [...SERVICES] } }, orderBy: { name: "desc" } }),
    isLandAdmin(principal)
      ? db.landAdminProposal.count({ where: { expiresAt: { gt: now }, proposedById: { not: principal.personId } } })
      : 0,
    isLandAdmin(principal)
      ? db.frameProposal.findFirst({ where: openAt(now), select: { id: true, expiresAt: true, authorId: true } })
      : null,
    isState ? readMailState(db) : null,
  ]);
  const schools: SchoolOverview[] = [];
  for (const row of rows) {
    const [request] = row.requests;
    let mayDecide = false;
    if (request && ownSchoolIds(principal).includes(row.id)) {
      const ageDays = frame?.approverRoleAgeDays ?? 0;
      const question = await decisionQuestion(db, toStoredRequest(request), principal.personId, ageDays, now);
      mayDecide = mayApprove(question).allowed || mayReject(question).allowed;
    }
    schools.push({
      school: toHead(row),
      roles: rolesAt(principal, row.id),
      versionNumber: row.currentVersion,
      versionCreatedAt: row.versions[0]?.createdAt ?? new Date(0),
      pending: request ? { id: request.id, expiresAt: request.expiresAt, mayDecide } : null,
      pendingRequestId: request?.id ?? null,
      switchToDecide: await findSwitchToDecide(principal, row.id, now),
      held: held.get(row.id) ?? 0,
      maySeeProvisioning: visible.includes(row.id),
      ...provisioning(row.id),
      notices: notices.get(row.id) ?? NO_NOTICES,
    });
  }
  return {
    schools,
    search: isState ? { text, page, pages, total } : null,
    openProposals,
    frameProposal: frameProposal && {
      id: frameProposal.id,
      expiresAt: frameProposal.expiresAt,
      isAuthor: frameProposal.authorId === principal.personId,
    },
    sync,
    services: services.flatMap(({ name, reachable, checkedAt }) => {
      const known = SERVICES.find((one) => one === name);
      return known === undefined ? [] : [{ name: known, reachable, checkedAt }];
    }),
    mail,
  };
}

async function countHeld(schoolIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await database().syncHold.groupBy({
    by: ["schoolId"],
    where: { schoolId: { in: [...schoolIds] }, status: "open" },
    _count: true,
  });
  return new Map(rows.map(({ schoolId, _count: count }) => [schoolId, count]));
}

async function findSwitchToDecide(principal: Principal, schoolId: string, now: Date): Promise<Date | null> {
  if (!ownSchoolIds(principal).includes(schoolId)) return null;
  const requests = await findSwitchRequests(database(), principal, schoolId, now);
  const mine = requests.find(({ decision }) => decision !== null && (decision.approval.allowed || decision.mayReject));
  return mine?.expiresAt ?? null;
}

/** The principal's own schools, and for state staff the one at which they are. */
export async function listChoosableSchools(
  principal: Principal,
  currentId: string | null,
): Promise<readonly ChoosableSchool[]> {
  const mayBeHere = currentId !== null && maySeeSchool(principal, currentId);
  const ids = [...ownSchoolIds(principal), ...(mayBeHere ? [currentId] : [])];
  if (ids.length === 0) return [];
  const rows = await database().school.findMany({
    where: { ...inEffect, id: { in: ids } },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: OWN_SCHOOLS,
    include: { requests: { where: openAt(new Date()), select: { id: true } } },
  });
  return rows.map((row) => ({
    school: toHead(row),
    roles: rolesAt(principal, row.id),
    pendingRequestId: row.requests[0]?.id ?? null,
  }));
}

const progressRows = z.array(
  z.object({ school_id: z.string(), total: z.number(), ready: z.number(), problems: z.number() }),
);
const NOTHING: Progress = { total: 0, ready: 0, problems: 0 };

/** Two questions for all the schools, because each page of the overview asks again and again. */
async function provisioningOf(schoolIds: readonly string[]) {
  const db = database();
  const [accounts, rooms] = await Promise.all([
    db.$queryRaw`
      SELECT held.school_id, count(*)::int AS total,
             count(*) FILTER (WHERE p.account_state = 'active')::int AS ready, count(p.account_problem)::int AS problems
      FROM (SELECT DISTINCT school_id, person_id FROM affiliation WHERE school_id = ANY (${schoolIds})) held
      JOIN person p ON p.id = held.person_id AND p.left_at IS NULL
      GROUP BY held.school_id`,
    db.$queryRaw`
      SELECT school_id, count(*)::int AS total, count(synced_at)::int AS ready, count(problem)::int AS problems
      FROM managed_room WHERE school_id = ANY (${schoolIds}) GROUP BY school_id`,
  ]);
  const bySchool = (rows: unknown) =>
    new Map(progressRows.parse(rows).map(({ school_id: id, ...progress }): [string, Progress] => [id, progress]));
  const [ofAccounts, ofRooms] = [bySchool(accounts), bySchool(rooms)];
  return (schoolId: string) => ({
    accounts: ofAccounts.get(schoolId) ?? NOTHING,
    rooms: ofRooms.get(schoolId) ?? NOTHING,
  });
}
