// The frame in the database: locking it, writing the next one together with the versions that it makes at schools, and
// the proposals that wait for a second state administrator. Callers hold the transaction.
import { z } from "zod";
import type { Reader, Transaction } from "#lib/db/client.ts";
import { isMatrixCells, type MatrixCells } from "./cells.ts";
import { SETTINGS, type FrameEdits, type FrameState } from "./frame-change.ts";
import { frameEditsSchema, frameHash } from "./frame-content.ts";
import { alteredSchools, type AlteredSchool, type SchoolInEffect } from "./frame-effect.ts";
import { parseCellKey, type CellKey } from "./roles.ts";
import { FRAME_LOCK_ID, readFrame } from "./store.ts";

const DAY_MS = 86_400_000;

/** The frame in effect with all its settings. */
export async function readFrameState(reader: Reader): Promise<FrameState> {
  const frame = await readFrame(reader);
  return await withPeriods(reader, frame);
}

/** The frame of a version that is known to exist. */
export async function readFrameVersion(reader: Reader, version: number): Promise<FrameState> {
  return await withPeriods(reader, await readFrame(reader, version));
}

async function withPeriods(reader: Reader, frame: Awaited<ReturnType<typeof readFrame>>): Promise<FrameState> {
  const periods = await reader.policyFrame.findUniqueOrThrow({
    where: { version: frame.version },
    select: {
      gracePeriodDays: true,
      retainBullyingDays: true,
      retainSexualDays: true,
      retainViolenceDays: true,
      retainExtremismDays: true,
      retainSpamDays: true,
      retainOtherDays: true,
    },
  });
  return { ...frame, ...periods };
}

/** Holds the frame alone until the transaction ends: no school changes meanwhile, so each is altered as it was read. */
export async function lockFrame(tx: Transaction): Promise<FrameState> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${FRAME_LOCK_ID}::bigint)::text`;
  return await readFrameState(tx);
}

const cellKeySchema = z.custom<CellKey>((key) => typeof key === "string" && parseCellKey(key) !== undefined);
const schoolRows = z.array(
  z
    .object({
      id: z.string(),
      name: z.string(),
      left: z.boolean(),
      version: z.number().int(),
      cells: z.custom<MatrixCells>((text) => typeof text === "string" && isMatrixCells(text)),
      own: z.record(z.string(), z.boolean()),
    })
    .transform(({ own, ...school }): SchoolInEffect => ({
      ...school,
      own: new Map(Object.entries(own).map(([key, allowed]) => [cellKeySchema.parse(key), allowed])),
    })),
);

/** Every school that has a version, with what it has set itself. */
export async function readSchoolsInEffect(reader: Reader): Promise<SchoolInEffect[]> {
  const rows = await reader.$queryRaw`
    SELECT s.id, s.name, s.left_at IS NOT NULL AS left, s.current_version AS version, s.policy_cells AS cells,
      coalesce((SELECT jsonb_object_agg(c.from_role::text || '>' || c.to_target, c.allowed)
        FROM policy_cell c WHERE c.school_id = s.id), '{}') AS own
    FROM school s WHERE s.current_version > 0 ORDER BY s.id`;
  return schoolRows.parse(rows);
}

export type NewFrame = {
  readonly next: FrameState;
  readonly authorId: string;
  readonly approvedById: string | null;
  readonly reason: string;
};

/** Stores the frame and a version for every school that it alters; what a school has set itself stays stored. */
export async function writeFrame(tx: Transaction, frame: NewFrame): Promise<AlteredSchool[]> {
  const { next, authorId, approvedById, reason } = frame;
  await tx.policyFrame.create({
    data: {
      version: next.version,
      authorId,
      approvedById,
      reason,
      ...Object.fromEntries(SETTINGS.map((name) => [name, next[name]])),
    },
  });
  await tx.policyFrameCell.createMany({
    data: [...next.cells.values()].map(({ cell, ...rule }) => ({
      frameVersion: next.version,
      fromRole: cell.from,
      toTarget: cell.to,
      ...rule,
    })),
  });
  const altered = alteredSchools(next, await readSchoolsInEffect(tx));
  const column = <T>(value: (altered: AlteredSchool) => T) => altered.map(value);
  await tx.$executeRaw`
    INSERT INTO policy_version (school_id, number, kind, cells, frame_version, author_id, reason)
    SELECT school_id, number, 'frame', cells, ${next.version}::int, ${authorId}, ${reason}
    FROM unnest(${column(({ school }) => school.id)}::text[], ${column(({ school }) => school.version + 1)}::int[],
      ${column(({ cells }) => cells)}::text[]) AS altered (school_id, number, cells)`;
  return altered;
}

// ---- proposals ---------------------------------------------------------------------------------------------

export type StoredProposal = {
  readonly id: string;
  readonly authorId: string;
  readonly baseVersion: number;
  readonly edits: FrameEdits;
  readonly contentHash: string;
  readonly reason: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly status: "pending" | "approved" | "rejected" | "withdrawn" | "expired" | "void";
};

/** What a proposal holds, decoded: what cannot be read must not be approved. */
export function toStoredProposal<Row extends Omit<StoredProposal, "edits"> & { readonly content: unknown }>(row: Row) {
  return { ...row, edits: frameEditsSchema.parse(row.content) };
}

export async function openProposal(reader: Reader): Promise<StoredProposal | null> {
  const row = await reader.frameProposal.findFirst({ where: { status: "pending" } });
  return row && toStoredProposal(row);
}

type NewProposal = Pick<StoredProposal, "authorId" | "baseVersion" | "edits" | "reason">;

export async function writeProposal(tx: Transaction, proposal: NewProposal, expiryDays: number, now: Date) {
  const { edits, ...rest } = proposal;
  return await tx.frameProposal.create({
    data: {
      ...rest,
      // the same letters that the database compares the frame with
      content: { cells: { ...edits.cells }, settings: { ...edits.settings } },
      contentHash: frameHash(rest, edits),
      createdAt: now,
      expiresAt: new Date(now.getTime() + expiryDays * DAY_MS),
    },
  });
}

/** Locks the proposal. The caller holds the frame. Null if there is none. */
export async function lockProposal(tx: Transaction, id: string): Promise<StoredProposal | null> {
  await tx.$queryRaw`SELECT id FROM frame_proposal WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.frameProposal.findUnique({ where: { id } });
  return row && toStoredProposal(row);
}

/** When the person was made state administrator; null for others. Held until the transaction ends. */
export async function landAdminSince(tx: Transaction, personId: string): Promise<Date | null> {
  const where = { personId, role: "landAdmin" } as const;
  await tx.$queryRaw`SELECT role FROM console_role_grant WHERE person_id = ${personId} FOR SHARE`;
  const grant = await tx.consoleRoleGrant.findUnique({ where: { personId_role: where }, select: { grantedAt: true } });
  return grant?.grantedAt ?? null;
}
