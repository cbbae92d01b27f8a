// What the page of existing rooms reads. Null for a school that is not there or not the principal's: room names are
// what people have written, so only the school's own administrators see them.
import { mayEditSchool, type Principal } from "#lib/auth/principal.ts";
import type { Database } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import { parseCells } from "#lib/policy/cells.ts";
import { closesSomewhere } from "#lib/policy/change.ts";
import { peopleCountsSchema, type PeopleCounts } from "./standing.ts";

export type ReviewView = {
  readonly id: string;
  readonly startedAt: Date;
  /** Null until the worker has begun. */
  readonly begunAt: Date | null;
  readonly progressedAt: Date;
  readonly finishedAt: Date | null;
  readonly version: number;
  /** Null until the worker has begun. */
  readonly total: number | null;
  readonly checked: number;
  readonly notPermitted: number;
  readonly unreadable: number;
};
export type FoundRoom = { readonly roomId: string; readonly name: string | null; readonly people: PeopleCounts };
export type ProtectedRoom = FoundRoom & {
  readonly wanted: "readOnly" | "writable";
  readonly wantedAt: Date;
  readonly settledAt: Date | null;
  readonly problem: string | null;
};
export type RoomsView = {
  readonly school: { readonly id: string; readonly name: string };
  readonly currentVersion: number;
  /** The one under way, else the last one. */
  readonly review: ReviewView | null;
  /** Something was closed since the rooms were looked at last, and nobody looks at them right now. */
  readonly needsReview: boolean;
  /** Of a finished review, at most 200; without those that are read-only or about to be; one that failed may be tried again. */
  readonly found: readonly FoundRoom[];
  readonly foundTotal: number;
  /** At most 200, what is under way first. */
  readonly protections: readonly ProtectedRoom[];
  readonly protectionsTotal: number;
  /** What was asked for since the oldest wish that is not settled; null if all are. */
  readonly underWay: { readonly since: Date; readonly total: number; readonly settled: number } | null;
  readonly isSynapseAway: boolean;
};

const LISTED_ROOMS = 200;

const toPeople = (stored: unknown): PeopleCounts => peopleCountsSchema.safeParse(stored).data ?? {};

/** Older versions than these were looked at by somebody, or by nobody for years. */
const COMPARED_VERSIONS = 200;

async function wasClosedSince(db: Database, schoolId: string, version: number): Promise<boolean> {
  const rows = await db.policyVersion.findMany({
    where: { schoolId, number: { gte: version } },
    orderBy: { number: "desc" },
    take: COMPARED_VERSIONS,
    select: { cells: true },
  });
  return closesSomewhere(rows.map(({ cells }) => parseCells(cells)).toReversed());
}

async function readUnderWay(db: Database, schoolId: string): Promise<RoomsView["underWay"]> {
  const oldest = await db.roomProtection.aggregate({ where: { schoolId, settledAt: null }, _min: { wantedAt: true } });
  const since = oldest._min.wantedAt;
  if (since === null) return null;
  const asked = { schoolId, wantedAt: { gte: since } };
  const [total, open] = await Promise.all([
    db.roomProtection.count({ where: asked }),
    db.roomProtection.count({ where: { ...asked, settledAt: null } }),
  ]);
  return { since, total, settled: total - open };
}

export async function getRooms(principal: Principal, schoolId: string): Promise<RoomsView | null> {
  if (!mayEditSchool(principal, schoolId)) return null;
  const db = database();
  const school = await db.school.findUnique({
    where: { id: schoolId, leftAt: null, policyCells: { not: null } },
    select: { id: true, name: true, currentVersion: true },
  });
  if (school === null) return null;
  const review = await db.roomReview.findFirst({ where: { schoolId }, orderBy: { startedAt: "desc" } });
  // a room that was made writable again has nothing to show but that it failed, or is under way
  const shown = { schoolId, OR: [{ wanted: "readOnly" as const }, { settledAt: null }, { problem: { not: null } }] };
  const [protections, protectionsTotal, everyProtected, synapse, needsReview, underWay] = await Promise.all([
    db.roomProtection.findMany({
      where: shown,
      orderBy: [{ settledAt: { sort: "desc", nulls: "first" } }, { roomId: "asc" }],
      take: LISTED_ROOMS,
    }),
    db.roomProtection.count({ where: shown }),
    db.roomProtection.findMany({ where: { schoolId, wanted: "readOnly", problem: null }, select: { roomId: true } }),
    db.serviceState.findUnique({ where: { name: "synapse" } }),
    review?.finishedAt === null ? false : wasClosedSince(db, schoolId, review?.version ?? 1),
    readUnderWay(db, schoolId),
  ]);
  const listed = {
    reviewId: review?.finishedAt ? review.id : "00000000-0000-0000-0000-000000000000",
    roomId: { notIn: everyProtected.map(({ roomId }) => roomId) },
  };
  const [found, foundTotal] = await Promise.all([
    db.roomReviewRoom.findMany({
      where: listed,
      orderBy: [{ name: { sort: "asc", nulls: "last" } }, { roomId: "asc" }],
      take: LISTED_ROOMS,
    }),
    db.roomReviewRoom.count({ where: listed }),
  ]);
  return {
    school: { id: school.id, name: school.name },
    currentVersion: school.currentVersion,
    review,
    needsReview,
    found: found.map(({ roomId, name, people }) => ({ roomId, name, people: toPeople(people) })),
    foundTotal,
    protections: protections.map(({ roomId, name, people, wanted, wantedAt, settledAt, problem }) => ({
      roomId,
      name,
      people: toPeople(people),
      wanted,
      wantedAt,
      settledAt,
      problem,
    })),
    protectionsTotal,
    underWay,
    isSynapseAway: synapse?.reachable === false,
  };
}
