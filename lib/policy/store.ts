// Reads and writes the policy tables: frame, what a school has set, versions. Callers hold the transaction.
import type { Reader, Transaction } from "#lib/db/client.ts";
import { isMatrixCells, parseCells, type MatrixCells } from "./cells.ts";
import { fromDay, toDay, type Day } from "./end-date.ts";
import { effectiveCells, type FrameCell, type PolicyFrame, type SchoolCells } from "./frame.ts";
import { cellKey, isTarget, parseCellKey, type Cell, type CellKey } from "./roles.ts";

/** Advisory lock of the frame: a change of a school shares it, a change of the frame takes it alone. */
export const FRAME_LOCK_ID = 7_301_965_222;

export type SchoolPolicy = {
  readonly frame: PolicyFrame;
  readonly own: SchoolCells;
  /** The last day of every opening of the school that has one; it runs on under a lock. */
  readonly endings: Endings;
  readonly version: number;
  readonly cells: MatrixCells;
};

export type Endings = ReadonlyMap<CellKey, Day>;

function toCell(from: Cell["from"], to: string): Cell {
  if (!isTarget(to)) throw new RangeError(`unknown target of a cell: ${to}`);
  return { from, to };
}

/** The frame in effect, or the one of a version. */
export async function readFrame(reader: Reader, version?: number): Promise<PolicyFrame> {
  const row = await reader.policyFrame.findFirstOrThrow({
    ...(version === undefined ? {} : { where: { version } }),
    orderBy: { version: "desc" },
    include: { cells: true },
  });
  const cells = new Map<CellKey, FrameCell>(
    row.cells.map(({ fromRole, toTarget, allowed, locked, reason, sensitive }) => {
      const cell = toCell(fromRole, toTarget);
      return [cellKey(cell), { cell, allowed, locked, reason, sensitive }];
    }),
  );
  return {
    version: row.version,
    cells,
    approvalForEveryChange: row.approvalForEveryChange,
    approverRoleAgeDays: row.approverRoleAgeDays,
    requestExpiryDays: row.requestExpiryDays,
  };
}

async function readOwnCells(reader: Reader, schoolId: string): Promise<{ own: SchoolCells; endings: Endings }> {
  const rows = (await reader.policyCell.findMany({ where: { schoolId } })).map((row) => ({
    ...row,
    key: cellKey(toCell(row.fromRole, row.toTarget)),
  }));
  return {
    own: new Map(rows.map(({ key, allowed }) => [key, allowed])),
    endings: new Map(rows.flatMap(({ key, endsOn }) => (endsOn === null ? [] : [[key, toDay(endsOn)]]))),
  };
}

/** The policy of a school, or null if there is no such school or no version yet. */
export async function readSchoolPolicy(reader: Reader, schoolId: string): Promise<SchoolPolicy | null> {
  const school = await reader.school.findUnique({
    where: { id: schoolId },
    select: { currentVersion: true, policyCells: true },
  });
  if (typeof school?.policyCells !== "string") return null;
  return {
    frame: await readFrame(reader),
    ...(await readOwnCells(reader, schoolId)),
    version: school.currentVersion,
    cells: parseCells(school.policyCells),
  };
}

/** Holds the frame until the transaction ends. Before any lock of a school. */
export async function holdFrame(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(${FRAME_LOCK_ID}::bigint)::text`;
}

/** Holds version and frame until the transaction ends, so that what was read is what is changed. */
export async function lockSchoolPolicy(tx: Transaction, schoolId: string): Promise<SchoolPolicy | null> {
  await holdFrame(tx);
  await tx.$queryRaw`SELECT id FROM school WHERE id = ${schoolId} FOR NO KEY UPDATE`;
  return await readSchoolPolicy(tx, schoolId);
}

export type OwnEdit = { readonly cell: Cell; readonly allowed: boolean; readonly endsOn?: Day | null };

export type NewVersion = {
  readonly schoolId: string;
  readonly kind: "initial" | "change" | "approval" | "expiry";
  readonly policy: Pick<SchoolPolicy, "frame" | "own" | "version"> & Partial<Pick<SchoolPolicy, "endings">>;
  /** The cells that the school sets by this version; an opening without a last day stays until somebody closes it. */
  readonly edits: readonly OwnEdit[];
  readonly authorId: string | null;
  readonly approval?: { readonly requestId: string; readonly approverId: string };
  readonly reason: string;
};

/** Stores the edits and the version that they make. The database puts it into effect in the same statement. */
export async function writeVersion(
  tx: Transaction,
  version: NewVersion,
): Promise<{ number: number; cells: MatrixCells }> {
  const { schoolId, policy, edits, approval } = version;
  const own = new Map(policy.own);
  const endings = new Map(policy.endings);
  for (const edit of edits) {
    own.set(cellKey(edit.cell), edit.allowed);
    if (edit.allowed && edit.endsOn) endings.set(cellKey(edit.cell), edit.endsOn);
    else endings.delete(cellKey(edit.cell));
    await writeOwnCell(tx, schoolId, edit);
  }
  const cells = effectiveCells(policy.frame, own);
  const number = policy.version + 1;
  await tx.policyVersion.create({
    data: {
      schoolId,
      number,
      kind: version.kind,
      cells,
      frameVersion: policy.frame.version,
      authorId: version.authorId,
      approvedById: approval?.approverId ?? null,
      requestId: approval?.requestId ?? null,
      reason: version.reason,
      endings: Object.fromEntries(endings),
    },
  });
  return { number, cells };
}

/** Stores what the school has set, whether or not it is in effect under a lock. */
export async function writeOwnCell(
  tx: Transaction,
  schoolId: string,
  { cell, allowed, endsOn }: OwnEdit,
): Promise<void> {
  const key = { schoolId, fromRole: cell.from, toTarget: cell.to };
  const value = { allowed, endsOn: allowed && endsOn ? fromDay(endsOn) : null };
  await tx.policyCell.upsert({
    where: { schoolId_fromRole_toTarget: key },
    create: { ...key, ...value },
    update: value,
  });
}

/** The matrix of an earlier version, or null. */
export async function readVersionCells(reader: Reader, schoolId: string, number: number): Promise<MatrixCells | null> {
  const row = await reader.policyVersion.findUnique({
    where: { schoolId_number: { schoolId, number } },
    select: { cells: true },
  });
  return row && isMatrixCells(row.cells) ? row.cells : null;
}

export function parseCellKeys(keys: readonly string[]): Cell[] {
  return keys.map((key) => {
    const cell = parseCellKey(key);
    if (!cell) throw new RangeError(`unknown cell: ${key}`);
    return cell;
  });
}
