// Writes a report and sorts it into its case: one case for a person in a room (design §8). The same report, by whichever
// way and however often, is one row. Callers hold the transaction.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import type { CaseSeverity, EvidenceKind, ReportChannel, ReportKind, ReportStanding } from "#prisma/generated/enums.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { afterStep, dueAt, SEVERITY_OF } from "./case-life.ts";
import { categoryHint } from "./category-hint.ts";
import { REASON_LENGTH } from "./intake.ts";
import { seal, type KeyRing } from "./sealing.ts";
import type { Snapshot } from "./snapshot.ts";

export type FoundReport = {
  readonly id: string;
  readonly kind: ReportKind;
  readonly channel: ReportChannel;
  readonly standing: ReportStanding;
  readonly problem: string | null;
  readonly receivedAt: Date;
  readonly forwardedAt: Date | null;
  readonly reason: string;
  readonly schoolHint: string;
  /** Matrix ids; null while nobody could say. */
  readonly reporterUserId: string | null;
  readonly reportedUserId: string | null;
  readonly roomId: string | null;
  readonly eventId: string | null;
  readonly snapshot: Snapshot | null;
  readonly evidence: readonly { readonly kind: EvidenceKind; readonly mediaType: string; readonly content: Buffer }[];
  /** Of a row that was polled. */
  readonly synapseId: number | null;
};

const DAY_MS = 86_400_000;
/** After this time a further report is a new case; the old one is shown as an earlier one. */
const REOPEN_DAYS = 30;
/** Of more than this within an hour by one person, the rest is stacked on that person's last case: merged, not lost. */
const CASES_PER_REPORTER_HOUR = 20;
const SCREENSHOTS_PER_REPORT = 5;

const idRow = z.object({ id: z.string() });

/** @returns ids of the report's row and of its case */
export async function writeReport(
  tx: Transaction,
  keys: KeyRing,
  found: FoundReport,
): Promise<{ readonly reportId: string; readonly caseId: string }> {
  // two ways, or two workers, may bring the same report at the same moment
  await lock(tx, "report", found.reporterUserId, found.roomId, found.eventId, found.reportedUserId);
  const known = await findSame(tx, found);
  const reportId = known ?? found.id;
  if (known === null) await insertReport(tx, found);
  else await addToReport(tx, known, found);
  if (found.synapseId !== null) await rememberSynapseRow(tx, found.kind, found.synapseId, reportId);
  await addEvidence(tx, keys, reportId, found);
  const caseId = await sortIntoCase(tx, reportId, found, known !== null);
  return { reportId, caseId };
}

