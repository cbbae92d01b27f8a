// Change requests in the database: opening or extending the one open request of a school, and reading what a decision
// needs, with the rows locked.
import { z } from "zod";
import type { Reader, Transaction } from "#lib/db/client.ts";
import { contentHash, type ApprovalRole, type DecisionQuestion, type RequestPart } from "./approval.ts";
import { cellState, parseCells, type MatrixCells } from "./cells.ts";
import { fromDay, hasEnded, toDay, type Day } from "./end-date.ts";
import { frameCell, type PolicyFrame } from "./frame.ts";
import { cellKey, type Cell, type CellKey, type Role } from "./roles.ts";
import { parseCellKeys } from "./store.ts";

const DAY_MS = 86_400_000;
/** Last days by cell, as a version keeps them. */
const endingsSchema = z.record(z.string(), z.string());

function approvalRole(role: Role): ApprovalRole {
  if (role === "orgAdmin" || role === "schoolManagement") return role;
  throw new RangeError(`a request cannot be written as ${role}`);
}

type PartRow = {
  authorId: string;
  authorRole: Role;
  cells: string[];
  reason: string;
  baseVersion: number;
  endsOn: Date | null;
};

function toParts(rows: readonly PartRow[]): RequestPart[] {
  return rows.map((row) => ({
    authorId: row.authorId,
    authorRole: approvalRole(row.authorRole),
    cells: row.cells,
    reason: row.reason,
    baseVersion: row.baseVersion,
    endsOn: row.endsOn && toDay(row.endsOn),
  }));
}

export type NewPart = {
  readonly schoolId: string;
  readonly authorId: string;
  readonly authorRole: ApprovalRole;
  readonly cells: readonly Cell[];
  readonly reason: string;
  readonly baseVersion: number;
  readonly endsOn: Day | null;
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
    endsOn: part.endsOn,
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
  const endsOn = part.endsOn && fromDay(part.endsOn);
  await tx.changeRequestPart.create({ data: { requestId: request.id, createdAt: now, ...newPart, endsOn } });
  return { requestId: request.id, cells, extended: open !== null };
}

/** Closes the school's open request if its time is over: what comes now must not join it. */
export async function expireOpenRequest(
  tx: Transaction,
  schoolId: string,
  now: Date,
): Promise<{ readonly requestId: string; readonly cells: readonly CellKey[] } | null> {
  const open = await tx.changeRequest.findFirst({
    where: { schoolId, status: "pending", expiresAt: { lte: now } },
    include: { parts: { select: { cells: true } } },
  });
  if (!open) return null;
  await tx.changeRequest.update({ where: { id: open.id }, data: { status: "expired", decidedAt: now } });
  return { requestId: open.id, cells: distinctCells(open.parts).map(cellKey) };
}

/** As a page needs it: the end of a request is a moment, not the worker's next round. */
export function isOver(request: { readonly expiresAt: Date }, now: Date): boolean {
  return request.expiresAt <= now;
}

const SOON_MS = 3 * DAY_MS;

/** Open, and over within three days. */
export function expiresSoon(request: { readonly status: string; readonly expiresAt: Date }, now: Date): boolean {
  const leftMs = request.expiresAt.getTime() - now.getTime();
  return request.status === "pending" && leftMs > 0 && leftMs <= SOON_MS;
}

