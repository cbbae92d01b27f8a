// Four eyes (design §4.8): who may decide a request, and why not. Pure; the transaction that approves calls it on the
// roles that it has locked, and the database holds "author ≠ approver" once more.
import { createHash } from "node:crypto";
import type { Day } from "./end-date.ts";
import type { Role } from "./roles.ts";

/** The two roles that may write and decide requests. */
export type ApprovalRole = Extract<Role, "orgAdmin" | "schoolManagement">;

export type HeldRole = { readonly role: Role; readonly since: Date };
export type RequestPart = {
  readonly authorId: string;
  readonly authorRole: ApprovalRole;
  readonly cells: readonly string[];
  readonly reason: string;
  readonly baseVersion: number;
  /** The last day of these openings, if they have one. */
  readonly endsOn: Day | null;
};

export type DecisionRefusal =
  | "isAuthor" // the approver wrote a part of the request
  | "noApprovalRole" // neither management nor administrator of this school
  | "needsManagement" // an administrator's part needs a manager
  | "roleTooYoung" // role younger than the request or than the frame's period
  | "authorLostRole"; // an author is no longer administrator or management of the school

export type Decision =
  | { readonly allowed: true; readonly role: ApprovalRole }
  | { readonly allowed: false; readonly refusal: DecisionRefusal };

const DAY_MS = 86_400_000;

/** The role in which somebody writes a request. Management counts first: a manager's request needs a second person, not a second manager. */
export function authoringRole(roles: Iterable<Role>): ApprovalRole | undefined {
  const held = new Set(roles);
  if (held.has("schoolManagement")) return "schoolManagement";
  return held.has("orgAdmin") ? "orgAdmin" : undefined;
}

export type DecisionQuestion = {
  readonly createdAt: Date;
  readonly parts: readonly Pick<RequestPart, "authorId" | "authorRole">[];
  /** Roles that each author holds now at the school. */
  readonly authorRoles: ReadonlyMap<string, readonly Role[]>;
  readonly approver: { readonly personId: string; readonly roles: readonly HeldRole[] };
  readonly approverRoleAgeDays: number;
  readonly now: Date;
};

/** May this person approve this request now? */
export function mayApprove(question: DecisionQuestion): Decision {
  const { createdAt, parts, authorRoles, approver, approverRoleAgeDays, now } = question;
  if (parts.some(({ authorId }) => authorId === approver.personId)) return { allowed: false, refusal: "isAuthor" };
  const held = approver.roles.filter(({ role }) => role === "schoolManagement" || role === "orgAdmin");
  if (held.length === 0) return { allowed: false, refusal: "noApprovalRole" };
  if (parts.some(({ authorId, authorRole }) => !(authorRoles.get(authorId) ?? []).includes(authorRole))) {
    return { allowed: false, refusal: "authorLostRole" };
  }
  const onlyManagement = parts.some(({ authorRole }) => authorRole === "orgAdmin");
  const fitting = held.filter(({ role }) => !onlyManagement || role === "schoolManagement");
  if (fitting.length === 0) return { allowed: false, refusal: "needsManagement" };
  const oldEnough = fitting.filter(
    ({ since }) => since < createdAt && now.getTime() - since.getTime() >= approverRoleAgeDays * DAY_MS,
  );
  const role = authoringRole(oldEnough.map((old) => old.role));
  return role === undefined ? { allowed: false, refusal: "roleTooYoung" } : { allowed: true, role };
}

/** May this person reject? Any second person in one of the two roles, however new: saying no opens nothing. */
export function mayReject(question: DecisionQuestion): Decision {
  const { parts, approver } = question;
  if (parts.some(({ authorId }) => authorId === approver.personId)) return { allowed: false, refusal: "isAuthor" };
  const role = authoringRole(approver.roles.map((held) => held.role));
  return role === undefined ? { allowed: false, refusal: "noApprovalRole" } : { allowed: true, role };
}

/** May this person take the request back? Any of its authors: nobody's part stays open against its author's will. */
export function mayWithdraw(parts: readonly Pick<RequestPart, "authorId">[], personId: string): boolean {
  return parts.some(({ authorId }) => authorId === personId);
}

/** What an approval must name: any change of cells, reasons, authors or ends gives another hash (hex SHA-256). */
export function contentHash(schoolId: string, parts: readonly RequestPart[]): string {
  const content = parts.map((part) => [
    part.authorId,
    part.authorRole,
    part.cells.toSorted(),
    part.reason,
    part.baseVersion,
    part.endsOn,
  ]);
  return createHash("sha256")
    .update(JSON.stringify([schoolId, content]))
    .digest("hex");
}
