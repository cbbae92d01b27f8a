// What a page says about a request beside the request itself: who could approve it at all, and what has changed since
// it was written.
import type { Reader } from "#lib/db/client.ts";
import type { RequestPart } from "./approval.ts";
import { approvability, type Approvability, type Holder } from "./approvers.ts";
import { parseCells } from "./cells.ts";
import { differingCells } from "./change.ts";
import { overtakenCells, type StoredRequest } from "./requests.ts";
import { cellKey, type Role } from "./roles.ts";
import type { SchoolPolicy } from "./store.ts";
import type { SinceWritten } from "./types.ts";

const DAY_MS = 86_400_000;
/** Far more than a school has of both roles together. */
const MOST_HELD_ROLES = 500;

/** Everybody who holds one of the two roles that decide requests. */
export async function readHolders(reader: Reader, schoolId: string): Promise<Holder[]> {
  const rows = await reader.affiliation.findMany({
    where: { schoolId, role: { in: ["schoolManagement", "orgAdmin"] }, person: { enabled: true, leftAt: null } },
    select: { personId: true, role: true, since: true },
    take: MOST_HELD_ROLES,
  });
  const holders = new Map<string, Holder>();
  for (const { personId, role, since } of rows) {
    const roles = [...(holders.get(personId)?.roles ?? []), { role, since }];
    holders.set(personId, { personId, roles });
  }
  return [...holders.values()];
}

type Waiting = Pick<StoredRequest, "createdAt" | "expiresAt"> & {
  readonly parts: readonly Pick<RequestPart, "authorId" | "authorRole">[];
};

/** Could anybody approve this request, by the directory as it stands? */
export async function readApprovability(
  reader: Reader,
  schoolId: string,
  { createdAt, expiresAt, parts }: Waiting,
  approverRoleAgeDays: number,
  now: Date,
): Promise<Approvability> {
  const holders = await readHolders(reader, schoolId);
  const authorRoles = new Map<string, Role[]>(
    holders.map(({ personId, roles }) => [personId, roles.map(({ role }) => role)]),
  );
  return approvability({ createdAt, expiresAt, parts, authorRoles, holders, approverRoleAgeDays, now });
}

/** The same for a part that is not sent yet: it would join the request that is open, or begin one. */
export async function readApprovabilityOfNew(
  reader: Reader,
  schoolId: string,
  author: Pick<RequestPart, "authorId" | "authorRole">,
  { approverRoleAgeDays, requestExpiryDays }: SchoolPolicy["frame"],
  now: Date,
): Promise<Approvability> {
  const open = await reader.changeRequest.findFirst({
    where: { schoolId, status: "pending", expiresAt: { gt: now } },
    include: { parts: { select: { authorId: true, authorRole: true } } },
  });
  const written = (open?.parts ?? []).map((part) => ({
    authorId: part.authorId,
    authorRole: part.authorRole === "schoolManagement" ? part.authorRole : ("orgAdmin" as const),
  }));
  const waiting = {
    createdAt: open?.createdAt ?? now,
    expiresAt: open?.expiresAt ?? new Date(now.getTime() + requestExpiryDays * DAY_MS),
    parts: [...written, author],
  };
  return await readApprovability(reader, schoolId, waiting, approverRoleAgeDays, now);
}

/** The matrix between the version on which the request's first part was written and the one in effect. */
export async function readSinceWritten(
  reader: Reader,
  request: StoredRequest,
  policy: SchoolPolicy,
): Promise<SinceWritten> {
  const baseVersion = Math.min(...request.parts.map((part) => part.baseVersion));
  const base = await reader.policyVersion.findUniqueOrThrow({
    where: { schoolId_number: { schoolId: request.schoolId, number: baseVersion } },
    select: { cells: true },
  });
  return {
    baseVersion,
    currentVersion: policy.version,
    changes: differingCells(parseCells(base.cells), policy.cells).map(({ cell, allowed }) => ({
      key: cellKey(cell),
      allowed,
    })),
    overtaken: await overtakenCells(reader, request, policy.frame),
  };
}
