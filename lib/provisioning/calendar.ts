// Whatever provisioning does by the calendar: ends of grace periods, erasures, jobs that were lost, and the rotating
// verification. One job every few minutes; it only queues, within a budget, so that it never floods Synapse.
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import { PROVISIONER_LOCALPART } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { writeDigests } from "./digest.ts";
import { erasedIfLeftBy } from "./life-cycle.ts";
import { queueDepartures, queueSchool } from "./queue.ts";
import { expireSwitchRequests } from "./switch-expiry.ts";
import type { Prisma } from "#prisma/generated/client.ts";

export type CalendarDependencies = {
  readonly db: Database;
  readonly jobs: JobSender;
  /** Rooms that are read and compared at each round; with the interval this is how long a whole turn takes. */
  readonly verifyRooms: number;
  readonly now?: () => Date;
};

/** A round that finds more to do of a kind leaves the rest to the next one. */
const MOST_PEOPLE = 500;
/** A room that was looked at since is not looked at again, however few rooms there are. */
const VERIFY_AGAIN_HOURS = 20;
/** Behind everything that somebody waits for. */
const VERIFY_PRIORITY = -10_000_000;

const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map(({ id }) => id));

/** @param signal stops between two schools */
export async function followProvisioningCalendar(
  dependencies: CalendarDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { db, jobs, now = () => new Date() } = dependencies;
  await queueEnds(dependencies, now());
  await expireSwitchRequests(db, now());
  await writeDigests(dependencies, now());
  await db.$transaction(async (tx) => {
    const open = await tx.schoolDeparture.findMany({
      // who is not locked yet leaves no room; those who cannot be removed come last
      where: { settledAt: null, NOT: { person: { leftAt: { not: null }, accountState: "active" } } },
      select: { personId: true },
      orderBy: [{ problem: { sort: "asc", nulls: "first" } }, { since: "asc" }],
      take: MOST_PEOPLE,
    });
    await queueDepartures(tx, jobs, { personIds: open.map(({ personId }) => personId) });
  });
  for (const schoolId of await schoolsThatEnd(db)) {
    signal.throwIfAborted();
    await db.$transaction((tx) => queueSchool(tx, jobs, { schoolId, personIds: [], groupIds: [] }, now()));
  }
  await queueVerification(dependencies, now());
}

/**
 * Locks that were lost, deactivations after the grace period, erasures; the job decides by accountStep. Each step asks
 * for those who are due by itself: who only waits, up to two years for an erasure, takes nobody's place.
 */
async function queueEnds({ db, jobs }: CalendarDependencies, now: Date): Promise<void> {
  const frame = await db.policyFrame.findFirstOrThrow({ orderBy: { version: "desc" } });
  const grace = new Date(now.getTime() - frame.gracePeriodDays * 86_400_000);
  const isOutOfRooms = { departures: { none: { settledAt: null } } };
  const steps: readonly Prisma.PersonWhereInput[] = [
    { accountState: "active", leftAt: { not: null } },
    { accountState: "locked", leftAt: { lte: grace }, ...isOutOfRooms },
    {
      accountState: { in: ["deactivated", "absent", "conflict"] },
      accountErasedAt: null,
      leftAt: { lte: erasedIfLeftBy(now) },
      ...isOutOfRooms,
    },
  ];
  for (const where of steps) {
    await db.$transaction(async (tx) => {
      const due = await tx.person.findMany({
        where,
        select: { id: true },
        orderBy: [{ leftAt: "asc" }, { id: "asc" }],
        take: MOST_PEOPLE,
      });
      await jobs.sendMany(
        tx,
        "provision-account",
        due.map(({ id }) => ({ data: { personId: id }, key: id })),
      );
    });
  }
}

/** Schools that are off and still have rooms, and schools with rooms of something that has ended. */
async function schoolsThatEnd(db: Database): Promise<readonly string[]> {
  const rows: unknown = await db.$queryRaw`
    SELECT DISTINCT s.id FROM school s
    WHERE (s.unserved_since IS NOT NULL AND (
        EXISTS (SELECT FROM managed_room r WHERE r.school_id = s.id AND r.room_id IS NOT NULL)
        OR EXISTS (SELECT FROM room_record r LEFT JOIN room_freeze f USING (room_id)
                   WHERE r.school_id = s.id AND r.creator <> ${PROVISIONER_LOCALPART}
                     AND coalesce(f.state, 'writable') <> 'closed')))
      OR EXISTS (
        SELECT FROM managed_room r LEFT JOIN school_group g ON g.id = r.group_id
        WHERE r.school_id = s.id AND r.room_id IS NOT NULL AND (r.unwanted_since IS NOT NULL OR g.left_at IS NOT NULL))
    ORDER BY s.id`;
  return ids.parse(rows);
}

/** The rooms that were not looked at for the longest time. */
async function queueVerification({ db, jobs, verifyRooms }: CalendarDependencies, now: Date): Promise<void> {
  const before = new Date(now.getTime() - VERIFY_AGAIN_HOURS * 3_600_000);
  await db.$transaction(async (tx) => {
    const rows: unknown = await tx.$queryRaw`
      UPDATE managed_room SET verify_due = true WHERE alias IN (
        SELECT alias FROM managed_room
        WHERE room_id IS NOT NULL AND NOT verify_due AND (verified_at IS NULL OR verified_at < ${before})
        ORDER BY verified_at NULLS FIRST, alias LIMIT ${verifyRooms} FOR UPDATE SKIP LOCKED)
      RETURNING alias AS id`;
    const rooms = ids.parse(rows).map((alias) => ({ data: { alias }, key: alias, priority: VERIFY_PRIORITY }));
    await jobs.sendMany(tx, "provision-room", rooms);
  });
}
