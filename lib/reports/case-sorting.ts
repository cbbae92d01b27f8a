// Which case a report belongs to, and what a case takes from a report that comes to it.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import type { CaseSeverity } from "#prisma/generated/enums.ts";
import { SYSTEM, writeCaseEntry } from "./case-entries.ts";
import { leaveCase, lockCases } from "./case-leaving.ts";
import { dueAt, SEVERITY_OF, type Urgency } from "./case-life.ts";
import { isObliged } from "./case-obligations.ts";
import { raiseCase } from "./case-raising.ts";
import { categoryHint } from "./category-hint.ts";
import type { FoundReport } from "./found-report.ts";
import { lockFor } from "./report-lock.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** After this time a further report is a new case; the old one is shown as an earlier one. */
const REOPEN_DAYS = 30;
/**
 * Of more than this within an hour by one person, or by nobody knows whom, the rest is stacked on the last case of
 * these: merged, not lost. What is verified later goes to a case of its own.
 */
const CASES_PER_HOUR = 20;

const idRows = z.array(z.object({ id: z.string() }));
const flag = z.tuple([z.object({ is: z.boolean() })]);

type Sorting = {
  /** Its row is another's, which stands in its case already. */
  readonly isTwin: boolean;
  readonly isRepeat: boolean;
  /** The twin has got a text or a picture that it did not have. */
  readonly isNews: boolean;
};

/** @returns the case's id */
export async function sortIntoCase(
  tx: Transaction,
  reportId: string,
  found: FoundReport,
  { isTwin, isRepeat, isNews }: Sorting,
): Promise<string> {
  // of the whole room: a report that is verified leaves the case of those about nobody known
  await lockFor(tx, "case", found.roomId ?? found.reportedUserId);
  const { caseId: present } = await tx.report.findUniqueOrThrow({
    where: { id: reportId },
    select: { caseId: true },
  });
  let caseId = present;
  if (caseId === null) {
    caseId = await goalOf(tx, found);
    await joinCase(tx, caseId, reportId, found);
  } else {
    if (!isTwin) caseId = await moveToItsCase(tx, caseId, reportId, found);
    await correctCase(tx, caseId, found);
    if (isNews) await raiseCase(tx, caseId, urgencyOf(found), { lastReportAt: found.receivedAt });
    if (isRepeat || isNews) await writeCaseEntry(tx, caseId, { type: "reportRepeated", reportId });
  }
  await addParties(tx, caseId, found);
  return caseId;
}

/** The case that a report is to join, taken for the change; made if there is none. */
async function goalOf(tx: Transaction, found: FoundReport): Promise<string> {
  const known = (await findCase(tx, found)) ?? (await findFlooded(tx, found));
  if (known === null || !(await isStillThere(tx, [known], known))) return await createCase(tx, found);
  return known;
}

/** Between the look and the lock somebody may have merged it, or retention emptied it. */
async function isStillThere(tx: Transaction, lockedIds: readonly string[], id: string): Promise<boolean> {
  await lockCases(tx, lockedIds);
  return (await tx.reportCase.count({ where: { id, mergedIntoId: null, erasedAt: null } })) > 0;
}

/**
 * A report that was shown before anybody knew whom it is about may belong elsewhere: to a case that exists, or, where
 * the others of its room turn out to be about somebody else, to one of its own. What support has put together stays.
 */
async function moveToItsCase(tx: Transaction, caseId: string, reportId: string, found: FoundReport): Promise<string> {
  await lockCases(tx, [caseId]);
  const before = await tx.reportCase.findUniqueOrThrow({ where: { id: caseId } });
  const { roomId, reportedUserId, reportCount } = before;
  const isElsewhere = roomId !== found.roomId;
  const isAboutOther = found.reportedUserId !== null && reportedUserId !== found.reportedUserId;
  if ((!isElsewhere && !isAboutOther) || (await isPutTogether(tx, caseId))) return caseId;
  const known = await findCase(tx, found);
  if (known === caseId) return caseId;
  if (known === null && !isElsewhere && (reportedUserId === null || reportCount === 1)) return caseId;
  if (reportCount === 1 && (await isObliged(tx, before))) return caseId;
  const isThere = known !== null && (await isStillThere(tx, [known], known));
  const otherId = isThere ? known : await createCase(tx, found);
  await joinCase(tx, otherId, reportId, found);
  await leaveCase(tx, caseId, otherId, [reportId], SYSTEM);
  return otherId;
}

async function isPutTogether(tx: Transaction, caseId: string): Promise<boolean> {
  const rows: unknown = await tx.$queryRaw`
    SELECT EXISTS (SELECT FROM case_entry WHERE case_id = ${caseId}::uuid AND actor_role <> ${SYSTEM.role}
      AND content ->> 'type' IN ('merged', 'split')) AS is`;
  return flag.parse(rows)[0].is;
}

/** The open case about the same; else the one closed not long ago. */
async function findCase(tx: Transaction, { roomId, reportedUserId, receivedAt }: FoundReport): Promise<string | null> {
  const rows: unknown = await tx.$queryRaw`
    SELECT id FROM report_case
    WHERE merged_into_id IS NULL AND room_id IS NOT DISTINCT FROM ${roomId}
      AND reported_user_id IS NOT DISTINCT FROM ${reportedUserId} AND erased_at IS NULL
      AND (state <> 'resolved' OR closed_at > ${new Date(receivedAt.getTime() - REOPEN_DAYS * DAY_MS)})
    ORDER BY state = 'resolved', created_at DESC LIMIT 1`;
  return idRows.parse(rows)[0]?.id ?? null;
}