/** The school of a request, for authorising by the resource; null as well if it is not the school that was named. */
export async function schoolOfRequest(
  reader: Reader,
  named: { readonly requestId: string; readonly schoolId: string },
): Promise<string | null> {
  const row = await reader.changeRequest.findUnique({
    where: { id: named.requestId, schoolId: named.schoolId },
    select: { schoolId: true },
  });
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

type RequestRow = Omit<StoredRequest, "parts" | "cells"> & { readonly parts: readonly PartRow[] };

/** Every cell of the parts once. */
export function distinctCells(parts: readonly { readonly cells: readonly string[] }[]): Cell[] {
  return parseCellKeys([...new Set(parts.flatMap(({ cells }) => cells))]);
}

/** @param row a request with its parts, oldest first */
export function toStoredRequest(row: RequestRow): StoredRequest {
  return { ...row, parts: toParts(row.parts), cells: distinctCells(row.parts) };
}

/**
 * Locks the request, and its authors and whoever decides as people and in their roles, then reads the request.
 * The caller holds the school's policy (lockSchoolPolicy): in this order nobody waits for each other in a ring.
 */
export async function lockRequest(tx: Transaction, requestId: string, deciderId: string): Promise<StoredRequest> {
  await tx.$queryRaw`SELECT id FROM change_request WHERE id = ${requestId}::uuid FOR UPDATE`;
  const row = await tx.changeRequest.findUniqueOrThrow({
    where: { id: requestId },
    include: { parts: { orderBy: { id: "asc" } } },
  });
  const request = toStoredRequest(row);
  const people = peopleOf(request, deciderId);
  await tx.$queryRaw`SELECT id FROM person WHERE id = ANY (${people}) ORDER BY id FOR SHARE`;
  await tx.$queryRaw`
    SELECT person_id FROM affiliation WHERE school_id = ${request.schoolId} AND person_id = ANY (${people}) FOR SHARE`;
  return request;
}

/** Everybody whom four eyes concern. */
function peopleOf(request: StoredRequest, deciderId: string): string[] {
  return [...new Set([deciderId, ...request.parts.map(({ authorId }) => authorId)])];
}

/** What four eyes are decided on: everybody's roles as the database has them now. */
export async function decisionQuestion(
  reader: Reader,
  request: StoredRequest,
  deciderId: string,
  approverRoleAgeDays: number,
  now: Date,
): Promise<DecisionQuestion> {
  const held = await reader.affiliation.findMany({
    where: {
      schoolId: request.schoolId,
      personId: { in: peopleOf(request, deciderId) },
      person: { enabled: true, leftAt: null },
    },
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
 * Cells of a request that can no longer be opened as they were shown: locked or changed at any time since the version
 * on which they were asked for, even if changed back (design §4.9).
 */
export async function overtakenCells(reader: Reader, request: StoredRequest, frame: PolicyFrame): Promise<CellKey[]> {
  const versions = await reader.policyVersion.findMany({
    where: { schoolId: request.schoolId, number: { gte: Math.min(...request.parts.map((part) => part.baseVersion)) } },
    orderBy: { number: "asc" },
    select: { number: true, cells: true, endings: true },
  });
  const states = versions.map(({ number, cells, endings }) => {
    return { number, cells: parseCells(cells), endings: endingsSchema.parse(endings) };
  });
  return request.parts.flatMap((part) => {
    const since = states.filter(({ number }) => number >= part.baseVersion);
    return parseCellKeys(part.cells)
      .filter((cell) => frameCell(frame, cell).locked || !isUntouched(cell, since))
      .map(cellKey);
  });
}

/** Openings whose last day is over before anybody approved them: there is nothing left to open. */
export function endedCells(parts: readonly RequestPart[], now: Date): CellKey[] {
  return parts
    .filter(({ endsOn }) => endsOn !== null && hasEnded(endsOn, now))
    .flatMap(({ cells }) => parseCellKeys(cells).map(cellKey));
}

/** The openings of a request, each with its part's last day. */
export function openingsOf(parts: readonly RequestPart[]): { cell: Cell; allowed: true; endsOn: Day | null }[] {
  return parts.flatMap(({ cells, endsOn }) =>
    parseCellKeys(cells).map((cell) => ({ cell, allowed: true as const, endsOn })),
  );
}

type VersionState = { readonly cells: MatrixCells; readonly endings: Readonly<Partial<Record<string, string>>> };

/** @param since the versions from the one on which the cell was asked for to the one in effect */
function isUntouched(cell: Cell, since: readonly VersionState[]): boolean {
  const [base, ...later] = since.map(({ cells, endings }) => ({
    ...cellState(cells, cell),
    endsOn: endings[cellKey(cell)],
  }));
  return (
    base !== undefined &&
    later.every(
      ({ allowed, origin, endsOn }) => allowed === base.allowed && endsOn === base.endsOn && origin !== "lock",
    )
  );
}
