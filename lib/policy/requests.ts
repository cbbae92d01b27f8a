// Change requests in the database: opening or extending the one open request of a school, and reading what a decision
// needs, with the rows locked.
import type { Reader, Transaction } from "#lib/db/client.ts";
import { contentHash, type ApprovalRole, type DecisionQuestion, type RequestPart } from "./approval.ts";
import { cellState, type MatrixCells } from "./cells.ts";
import { frameCell, type PolicyFrame } from "./frame.ts";
import { cellKey, type Cell, type CellKey, type Role } from "./roles.ts";
import { parseCellKeys, readVersionCells } from "./store.ts";

const DAY_MS = 86_400_000;

function approvalRole(role: Role): ApprovalRole {
  if (role === "orgAdmin" || role === "schoolManagement") return role;
  throw new RangeError(`a request cannot be written as ${role}`);
}

type PartRow = { authorId: string; authorRole: Role; cells: string[]; reason: string; baseVersion: number };

function toParts(rows: readonly PartRow[]): RequestPart[] {
  return rows.map((row) => ({
    authorId: row.authorId,
    authorRole: approvalRole(row.authorRole),
    cells: row.cells,
    reason: row.reason,
    baseVersion: row.baseVersion,
  }));
}

export type NewPart = {
  readonly schoolId: string;
  readonly authorId: string;
  readonly authorRole: ApprovalRole;
  readonly cells: readonly Cell[];
  readonly reason: string;
  readonly baseVersion: number;
};

/**
 * Adds sensitive openings to the school's open request, or opens one. Cells that wait already are not added again.
 * @returns what was added, or null if all of it waits already
 */
export async function addToRequest(tx: Transaction, part: NewPart, frame: PolicyFrame, now: Date) {
  const open = await tx.changeRequest.findFirst({
    where: { schoolId: part.schoolId, status: "pending" },
    include: { parts: { orderBy: { id: "asc" } } },
  });
  const waiting = new Set(open?.parts.flatMap(({ cells }) => cells));
  const cells = part.cells.map(cellKey).filter((key) => !waiting.has(key));
  if (cells.length === 0) return null;
  const newPart = {
    authorId: part.authorId,
    authorRole: part.authorRole,
    cells,
    reason: part.reason,
    baseVersion: part.baseVersion,
  };
  const hash = contentHash(part.schoolId, [...toParts(open?.parts ?? []), newPart]);
  const request = open
    ? await tx.changeRequest.update({ where: { id: open.id }, data: { contentHash: hash } })
    : await tx.changeRequest.create({
        data: {
          schoolId: part.schoolId,
          authorId: part.authorId,
          contentHash: hash,
          createdAt: now,
          expiresAt: new Date(now.getTime() + frame.requestExpiryDays * DAY_MS),
        },
      });
  await tx.changeRequestPart.create({ data: { requestId: request.id, createdAt: now, ...newPart } });
  return { requestId: request.id, cells, extended: open !== null };
}

/** The school of a request, for authorising by the resource. */
export async function schoolOfRequest(reader: Reader, requestId: string): Promise<string | null> {
  const row = await reader.changeRequest.findUnique({ where: { id: requestId }, select: { schoolId: true } });
  return row?.schoolId ?? null;
}

export type StoredRequest = {
  readonly id: string;
  readonly schoolId: string;
  readonly status: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly contentHash: string;
  readonly parts: readonly RequestPart[];
  readonly cells: readonly Cell[];
};

export async function readRequest(reader: Reader, requestId: string): Promise<StoredRequest> {
  const row = await reader.changeRequest.findUniqueOrThrow({
    where: { id: requestId },
    include: { parts: { orderBy: { id: "asc" } } },
  });
  const keys = new Set(row.parts.flatMap(({ cells }) => cells));
  return { ...row, parts: toParts(row.parts), cells: parseCellKeys([...keys]) };
}

/** Locks the request and the roles of all its authors and of the person who decides, then reads them. */
export async function lockRequest(tx: Transaction, requestId: string, deciderId: string): Promise<StoredRequest> {
  await tx.$queryRaw`SELECT id FROM change_request WHERE id = ${requestId}::uuid FOR UPDATE`;
  const request = await readRequest(tx, requestId);
  const people = [deciderId, ...request.parts.map(({ authorId }) => authorId)];
  await tx.$queryRaw`
    SELECT person_id FROM affiliation WHERE school_id = ${request.schoolId} AND person_id = ANY (${people}) FOR SHARE`;
  return request;
}

/** The roles, as the database has them now, of everybody whom four eyes concern. */
export async function decisionQuestion(
  reader: Reader,
  request: StoredRequest,
  deciderId: string,
  approverRoleAgeDays: number,
  now: Date,
): Promise<DecisionQuestion> {
  const people = [deciderId, ...request.parts.map(({ authorId }) => authorId)];
  const held = await reader.affiliation.findMany({
    where: { schoolId: request.schoolId, personId: { in: people }, person: { enabled: true, leftAt: null } },
    select: { personId: true, role: true, since: true },
  });
  const authorRoles = new Map<string, Role[]>();
  for (const { personId, role } of held) authorRoles.set(personId, [...(authorRoles.get(personId) ?? []), role]);
  return {
    createdAt: request.createdAt,
    parts: request.parts,
    authorRoles,
    approver: { personId: deciderId, roles: held.filter(({ personId }) => personId === deciderId) },
    approverRoleAgeDays,
    now,
  };
}

/**
 * Cells of a request that can no longer be opened as they were shown: locked since, or changed since the version on
 * which they were asked for (design §4.9).
 */
export async function overtakenCells(
  reader: Reader,
  request: StoredRequest,
  frame: PolicyFrame,
  inEffect: MatrixCells,
): Promise<CellKey[]> {
  const overtaken: CellKey[] = [];
  for (const part of request.parts) {
    const base = await readVersionCells(reader, request.schoolId, part.baseVersion);
    for (const cell of parseCellKeys(part.cells)) {
      const then = base && cellState(base, cell);
      const now = cellState(inEffect, cell);
      if (frameCell(frame, cell).locked || then?.allowed !== now.allowed) overtaken.push(cellKey(cell));
    }
  }
  return overtaken;
}