/** In a flood, the last case of the same reporter, or of reports without one; null if there is no flood. */
async function findFlooded(tx: Transaction, { reporterUserId, receivedAt }: FoundReport): Promise<string | null> {
  const since = new Date(receivedAt.getTime() - HOUR_MS);
  const rows: unknown =
    reporterUserId === null
      ? await tx.$queryRaw`
          SELECT c.id FROM report_case c
          WHERE c.state <> 'resolved' AND c.last_report_at > ${since} AND c.created_at > ${since} AND c.report_count > 0
            AND NOT EXISTS (SELECT FROM report r WHERE r.case_id = c.id AND r.reporter_user_id IS NOT NULL)
          ORDER BY c.created_at DESC LIMIT ${CASES_PER_HOUR}`
      : await tx.$queryRaw`
          SELECT DISTINCT c.id, c.created_at FROM report r JOIN report_case c ON c.id = r.case_id
          WHERE r.reporter_user_id = ${reporterUserId} AND c.state <> 'resolved' AND c.created_at > ${since}
          ORDER BY c.created_at DESC LIMIT ${CASES_PER_HOUR}`;
  const cases = idRows.parse(rows);
  return cases.length >= CASES_PER_HOUR ? (cases[0]?.id ?? null) : null;
}

/** What a report alone would make of a case. Until it is verified it counts by its words; a forged one does not. */
function urgencyOf({ reason, standing, receivedAt }: FoundReport): Urgency {
  const category = categoryHint(reason);
  const severity: CaseSeverity = standing === "invalid" ? "low" : SEVERITY_OF[category];
  return { state: "new", category, severity, dueAt: dueAt(receivedAt, severity) };
}

async function createCase(tx: Transaction, found: FoundReport): Promise<string> {
  const created = await tx.reportCase.create({
    data: {
      ...urgencyOf(found),
      schoolId: await findSchool(tx, found),
      roomId: found.roomId,
      roomName: found.snapshot?.name ?? null,
      reportedUserId: found.reportedUserId,
      createdAt: found.receivedAt,
      lastReportAt: found.receivedAt,
    },
    select: { id: true },
  });
  return created.id;
}

async function joinCase(tx: Transaction, caseId: string, reportId: string, found: FoundReport): Promise<void> {
  await tx.report.update({ where: { id: reportId }, data: { caseId } });
  await writeCaseEntry(tx, caseId, { type: "reported", reportId, channel: found.channel });
  if (found.standing === "invalid" && found.problem !== null) {
    await writeCaseEntry(tx, caseId, { type: "reportInvalid", reportId, problem: found.problem });
  }
  await raiseCase(tx, caseId, urgencyOf(found), { reportCount: { increment: 1 }, lastReportAt: found.receivedAt });
}

/** What only the verification could tell, or the other way knew better, is filled in; nothing that stands is replaced. */
async function correctCase(tx: Transaction, caseId: string, found: FoundReport): Promise<void> {
  await lockCases(tx, [caseId]);
  const before = await tx.reportCase.findUniqueOrThrow({ where: { id: caseId } });
  const isSameRoom = before.roomId === found.roomId;
  await tx.reportCase.update({
    where: { id: caseId },
    data: {
      ...(isSameRoom && {
        reportedUserId: before.reportedUserId ?? found.reportedUserId,
        roomName: before.roomName ?? found.snapshot?.name ?? null,
      }),
      schoolId: before.schoolId ?? (await findSchool(tx, found)),
      changedAt: new Date(),
    },
  });
}

/** The room's own school; else one that both belong to; else the reporter's, else the reported's, if there is only one. */
async function findSchool(tx: Transaction, { roomId, reporterUserId, reportedUserId }: FoundReport) {
  const row = z.array(z.object({ school_id: z.string().nullable() }));
  const rows: unknown = await tx.$queryRaw`
    WITH reporter AS (SELECT DISTINCT school_id FROM affiliation JOIN person ON person.id = person_id
        WHERE localpart = split_part(substr(${reporterUserId}, 2), ':', 1)),
      reported AS (SELECT DISTINCT school_id FROM affiliation JOIN person ON person.id = person_id
        WHERE localpart = split_part(substr(${reportedUserId}, 2), ':', 1))
    SELECT coalesce(
      (SELECT school_id FROM room_record WHERE room_id = ${roomId}),
      (SELECT min(school_id) FROM reporter NATURAL JOIN reported),
      (SELECT min(school_id) FROM reporter HAVING count(*) = 1),
      (SELECT min(school_id) FROM reported HAVING count(*) = 1)) AS school_id`;
  return row.parse(rows)[0]?.school_id ?? null;
}

async function addParties(tx: Transaction, caseId: string, found: FoundReport): Promise<void> {
  const parties = [
    { userId: found.reporterUserId, role: "reporter" },
    { userId: found.reportedUserId, role: "reported" },
  ];
  for (const { userId, role } of parties) {
    await tx.$executeRaw`
      INSERT INTO case_party (case_id, person_id, role)
      SELECT ${caseId}::uuid, id, ${role}::party_role FROM person
      WHERE localpart = split_part(substr(${userId}, 2), ':', 1)
      ON CONFLICT DO NOTHING`;
  }
}
