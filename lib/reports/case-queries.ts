// What the page of one case reads. Null for a case that is not there, or that the reader is a party of; the state's
// administrators get what assigning takes, without content.
import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import type { Database } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import { CaseOutcome, CaseSeverity, CaseState, ReportCategory } from "#prisma/generated/enums.ts";
import type { EvidenceKind, MeasureKind, ReportKind, ReportStanding } from "#prisma/generated/enums.ts";
import { caseSight, noParty, withoutParty, type CaseSight } from "./access.ts";
import { markRead } from "./case-lock.ts";
import { readEntries, withoutText, type CaseEntryView } from "./case-timeline.ts";
import { findPeople, type ReportedPerson } from "./people.ts";
import { listReportIds } from "./report-pages.ts";
import { snapshotSchema, type Snapshot } from "./snapshot.ts";
import { isWithheld } from "./withholding.ts";

export type { CaseEntryView } from "./case-timeline.ts";

export type CaseReport = {
  readonly id: string;
  readonly kind: ReportKind;
  readonly standing: ReportStanding;
  readonly problem: string | null;
  /** Null while the report is withheld (withholding.ts). */
  readonly reason: string | null;
  readonly receivedAt: Date;
  readonly byGate: boolean;
  readonly byPoll: boolean;
  readonly repeats: number;
  readonly reporter: ReportedPerson | null;
  readonly isEncrypted: boolean;
  readonly evidence: readonly { readonly id: string; readonly kind: EvidenceKind; readonly bytes: number }[];
};
export type EscalationView = {
  readonly id: string;
  readonly createdAt: Date;
  readonly toState: boolean;
  readonly message: string;
  readonly isReporterReleased: boolean;
  readonly isScreenshotReleased: boolean;
  readonly answer: string | null;
  readonly answeredAt: Date | null;
  readonly answeredBy: string | null;
  readonly wantedMeasures: readonly MeasureKind[];
};
export type CaseView = {
  readonly sight: CaseSight;
  readonly id: string;
  readonly number: number;
  readonly version: number;
  readonly state: CaseState;
  readonly outcome: CaseOutcome | null;
  readonly category: ReportCategory;
  readonly severity: CaseSeverity;
  readonly school: { readonly id: string; readonly name: string } | null;
  readonly createdAt: Date;
  readonly lastReportAt: Date;
  readonly dueAt: Date;
  readonly waitingUntil: Date | null;
  readonly firstActionAt: Date | null;
  readonly closedAt: Date | null;
  readonly assignee: { readonly id: string; readonly name: string } | null;
  readonly team: string | null;
  readonly reportCount: number;
  readonly mergedInto: { readonly id: string; readonly number: number } | null;
  readonly isErased: boolean;
  readonly isHeld: boolean;
  readonly roomName: string | null;
  readonly hasRoom: boolean;
  readonly reported: ReportedPerson | null;
  /** The room as it was at the last report that knew. */
  readonly room: Snapshot | null;
  readonly memberNames: ReadonlyMap<string, ReportedPerson>;
  /** One page of them. */
  readonly reports: readonly CaseReport[];
  /** Of the next page; null on the last. */
  readonly nextReports: string | null;
  readonly escalations: readonly EscalationView[];
  readonly earlier: readonly EarlierCase[];
  /** Newest first. */
  readonly entries: readonly CaseEntryView[];
};

const SHOWN_MEMBERS = 30;

const uuid = z.uuid();

/** @param reports where their page begins; "all" for an export, which also has the whole timeline */
export async function getCase(
  principal: Principal,
  caseId: string,
  { reports }: { readonly reports?: string | undefined } = {},
): Promise<CaseView | null> {
  const sight = caseSight(principal);
  if (sight === null || !uuid.safeParse(caseId).success) return null;
  const db = database();
  const found = await db.reportCase.findFirst({
    where: { id: caseId, ...withoutParty(principal) },
    include: { school: { select: { id: true, name: true } }, assignee: { select: { id: true, displayName: true } } },
  });
  if (found === null) return null;
  const withContent = sight === "content";
  const [mergedInto, entries, content] = await Promise.all([
    found.mergedIntoId === null ? null : findVisible(db, principal, found.mergedIntoId),
    readEntries(db, principal, caseId, reports === "all"),
    withContent ? readContent(db, principal, found, reports) : NO_CONTENT,
  ]);
  const { id, version, state, outcome, category, severity, school, assignee } = found;
  return {
    sight,
    id,
    number: Number(found.number),
    version,
    state,
    outcome,
    category,
    severity,
    school,
    createdAt: found.createdAt,
    lastReportAt: found.lastReportAt,
    dueAt: found.dueAt,
    waitingUntil: found.waitingUntil,
    firstActionAt: found.firstActionAt,
    closedAt: found.closedAt,
    assignee: assignee && { id: assignee.id, name: assignee.displayName },
    team: found.team,
    reportCount: found.reportCount,
    mergedInto,
    isErased: found.erasedAt !== null,
    isHeld: found.holdReason !== null,
    roomName: withContent ? found.roomName : null,
    hasRoom: found.roomId !== null,
    ...content,
    entries: withContent
      ? entries
      : entries.map((entry) => ({ ...entry, event: entry.event && withoutText(entry.event) })),
  };
}

type Content = Pick<
  CaseView,
  "reported" | "room" | "memberNames" | "reports" | "nextReports" | "escalations" | "earlier"