async function lock(tx: Transaction, ...key: readonly (string | null)[]): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${JSON.stringify(key)}, 0))`;
}

/** A row that this is the same report as: shown before it was verified, come by the other way, or sent again. */
async function findSame(tx: Transaction, found: FoundReport): Promise<string | null> {
  const rows: unknown = await tx.$queryRaw`
    SELECT id FROM report
    WHERE id = ${found.id}::uuid
      OR (${found.standing} <> 'invalid' AND standing <> 'invalid' AND kind = ${found.kind}::report_kind
        AND reporter_user_id = ${found.reporterUserId} AND room_id IS NOT DISTINCT FROM ${found.roomId}
        AND CASE WHEN kind = 'event' THEN event_id = ${found.eventId}
          ELSE target_user_id IS NOT DISTINCT FROM ${targetOf(found)} AND left(reason, 1000) = left(${found.reason}, 1000)
            AND received_at > ${new Date(found.receivedAt.getTime() - DAY_MS)} END)
    ORDER BY id <> ${found.id}::uuid, received_at LIMIT 1`;
  return z.array(idRow).parse(rows)[0]?.id ?? null;
}

function targetOf({ kind, reportedUserId }: FoundReport): string | null {
  return kind === "user" ? reportedUserId : null;
}

async function insertReport(tx: Transaction, found: FoundReport): Promise<void> {
  await tx.report.create({
    data: {
      id: found.id,
      kind: found.kind,
      standing: found.standing,
      problem: found.problem,
      schoolHint: found.schoolHint,
      reporterUserId: found.reporterUserId,
      roomId: found.roomId,
      eventId: found.eventId,
      targetUserId: targetOf(found),
      reason: found.reason,
      receivedAt: found.receivedAt,
      byGateAt: found.channel === "gate" ? found.receivedAt : null,
      byPollAt: found.channel === "poll" ? new Date() : null,
      forwardedAt: found.forwardedAt,
      ...(found.snapshot && { snapshot: found.snapshot }),
    },
  });
}

async function addToReport(tx: Transaction, id: string, found: FoundReport): Promise<void> {
  const known = await tx.report.findUniqueOrThrow({ where: { id } });
  const isNew = id !== found.id;
  // what is polled of a report that a gate has forwarded is the forwarded copy, not a repetition
  const isRepeated = isNew && found.channel === "gate" && known.byGateAt !== null;
  const reason = isNew ? joined(known.reason, found.reason) : found.reason;
  await tx.report.update({
    where: { id },
    data: {
      reason,
      standing: known.standing === "verified" ? "verified" : found.standing,
      problem: found.problem ?? known.problem,
      reporterUserId: known.reporterUserId ?? found.reporterUserId,
      schoolHint: known.schoolHint === "" ? found.schoolHint : known.schoolHint,
      byGateAt: known.byGateAt ?? (found.channel === "gate" ? found.receivedAt : null),
      byPollAt: known.byPollAt ?? (found.channel === "poll" ? new Date() : null),
      forwardedAt: known.forwardedAt ?? found.forwardedAt,
      repeats: { increment: isRepeated ? 1 : 0 },
      ...(known.snapshot === null && found.snapshot && { snapshot: found.snapshot }),
    },
  });
}

/** A second text for the same message is a further one; what was said is never dropped. */
function joined(before: string, added: string): string {
  if (added === "" || before.includes(added)) return before;
  return [before, added]
    .filter((text) => text !== "")
    .join("\n\n")
    .slice(0, REASON_LENGTH);
}

async function rememberSynapseRow(tx: Transaction, kind: ReportKind, synapseId: number, reportId: string) {
  await tx.synapseReport.createMany({ data: [{ kind, synapseId, reportId }], skipDuplicates: true });
}

async function addEvidence(tx: Transaction, keys: KeyRing, reportId: string, { evidence }: FoundReport): Promise<void> {
  for (const { kind, mediaType, content } of evidence) {
    const present = await tx.reportEvidence.count({ where: { reportId, kind } });
    if (present >= (kind === "event" ? 1 : SCREENSHOTS_PER_REPORT)) continue;
    const { keyId, bytes } = seal(keys, reportId, content);
    await tx.reportEvidence.create({
      data: { reportId, kind, mediaType, keyId, sealed: bytes, bytes: content.length },
    });
  }
}

async function sortIntoCase(tx: Transaction, reportId: string, found: FoundReport, isKnown: boolean): Promise<string> {
  await lock(tx, "case", found.roomId, found.reportedUserId);
  const report = await tx.report.findUniqueOrThrow({
    where: { id: reportId },
    select: { caseId: true, repeats: true },
  });
  let caseId = report.caseId;
  if (caseId === null) {
    caseId = (await findCase(tx, found)) ?? (await createCase(tx, found));
    await joinCase(tx, caseId, reportId, found);
  } else if (isKnown) {
    caseId = (await moveToItsCase(tx, caseId, reportId, found)) ?? caseId;
    await correctCase(tx, caseId, found);
    if (report.repeats > 0) await writeCaseEntry(tx, caseId, { type: "reportRepeated", reportId });
  }
  await addParties(tx, caseId, found);
  return caseId;
}

/**
 * A report that was shown before anybody knew whom it is about may belong to a case that exists: it goes there, and the
 * one that was made for it is closed as its double.
 * @returns the other case; null if there is none
 */
async function moveToItsCase(tx: Transaction, caseId: string, reportId: string, found: FoundReport) {
  const before = await tx.reportCase.findUniqueOrThrow({ where: { id: caseId } });
  if (before.reportedUserId !== null || found.reportedUserId === null || before.reportCount !== 1) return null;
  const other = await findCase(tx, found);
  if (other === null || other === caseId) return null;
  await joinCase(tx, other, reportId, found);
  await tx.reportCase.update({
    where: { id: caseId },
    data: {
      state: "resolved",
      outcome: "duplicate",
      closedAt: new Date(),
      waitingUntil: null,
      mergedIntoId: other,
      reportCount: 0,
      changedAt: new Date(),
      version: { increment: 1 },
    },
  });
  await writeCaseEntry(tx, caseId, { type: "merged", fromId: caseId, intoId: other });
  return other;
}

/** The open case about the same; else the one closed not long ago; else, in a flood, the reporter's last. */
async function findCase(tx: Transaction, found: FoundReport): Promise<string | null> {
  const rows: unknown = await tx.$queryRaw`
    SELECT id FROM report_case
    WHERE merged_into_id IS NULL AND room_id IS NOT DISTINCT FROM ${found.roomId}
      AND reported_user_id IS NOT DISTINCT FROM ${found.reportedUserId} AND erased_at IS NULL
      AND (state <> 'resolved' OR closed_at > ${new Date(found.receivedAt.getTime() - REOPEN_DAYS * DAY_MS)})
    ORDER BY state = 'resolved', created_at DESC LIMIT 1`;
  const same = z.array(idRow).parse(rows)[0]?.id;
  if (same !== undefined || found.reporterUserId === null) return same ?? null;
  const recent: unknown = await tx.$queryRaw`
    SELECT DISTINCT c.id, c.created_at FROM report r JOIN report_case c ON c.id = r.case_id
    WHERE r.reporter_user_id = ${found.reporterUserId} AND c.state <> 'resolved'
      AND c.created_at > ${new Date(found.receivedAt.getTime() - 3_600_000)}
    ORDER BY c.created_at DESC LIMIT ${CASES_PER_REPORTER_HOUR}`;
  const cases = z.array(idRow).parse(recent);
  return cases.length >= CASES_PER_REPORTER_HOUR ? (cases[0]?.id ?? null) : null;
}

async function createCase(tx: Transaction, found: FoundReport): Promise<string> {
  const category = categoryHint(found.reason);
  const severity: CaseSeverity = found.standing === "invalid" ? "low" : SEVERITY_OF[category];
  const created = await tx.reportCase.create({
    data: {
      category,
      severity,
      schoolId: await findSchool(tx, found),
      roomId: found.roomId,
      roomName: found.snapshot?.name ?? null,
      reportedUserId: found.reportedUserId,
      createdAt: found.receivedAt,
      lastReportAt: found.receivedAt,
      dueAt: dueAt(found.receivedAt, severity),
    },
    select: { id: true },
  });
  return created.id;
}

async function joinCase(tx: Transaction, caseId: string, reportId: string, found: FoundReport): Promise<void> {
  const before = await tx.reportCase.findUniqueOrThrow({ where: { id: caseId } });
  const state = afterStep(before.state, "newReport") ?? before.state;
  await tx.reportCase.update({
    where: { id: caseId },
    data: {
      state,
      ...(state === "reopened" && { outcome: null, closedAt: null, waitingUntil: null, toldNewAt: null }),
      reportCount: { increment: 1 },
      lastReportAt: found.receivedAt,
      changedAt: new Date(),
      version: { increment: 1 },
    },
  });
  await tx.report.update({ where: { id: reportId }, data: { caseId } });
  await writeCaseEntry(tx, caseId, { type: "reported", reportId, channel: found.channel });
  if (found.standing === "invalid" && found.problem !== null) {
    await writeCaseEntry(tx, caseId, { type: "reportInvalid", reportId, problem: found.problem });
  }
}

/** What only the verification could tell, or the other way knew better, is filled in; nothing that stands is replaced. */
async function correctCase(tx: Transaction, caseId: string, found: FoundReport): Promise<void> {
  const before = await tx.reportCase.findUniqueOrThrow({ where: { id: caseId } });
  await tx.reportCase.update({
    where: { id: caseId },
    data: {
      reportedUserId: before.reportedUserId ?? found.reportedUserId,
      roomName: before.roomName ?? found.snapshot?.name ?? null,
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
