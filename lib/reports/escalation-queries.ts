// What a school's management sees of what was handed to it, and the state of what went there because a manager is a
// party. Neither the reporter nor a screenshot, unless support has released them; of people only the school's own.
import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { CaseSeverity, MeasureKind, ReportCategory } from "#prisma/generated/enums.ts";
import { managedSchoolIds, withoutParty } from "./access.ts";
import { findPeople } from "./people.ts";

export type ListedEscalation = {
  readonly id: string;
  readonly caseNumber: number;
  readonly category: ReportCategory;
  readonly severity: CaseSeverity;
  readonly schoolName: string;
  readonly createdAt: Date;
  readonly answeredAt: Date | null;
  /** Support waits for an answer. */
  readonly isOpen: boolean;
};
export type EscalationDetail = ListedEscalation & {
  readonly message: string;
  readonly roomName: string | null;
  /** Of the school; null for somebody else. */
  readonly reportedName: string | null;
  readonly reportCount: number;
  /** Null until released. */
  readonly reporters: readonly string[] | null;
  /** Ids of evidence; null until released. */
  readonly screenshots: readonly string[] | null;
  /** What was written in the reports, once the reporter is released. */
  readonly reasons: readonly string[] | null;
  readonly answer: string | null;
  readonly answeredBy: string | null;
  readonly wantedMeasures: readonly MeasureKind[];
};

const LISTED = 100;

/** @param schoolId null for what was handed to the state; null is answered where somebody has no business. */
function visible(principal: Principal, schoolId: string | null): Prisma.CaseEscalationWhereInput | null {
  const isTheirs =
    schoolId === null ? principal.consoleRoles.includes("landAdmin") : managedSchoolIds(principal).includes(schoolId);
  if (!isTheirs) return null;
  return {
    ...(schoolId === null ? { toState: true } : { toState: false, schoolId }),
    case: { ...withoutParty(principal), erasedAt: null },
  };
}

const LISTED_FIELDS = {
  case: { select: { number: true, category: true, severity: true, state: true } },
  school: { select: { name: true } },
} as const;
type Stored = Prisma.CaseEscalationGetPayload<{ include: typeof LISTED_FIELDS }>;

function listed({ id, case: ofCase, school, createdAt, answeredAt }: Stored): ListedEscalation {
  return {
    id,
    caseNumber: Number(ofCase.number),
    category: ofCase.category,
    severity: ofCase.severity,
    schoolName: school.name,
    createdAt,
    answeredAt,
    isOpen: answeredAt === null && ofCase.state === "escalated",
  };
}

/** What waits for an answer first. Null when there is no such list for this principal. */
export async function listEscalations(
  principal: Principal,
  schoolId: string | null,
): Promise<readonly ListedEscalation[] | null> {
  const where = visible(principal, schoolId);
  if (where === null) return null;
  const rows = await database().caseEscalation.findMany({
    where,
    include: LISTED_FIELDS,
    orderBy: [{ answeredAt: { sort: "desc", nulls: "first" } }, { createdAt: "desc" }],
    take: LISTED,
  });
  return rows.map(listed).toSorted((a, b) => Number(b.isOpen) - Number(a.isOpen));
}

/** For the sidebar. */
export async function countOpenEscalations(principal: Principal, schoolId: string | null): Promise<number> {
  const where = visible(principal, schoolId);
  if (where === null) return 0;
  return await database().caseEscalation.count({
    where: { AND: [where, { answeredAt: null, case: { state: "escalated" } }] },
  });
}

export async function getEscalation(
  principal: Principal,
  schoolId: string | null,
  escalationId: string,
): Promise<EscalationDetail | null> {
  const where = visible(principal, schoolId);
  if (where === null || !z.uuid().safeParse(escalationId).success) return null;
  const db = database();
  const found = await db.caseEscalation.findFirst({
    where: { AND: [where, { id: escalationId }] },
    include: {
      school: LISTED_FIELDS.school,
      answeredBy: { select: { displayName: true } },
      case: {
        select: {
          ...LISTED_FIELDS.case.select,
          roomName: true,
          reportedUserId: true,
          reportCount: true,
          reports: { select: { reporterUserId: true, reason: true }, orderBy: { receivedAt: "asc" }, take: LISTED },
        },
      },
    },
  });
  if (found === null) return null;
  const { case: ofCase } = found;
  const withReporter = found.reporterReleasedReason !== null;
  const reporterIds = withReporter ? ofCase.reports.flatMap(({ reporterUserId }) => reporterUserId ?? []) : [];
  const { reportedUserId } = ofCase;
  const people = await findPeople(db, [...(reportedUserId === null ? [] : [reportedUserId]), ...reporterIds]);
  /** Each school sees only its own people; the state sees whom it is about. */
  const ownName = (userId: string) => {
    const person = people.get(userId);
    const isOwn = schoolId === null || person?.roles.some((held) => held.schoolId === schoolId) === true;
    return isOwn ? (person?.name ?? null) : null;
  };
  return {
    ...listed(found),
    message: found.message,
    roomName: ofCase.roomName,
    reportedName: reportedUserId === null ? null : ownName(reportedUserId),
    reportCount: ofCase.reportCount,
    reporters: withReporter ? [...new Set(reporterIds)].flatMap((userId) => ownName(userId) ?? []) : null,
    reasons: withReporter ? ofCase.reports.flatMap(({ reason }) => (reason === "" ? [] : [reason])) : null,
    screenshots: found.screenshotReleasedReason === null ? null : await screenshotsOf(found.caseId),
    answer: found.answer,
    answeredBy: found.answeredBy?.displayName ?? null,
    wantedMeasures: found.wantedMeasures,
  };
}

async function screenshotsOf(caseId: string): Promise<string[]> {
  const rows = await database().reportEvidence.findMany({
    where: { kind: "screenshot", report: { caseId } },
    select: { id: true },
    orderBy: { id: "asc" },
    take: LISTED,
  });
  return rows.map(({ id }) => id);
}