>;
const NO_CONTENT: Content = {
  reported: null,
  room: null,
  memberNames: new Map(),
  reports: [],
  nextReports: null,
  escalations: [],
  earlier: [],
};

async function readContent(
  db: Database,
  principal: Principal,
  { id: caseId, reportedUserId }: { readonly id: string; readonly reportedUserId: string | null },
  after: string | undefined,
): Promise<Content> {
  const [{ reports, next }, newest, escalations, earlier] = await Promise.all([
    readReports(db, caseId, after),
    db.report.findFirst({
      where: { caseId, snapshot: { not: { equals: null } } },
      orderBy: { receivedAt: "desc" },
      select: { snapshot: true },
    }),
    db.caseEscalation.findMany({
      where: { caseId },
      orderBy: { createdAt: "desc" },
      include: { answeredBy: { select: { displayName: true } } },
    }),
    listEarlier(principal, caseId),
  ]);
  const snapshots = reports.map(({ snapshot }) => snapshotSchema.safeParse(snapshot).data ?? null);
  const room = snapshotSchema.safeParse(newest?.snapshot).data ?? null;
  const shownMembers = room?.members.slice(0, SHOWN_MEMBERS) ?? [];
  const people = await findPeople(db, [
    ...(reportedUserId === null ? [] : [reportedUserId]),
    ...reports.flatMap(({ reporterUserId }) => (reporterUserId === null ? [] : [reporterUserId])),
    ...shownMembers.map(({ userId }) => userId),
  ]);
  return {
    reported: reportedUserId === null ? null : (people.get(reportedUserId) ?? null),
    room: room && { ...room, members: shownMembers },
    memberNames: people,
    reports: reports.map((report, index) => ({
      id: report.id,
      kind: report.kind,
      standing: report.standing,
      problem: report.problem,
      reason: isWithheld({ ...report, isBeingChecked: report.intakes.length > 0 }) ? null : report.reason,
      receivedAt: report.receivedAt,
      byGate: report.byGateAt !== null,
      byPoll: report.byPollAt !== null,
      repeats: report.repeats,
      reporter: report.reporterUserId === null ? null : (people.get(report.reporterUserId) ?? null),
      isEncrypted: report.kind === "event" && snapshots[index]?.encrypted === true,
      evidence: report.evidence,
    })),
    nextReports: next,
    escalations: escalations.map((one) => ({
      id: one.id,
      createdAt: one.createdAt,
      toState: one.toState,
      message: one.message,
      isReporterReleased: one.reporterReleasedReason !== null,
      isScreenshotReleased: one.screenshotReleasedReason !== null,
      answer: one.answer,
      answeredAt: one.answeredAt,
      answeredBy: one.answeredBy?.displayName ?? null,
      wantedMeasures: one.wantedMeasures,
    })),
    earlier,
  };
}

async function readReports(db: Database, caseId: string, after: string | undefined) {
  const { ids, next } = await listReportIds(db, caseId, after);
  const rows = await db.report.findMany({
    where: { id: { in: [...ids] } },
    include: {
      evidence: { select: { id: true, kind: true, bytes: true }, orderBy: [{ kind: "desc" }, { id: "asc" }] },
      intakes: { select: { id: true }, take: 1 },
    },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return { reports: ids.flatMap((id) => byId.get(id) ?? []), next };
}

async function findVisible(db: Database, principal: Principal, id: string) {
  const found = await db.reportCase.findFirst({
    where: { id, ...withoutParty(principal) },
    select: { id: true, number: true },
  });
  return found && { id: found.id, number: Number(found.number) };
}

const earlierSchema = z.object({
  id: z.string(),
  number: z.coerce.number().int(),
  state: z.enum(CaseState),
  outcome: z.enum(CaseOutcome).nullable(),
  category: z.enum(ReportCategory),
  severity: z.enum(CaseSeverity),
  createdAt: z.date(),
  /** Who of this case was what in that one. */
  personName: z.string().nullable(),
  wasReporter: z.boolean(),
});
export type EarlierCase = z.infer<typeof earlierSchema>;
const SHOWN_EARLIER = 20;

/** Other cases of both, newest first; a person who was reported before stands before one who reported. */
export async function listEarlier(principal: Principal, caseId: string): Promise<EarlierCase[]> {
  if (caseSight(principal) !== "content") return [];
  const rows: unknown = await database().$queryRaw`
    SELECT * FROM (
      SELECT DISTINCT ON (c.id) c.id, c.number, c.state, c.outcome, c.category, c.severity, c.created_at AS "createdAt",
        p.display_name AS "personName", there.role = 'reporter' AS "wasReporter"
      FROM case_party here JOIN case_party there ON there.person_id = here.person_id AND there.case_id <> here.case_id
        JOIN report_case c ON c.id = there.case_id JOIN person p ON p.id = there.person_id
      WHERE here.case_id = ${caseId}::uuid AND c.merged_into_id IS NULL AND ${noParty(principal)}
      ORDER BY c.id, there.role DESC) AS earlier
    ORDER BY "createdAt" DESC, id LIMIT ${SHOWN_EARLIER}`;
  return z.array(earlierSchema).parse(rows);
}

/** Somebody has the case open: it is not new to them any more. */
export async function markCaseRead(principal: Principal, caseId: string, now = new Date()): Promise<void> {
  await database().$transaction((tx) => markRead(tx, principal, caseId, now));
}
