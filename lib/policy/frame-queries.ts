// What the pages of the state's frame read. Every query takes the principal and answers null for everybody but state
// administrators: for others the frame's pages are not there.
import { isLandAdmin, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import type { MailReach } from "#lib/notify/queries.ts";
import { editsOf, frameItems, frameProblems, frameRule, planFrameChange, withFrameEdits } from "./frame-change.ts";
import type { FrameEdits, FrameItem, FrameProblem, FrameRule, FrameSettings, FrameState } from "./frame-change.ts";
import { frameEffect, type FrameEffect } from "./frame-effect.ts";
import { mailReachOfProposal } from "./frame-notices.ts";
import { readFrameState, readFrameVersion, readSchoolsInEffect, toStoredProposal } from "./frame-store.ts";
import { CELLS, cellKey, type CellKey } from "./roles.ts";
import type { RequestStatus } from "./types.ts";

const LISTED_FRAMES = 30;
const LISTED_PROPOSALS = 30;

export type FrameHead = {
  readonly version: number;
  readonly createdAt: Date;
  /** Null for the first frame, which came with the set-up. */
  readonly authorName: string | null;
  readonly approverName: string | null;
  readonly reason: string;
};

export type FrameView = {
  readonly head: FrameHead;
  readonly rules: Readonly<Partial<Record<CellKey, FrameRule>>>;
  readonly settings: FrameSettings;
  readonly openProposalId: string | null;
};

/** A change with the number of schools at which it opens or closes the cell. */
export type FrameItemView = { readonly item: FrameItem; readonly opening: number; readonly closing: number };

export type FrameSummary = {
  readonly baseVersion: number;
  readonly currentVersion: number;
  readonly immediate: readonly FrameItemView[];
  readonly waiting: readonly FrameItemView[];
  readonly problems: readonly FrameProblem[];
  readonly effect: FrameEffect;
  readonly openProposalId: string | null;
  /** What somebody else has changed since the base version. */
  readonly changedMeanwhile: readonly FrameItem[];
};

export type ProposalHead = {
  readonly id: string;
  readonly status: RequestStatus;
  readonly authorName: string;
  readonly reason: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly deciderName: string | null;
  readonly decisionReason: string | null;
};

export type ProposalView = {
  readonly head: ProposalHead;
  readonly baseVersion: number;
  readonly items: readonly FrameItemView[];
  readonly effect: FrameEffect;
  /** The approval must name it. */
  readonly contentHash: string;
  readonly isAuthor: boolean;
  /** Somebody made state administrator after it was written does not approve it. */
  readonly isTooYoung: boolean;
  /** How many of those who may approve know of it by mail; null once it is decided. */
  readonly mail: MailReach | null;
};

export type FrameHistory = {
  readonly frames: readonly { readonly head: FrameHead; readonly items: readonly FrameItem[] }[];
  readonly proposals: readonly ProposalHead[];
};

function settingsOf(frame: FrameState): FrameSettings {
  const { version: _version, cells: _cells, ...settings } = frame;
  return settings;
}

async function readHeads(reader: Reader, take: number): Promise<FrameHead[]> {
  const rows = await reader.policyFrame.findMany({ orderBy: { version: "desc" }, take });
  const ids = rows.flatMap(({ authorId, approvedById }) => [authorId, approvedById]).filter((id) => id !== null);
  const people = await reader.person.findMany({ where: { id: { in: ids } }, select: { id: true, displayName: true } });
  const nameOf = new Map(people.map(({ id, displayName }) => [id, displayName]));
  return rows.map(({ version, createdAt, authorId, approvedById, reason }) => ({
    version,
    createdAt,
    authorName: nameOf.get(authorId ?? "") ?? null,
    approverName: nameOf.get(approvedById ?? "") ?? null,
    reason,
  }));
}

/** Over is over, even before somebody marks it. */
const stillOpen = () => ({ status: "pending", expiresAt: { gt: new Date() } }) as const;

async function readOpenProposalId(reader: Reader): Promise<string | null> {
  return (await reader.frameProposal.findFirst({ where: stillOpen(), select: { id: true } }))?.id ?? null;
}

export async function getFrame(principal: Principal): Promise<FrameView | null> {
  if (!isLandAdmin(principal)) return null;
  const db = database();
  const [frame, [head], openProposalId] = await Promise.all([
    readFrameState(db),
    readHeads(db, 1),
    readOpenProposalId(db),
  ]);
  if (!head) return null;
  return {
    head,
    rules: Object.fromEntries(CELLS.map((cell) => [cellKey(cell), frameRule(frame, cell)])),
    settings: settingsOf(frame),
    openProposalId,
  };
}

function withCounts(items: readonly FrameItem[], { opening, closing }: FrameEffect): FrameItemView[] {
  return items.map((item) => ({
    item,
    opening: item.kind === "cell" ? (opening.get(item.key) ?? 0) : 0,
    closing: item.kind === "cell" ? (closing.get(item.key) ?? 0) : 0,
  }));
}

/** What the edits would do to the frame in effect. Null as well for a base that never was. */
export async function getFrameSummary(
  principal: Principal,
  baseVersion: number,
  edits: FrameEdits,
): Promise<FrameSummary | null> {
  if (!isLandAdmin(principal)) return null;
  const db = database();
  const current = await readFrameState(db);
  if (baseVersion < 1 || baseVersion > current.version) return null;
  const base = baseVersion === current.version ? current : await readFrameVersion(db, baseVersion);
  const { immediate, waiting } = planFrameChange(current, edits);
  const effect = frameEffect(withFrameEdits(current, edits), await readSchoolsInEffect(db));
  return {
    baseVersion,
    currentVersion: current.version,
    immediate: withCounts(immediate, effect),
    waiting: withCounts(waiting, effect),
    problems: frameProblems(current, edits),
    effect,
    openProposalId: await readOpenProposalId(db),
    changedMeanwhile: itemsBetween(base, current),
  };
}

/** All that differs between two frames. */
function itemsBetween(before: FrameState, after: FrameState): FrameItem[] {
  const cells = Object.fromEntries(CELLS.map((cell) => [cellKey(cell), frameRule(after, cell)]));
  return frameItems(before, { cells, settings: settingsOf(after) });
}

const proposalInclude = {
  author: { select: { displayName: true } },
  decidedBy: { select: { displayName: true } },
} as const;

async function findProposals(reader: Reader, where: { id?: string }, take: number) {
  return await reader.frameProposal.findMany({ where, orderBy: { createdAt: "desc" }, take, include: proposalInclude });
}

function toHead(row: Awaited<ReturnType<typeof findProposals>>[number]): ProposalHead {
  return {
    id: row.id,
    status: row.status === "pending" && row.expiresAt <= new Date() ? "expired" : row.status,
    authorName: row.author.displayName,
    reason: row.reason,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    decidedAt: row.decidedAt,
    deciderName: row.decidedBy?.displayName ?? null,
    decisionReason: row.decisionReason,
  };
}

export async function getFrameProposal(principal: Principal, proposalId: string): Promise<ProposalView | null> {
  if (!isLandAdmin(principal) || !/^[0-9a-f-]{36}$/.test(proposalId)) return null;
  const db = database();
  const [row] = await findProposals(db, { id: proposalId }, 1);
  if (!row) return null;
  // of one row: the hash that an approval names is the hash of what is shown
  const { edits, contentHash, baseVersion, authorId, createdAt } = toStoredProposal(row);
  const base = await readFrameVersion(db, baseVersion);
  const items = frameItems(base, edits);
  // against what is in effect at the schools now; of a decided one only the items are shown
  const effect = frameEffect(withFrameEdits(base, editsOf(items)), await readSchoolsInEffect(db));
  const grant = await db.consoleRoleGrant.findUnique({
    where: { personId_role: { personId: principal.personId, role: "landAdmin" } },
    select: { grantedAt: true },
  });
  return {
    head: toHead(row),
    baseVersion,
    items: withCounts(items, effect),
    effect,
    contentHash,
    isAuthor: authorId === principal.personId,
    isTooYoung: grant === null || grant.grantedAt >= createdAt,
    mail: toHead(row).status === "pending" ? await mailReachOfProposal(db, row) : null,
  };
}

/** Newest first; the last 30 frames with what each changed, and the last 30 proposals. */
export async function getFrameHistory(principal: Principal): Promise<FrameHistory | null> {
  if (!isLandAdmin(principal)) return null;
  const db = database();
  const heads = await readHeads(db, LISTED_FRAMES);
  const states = new Map<number, FrameState>();
  for (const { version } of heads) states.set(version, await readFrameVersion(db, version));
  const oldest = heads.at(-1)?.version ?? 1;
  if (oldest > 1) states.set(oldest - 1, await readFrameVersion(db, oldest - 1));
  return {
    frames: heads.map((head) => {
      const [before, after] = [states.get(head.version - 1), states.get(head.version)];
      return { head, items: before && after ? itemsBetween(before, after) : [] };
    }),
    proposals: (await findProposals(db, {}, LISTED_PROPOSALS)).map(toHead),
  };
}
