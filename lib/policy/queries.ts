// What the pages of the communication matrix read. Every query takes the principal and answers null for a school that
// is not there or not the principal's.
import { mayAuditSchool, maySeeSchool, mayEditSchool, rolesAt, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import { authoringRole, mayApprove, mayReject, mayWithdraw, type ApprovalRole } from "./approval.ts";
import { cellState } from "./cells.ts";
import { planChange, proposedCells, type CellEdit } from "./change.ts";
import { readChangedMeanwhile, toVersionHead, versionNames } from "./changed-meanwhile.ts";
import { MOST_COMMENTS } from "./comments.ts";
import { planEnds } from "./end-change.ts";
import { toDay, type Day } from "./end-date.ts";
import { frameCell } from "./frame.ts";
import { readPopulation } from "./population.ts";
import { reachBetween } from "./reach.ts";
import { readApprovability, readApprovabilityOfNew, readSinceWritten } from "./request-facts.ts";
import { mailReachOfRequest } from "./request-notices.ts";
import { decisionQuestion, distinctCells, expiresSoon, isOver, toStoredRequest } from "./requests.ts";
import { CELLS, cellKey, type Cell, type Role } from "./roles.ts";
import { parseCellKeys, readSchoolPolicy, readVersionCells } from "./store.ts";
import { describeItems, describeRequest } from "./summary-items.ts";
import type {
  ChangeSummary,
  CommentView,
  MatrixView,
  RequestHead,
  RequestView,
  SchoolHead,
  VersionHead,
} from "./types.ts";

const LISTED_REQUESTS = 100;

async function readSchoolHead(reader: Reader, schoolId: string): Promise<SchoolHead | null> {
  const row = await reader.school.findUnique({ where: { id: schoolId, leftAt: null } });
  if (!row) return null;
  return {
    id: row.id,
    name: row.name,
    switches: { service: row.serviceEnabled, state: row.stateEnabled, school: row.schoolEnabled },
  };
}

/** School and policy together, only for those who may see them. */
async function readVisible(principal: Principal, schoolId: string) {
  if (!maySeeSchool(principal, schoolId)) return null;
  const db = database();
  const school = await readSchoolHead(db, schoolId);
  const policy = school && (await readSchoolPolicy(db, schoolId));
  return school && policy ? { db, school, policy } : null;
}

export async function getMatrix(principal: Principal, schoolId: string): Promise<MatrixView | null> {
  const visible = await readVisible(principal, schoolId);
  if (!visible) return null;
  const { db, school, policy } = visible;
  const open = await db.changeRequest.findFirst({
    where: { schoolId, status: "pending", expiresAt: { gt: new Date() } },
    include: { parts: { select: { cells: true } } },
  });
  const waiting = new Set(open?.parts.flatMap(({ cells }) => cells));
  return {
    school,
    version: await readVersionHead(db, schoolId, policy.version),
    cells: CELLS.map((cell) => {
      const { locked, reason, sensitive, allowed: frameDefault } = frameCell(policy.frame, cell);
      const key = cellKey(cell);
      return {
        key,
        ...cellState(policy.cells, cell),
        frameDefault,
        endsOn: locked ? null : (policy.endings.get(key) ?? null),
        sensitive,
        lockReason: locked ? (reason ?? "") : null,
        waiting: waiting.has(key),
      };
    }),
    openRequestId: open?.id ?? null,
    approvalForEveryChange: policy.frame.approvalForEveryChange,
    mayEdit: mayEditSchool(principal, schoolId),
  };
}

async function readVersionHead(reader: Reader, schoolId: string, number: number): Promise<VersionHead> {
  const row = await reader.policyVersion.findUniqueOrThrow({
    where: { schoolId_number: { schoolId, number } },
    include: versionNames,
  });
  return toVersionHead(row);
}

/** Openings in effect that shall end on another day, or on none. */
export type EndsAsked = { readonly cells: readonly Cell[]; readonly endsOn: Day | null };
const NO_ENDS: EndsAsked = { cells: [], endsOn: null };

export async function getChangeSummary(
  principal: Principal,
  schoolId: string,
  baseVersion: number,
  edits: readonly CellEdit[],
  ends: EndsAsked = NO_ENDS,
): Promise<ChangeSummary | null> {
  const visible = await readVisible(principal, schoolId);
  if (!visible) return null;
  const { db, school, policy } = visible;
  const base = await readVersionCells(db, schoolId, baseVersion);
  if (!base) return null;
  const plan = planChange(policy.frame, policy.cells, edits);
  const planned = planEnds(policy, ends.cells, ends.endsOn);
  const unlocked = edits.filter(({ cell }) => !frameCell(policy.frame, cell).locked);
  const proposed = proposedCells(policy.frame, policy.own, unlocked);
  const population = await readPopulation(db, schoolId);
  const changedMeanwhile = await readChangedMeanwhile(db, schoolId, baseVersion, policy);
  const edited = new Set([...edits.map(({ cell }) => cell), ...ends.cells].map(cellKey));
  const waiting = [...plan.waiting, ...planned.waiting];
  const waits = new Set(waiting.map(({ cell }) => cellKey(cell)));
  const authorRole = authoringRole(rolesAt(principal, schoolId));
  const author = authorRole && waits.size > 0 ? { authorId: principal.personId, authorRole } : null;
  return {
    school,
    baseVersion,
    currentVersion: policy.version,
    items: describeItems([...waiting, ...plan.immediate, ...planned.immediate], waits, population, proposed),
    gaining: reachBetween(population, policy.cells, proposed),
    losing: reachBetween(population, proposed, policy.cells),
    conflicts: changedMeanwhile.map(({ key }) => key).filter((key) => edited.has(key)),
    changedMeanwhile,
    notOpen: planned.notOpen.map(cellKey),
    locked: [...plan.locked, ...planned.locked].map(cellKey),
    approvability: author && (await readApprovabilityOfNew(db, schoolId, author, policy.frame, new Date())),
  };
}

const requestInclude = {
  parts: { orderBy: { id: "asc" }, include: { author: { select: { displayName: true } } } },
  decidedBy: { select: { displayName: true } },
} as const;

async function findRequests(reader: Reader, where: { schoolId: string; id?: string }) {
  return await reader.changeRequest.findMany({
    where,
    orderBy: { createdAt: "desc" },
    take: LISTED_REQUESTS,
    include: requestInclude,
  });
}

type RequestRow = Awaited<ReturnType<typeof findRequests>>[number];

function toHead(row: RequestRow, now = new Date()): RequestHead {
  return {
    id: row.id,
    // marked in the calendar's next round; over it is already
    status: row.status === "pending" && isOver(row, now) ? "expired" : row.status,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    expiresSoon: expiresSoon(row, now),
    authorNames: [...new Set(row.parts.map(({ author }) => author.displayName))],
    cells: distinctCells(row.parts).map(cellKey),
    decidedAt: row.decidedAt,
    deciderName: row.decidedBy?.displayName ?? null,
    decisionReason: row.decisionReason,
  };
}

/** Newest first, at most 100. */
export async function listRequests(
  principal: Principal,
  schoolId: string,
): Promise<{ readonly school: SchoolHead; readonly requests: readonly RequestHead[] } | null> {
  if (!maySeeSchool(principal, schoolId)) return null;
  const db = database();
  const school = await readSchoolHead(db, schoolId);
  return school && { school, requests: (await findRequests(db, { schoolId })).map((row) => toHead(row)) };
}

export async function getRequest(
  principal: Principal,
  schoolId: string,
  requestId: string,
): Promise<RequestView | null> {
  const visible = await readVisible(principal, schoolId);
  if (!visible || !/^[0-9a-f-]{36}$/.test(requestId)) return null;
  const { db, school, policy } = visible;
  const [row] = await findRequests(db, { schoolId, id: requestId });
  if (!row) return null;
  // of one row: the hash that an approval names is the hash of what is shown
  const now = new Date();
  const head = toHead(row, now);
  const stored = toStoredRequest(row);
  const { approverRoleAgeDays } = policy.frame;
  const question = await decisionQuestion(db, stored, principal.personId, approverRoleAgeDays, now);
  const isPending = head.status === "pending";
  const mayEdit = mayEditSchool(principal, schoolId);
  return {
    school,
    head,
    parts: row.parts.map((part) => ({
      authorName: part.author.displayName,
      authorRole: toApprovalRole(part.authorRole),
      reason: part.reason,
      createdAt: part.createdAt,
      cells: parseCellKeys(part.cells).map(cellKey),
      endsOn: part.endsOn && toDay(part.endsOn),
    })),
    items: await describeRequest(db, policy, stored),
    contentHash: stored.contentHash,
    approval: mayApprove(question),
    rejection: mayReject(question),
    mayWithdraw: isPending && mayEdit && mayWithdraw(stored.parts, principal.personId),
    comments: await readComments(db, row.id),
    mayComment: isPending && mayEdit,
    mayReadRecord: mayAuditSchool(principal, schoolId),
    since: isPending ? await readSinceWritten(db, stored, policy) : null,
    approvability: isPending ? await readApprovability(db, schoolId, stored, approverRoleAgeDays, now) : null,
    mail: isPending ? await mailReachOfRequest(db, requestId) : null,
  };
}

async function readComments(reader: Reader, requestId: string): Promise<CommentView[]> {
  const rows = await reader.changeRequestComment.findMany({
    where: { requestId },
    orderBy: { id: "asc" },
    take: MOST_COMMENTS,
    include: { author: { select: { displayName: true } } },
  });
  return rows.map((row) => ({
    id: String(row.id),
    authorName: row.author.displayName,
    authorRole: toApprovalRole(row.authorRole),
    text: row.text,
    createdAt: row.createdAt,
  }));
}

/** The database holds no other role of an author. */
function toApprovalRole(role: Role): ApprovalRole {
  return role === "schoolManagement" ? role : "orgAdmin";
}
