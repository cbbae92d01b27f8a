// Tells a school's management by mail that rooms were repaired: gathered, and at most once a day (design §5). What happened,
// and where, stands in the console only.
import { z } from "zod";
import type { Database, Reader } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { noticeToolsOf, writeDigest } from "#lib/notify/outbox.ts";
import type { Standing } from "#lib/notify/rules.ts";

export type DigestDependencies = { readonly db: Database; readonly jobs: Pick<JobSender, "send"> };

/** "A day" by the clock, not by the calendar: two mails around midnight would be two in one night. */
const PAUSE_MS = 24 * 3_600_000;
/** A round that finds more schools leaves the rest to the next one. */
const MOST_SCHOOLS = 500;

const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map(({ id }) => id));

/** Called at every round of the calendar. @returns how many schools were told */
export async function writeDigests({ db, jobs }: DigestDependencies, now: Date): Promise<number> {
  const recent = new Date(now.getTime() - PAUSE_MS);
  let told = 0;
  for (const schoolId of await schoolsToTell(db, recent)) {
    const written = await db.$transaction(async (tx) => {
      // two workers at the same moment: the second one finds nothing left to tell
      await tx.$queryRaw`SELECT id FROM school WHERE id = ${schoolId} FOR UPDATE`;
      if ((await tx.schoolNotice.count({ where: { schoolId, digestedAt: { gt: recent } } })) > 0) return false;
      const { count } = await tx.schoolNotice.updateMany({
        where: { schoolId, digestedAt: null },
        data: { digestedAt: now },
      });
      if (count === 0) return false;
      const personIds = await managementOf(tx, schoolId);
      await writeDigest(noticeToolsOf(tx, jobs), { schoolId, version: now.toISOString(), personIds });
      return true;
    });
    if (written) told += 1;
  }
  return told;
}

/** Those whose day has not passed are left out here, or they would take the places of others. The longest wait first. */
async function schoolsToTell(reader: Reader, recent: Date): Promise<readonly string[]> {
  const rows: unknown = await reader.$queryRaw`
    SELECT school_id AS id FROM school_notice AS waiting
    WHERE digested_at IS NULL AND NOT EXISTS (
      SELECT FROM school_notice AS told WHERE told.school_id = waiting.school_id AND told.digested_at > ${recent})
    GROUP BY school_id ORDER BY min(created_at), school_id LIMIT ${MOST_SCHOOLS}`;
  return ids.parse(rows);
}

async function managementOf(reader: Reader, schoolId: string, personId?: string): Promise<string[]> {
  const person = { enabled: true, leftAt: null, accessBlock: { is: null } };
  const rows = await reader.affiliation.findMany({
    where: { schoolId, role: "schoolManagement", person, ...(personId !== undefined && { personId }) },
    select: { personId: true },
    distinct: ["personId"],
    orderBy: { personId: "asc" },
  });
  return rows.map((row) => row.personId);
}

/** When a digest is sent: nothing in it waits for a decision. */
export async function standingAtDigest(reader: Reader, schoolId: string, personId: string): Promise<Standing> {
  const isManagement = (await managementOf(reader, schoolId, personId)).length > 0;
  return { isOpen: true, mayApprove: isManagement, mayRead: isManagement };
}
