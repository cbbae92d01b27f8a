// Reads and writes the policy tables: frame, what a school has set, versions. Callers hold the transaction.
import type { Reader, Transaction } from "#lib/db/client.ts";
import { isMatrixCells, parseCells, type MatrixCells } from "./cells.ts";
import { effectiveCells, type FrameCell, type PolicyFrame, type SchoolCells } from "./frame.ts";
import { cellKey, isTarget, parseCellKey, type Cell, type CellKey } from "./roles.ts";

/** Advisory lock of the frame: a change of a school shares it, a change of the frame takes it alone. */
const FRAME_LOCK_ID = 7_301_965_222;

export type SchoolPolicy = {
  readonly frame: PolicyFrame;
  readonly own: SchoolCells;
  readonly version: number;
  readonly cells: MatrixCells;
};

function toCell(from: Cell["from"], to: string): Cell {
  if (!isTarget(to)) throw new RangeError(`unknown target of a cell: ${to}`);
  return { from, to };
}

/** The frame in effect. */
export async function readFrame(reader: Reader): Promise<PolicyFrame> {
  const row = await reader.policyFrame.findFirstOrThrow({ orderBy: { version: "desc" }, include: { cells: true } });
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

async function readOwnCells(reader: Reader, schoolId: string): Promise<SchoolCells> {
  const rows = await reader.policyCell.findMany({ where: { schoolId } });
  return new Map(rows.map(({ fromRole, toTarget, allowed }) => [cellKey(toCell(fromRole, toTarget)), allowed]));
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
    own: await readOwnCells(reader, schoolId),
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

export type NewVersion = {
  readonly schoolId: string;
  readonly kind: "initial" | "change" | "approval";
  readonly policy: Pick<SchoolPolicy, "frame" | "own" | "version">;
  /** The cells that the school sets by this version. */
  readonly edits: readonly { readonly cell: Cell; readonly allowed: boolean }[];
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
  for (const { cell, allowed } of edits) {
    own.set(cellKey(cell), allowed);
    const key = { schoolId, fromRole: cell.from, toTarget: cell.to };
    await tx.policyCell.upsert({
      where: { schoolId_fromRole_toTarget: key },
      create: { ...key, allowed },
      update: { allowed },
    });
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
    },
  });
  return { number, cells };
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
