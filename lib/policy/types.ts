// What the policy domain hands to pages: small, serialisable, and nothing that the reader may not see.
import type { MailReach } from "#lib/notify/queries.ts";
import type { CellKey } from "./roles.ts";
import type { ApprovalRole, DecisionRefusal } from "./approval.ts";
import type { Approvability } from "./approvers.ts";
import type { Origin } from "./cells.ts";
import type { Day } from "./end-date.ts";
import type { Reach } from "./reach.ts";

export type SchoolHead = {
  readonly id: string;
  readonly name: string;
  /** What is missing before the messenger is on: each is false until somebody says yes. */
  readonly switches: { readonly service: boolean; readonly state: boolean; readonly school: boolean };
};

export type CellView = {
  readonly key: CellKey;
  readonly allowed: boolean;
  readonly origin: Origin;
  readonly sensitive: boolean;
  /** What the state's frame gives a school that has set nothing. */
  readonly frameDefault: boolean;
  /** The last day of the school's opening, if it has one and is in effect. */
  readonly endsOn: Day | null;
  /** Why the state has locked the cell; null when it is not locked. */
  readonly lockReason: string | null;
  /** The cell stands in the open request. */
  readonly waiting: boolean;
};

export type VersionKind = "initial" | "change" | "approval" | "frame" | "expiry";

export type VersionHead = {
  readonly number: number;
  readonly kind: VersionKind;
  readonly createdAt: Date;
  readonly authorName: string | null;
  readonly approverName: string | null;
};

export type MatrixView = {
  readonly school: SchoolHead;
  readonly version: VersionHead;
  readonly cells: readonly CellView[];
  readonly openRequestId: string | null;
  /** The state's frame asks for it: every opening waits for a second person, sensitive or not. */
  readonly approvalForEveryChange: boolean;
  /** False for support and state administrators, who only look. */
  readonly mayEdit: boolean;
};

export type FormerEnd = { readonly day: Day | null };

export type SummaryItem = {
  readonly key: CellKey;
  readonly allowed: boolean;
  readonly sensitive: boolean;
  /** The last day of an opening that has one. */
  readonly endsOn: Day | null;
  /** The cell is open and stays so: its last day so far. Null where the cell itself is switched. */
  readonly formerEnd: FormerEnd | null;
  /** In effect only when school management agrees. */
  readonly waits: boolean;
  readonly reach: Reach;
};

/** What somebody else did to a cell, and by which version. */
export type ChangedMeanwhile = { readonly key: CellKey; readonly allowed: boolean; readonly by: VersionHead };

/** The summary of a change against the matrix in effect, riskiest first. */
export type ChangeSummary = {
  readonly school: SchoolHead;
  readonly baseVersion: number;
  readonly currentVersion: number;
  readonly items: readonly SummaryItem[];
  readonly gaining: Reach;
  readonly losing: Reach;
  /** Cells that a newer version has meanwhile changed and that the edits touch as well. */
  readonly conflicts: readonly CellKey[];
  /** All cells that changed between the base version and now, each with the version that made it what it is. */
  readonly changedMeanwhile: readonly ChangedMeanwhile[];
  /** Cells whose last day was to be changed and that the school has not open (any more): nothing of it can be sent. */
  readonly notOpen: readonly CellKey[];
  /** Cells among the edits that are locked: such a change cannot be submitted. */
  readonly locked: readonly CellKey[];
  /** Whether anybody could approve what waits; null if nothing waits, or the reader cannot send it. */
  readonly approvability: Approvability | null;
};

export type RequestStatus = "pending" | "approved" | "rejected" | "withdrawn" | "expired" | "void";

export type RequestHead = {
  readonly id: string;
  readonly status: RequestStatus;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Open, and over within three days. */
  readonly expiresSoon: boolean;
  readonly authorNames: readonly string[];
  readonly cells: readonly CellKey[];
  readonly decidedAt: Date | null;
  readonly deciderName: string | null;
  readonly decisionReason: string | null;
};

export type CommentView = {
  readonly id: string;
  readonly authorName: string;
  readonly authorRole: ApprovalRole;
  readonly text: string;
  readonly createdAt: Date;
};

/** What happened to the matrix since a request was written. */
export type SinceWritten = {
  /** The version on which the first part was written. */
  readonly baseVersion: number;
  readonly currentVersion: number;
  /** Cells whose value is another one now. */
  readonly changes: readonly { readonly key: CellKey; readonly allowed: boolean }[];
  /** Cells of the request that were locked or changed since: with any of them, approving makes the request void. */
  readonly overtaken: readonly CellKey[];
};

export type RequestView = {
  readonly school: SchoolHead;
  readonly head: RequestHead;
  readonly parts: readonly {
    readonly authorName: string;
    readonly authorRole: ApprovalRole;
    readonly reason: string;
    readonly createdAt: Date;
    readonly cells: readonly CellKey[];
    readonly endsOn: Day | null;
  }[];
  /** What approving it would do to the matrix in effect now. */
  readonly items: readonly SummaryItem[];
  /** The approval must name it; an edited request has another. */
  readonly contentHash: string;
  readonly approval: { readonly allowed: true } | { readonly allowed: false; readonly refusal: DecisionRefusal };
  readonly rejection: { readonly allowed: true } | { readonly allowed: false; readonly refusal: DecisionRefusal };
  /** By the reader, who is one of the authors. */
  readonly mayWithdraw: boolean;
  readonly comments: readonly CommentView[];
  readonly mayComment: boolean;
  /** The record for the school's files tells the audit entries, which not everybody may read. */
  readonly mayReadRecord: boolean;
  /** Null once it is decided. */
  readonly since: SinceWritten | null;
  /** Whether anybody could approve it; null once it is decided. */
  readonly approvability: Approvability | null;
  /** How many of those who may approve know of it by mail; null once it is decided. */
  readonly mail: MailReach | null;
};

/** A cell that two versions do not share, as the second one has it. */
export type ComparedCell = {
  readonly key: CellKey;
  readonly allowed: boolean;
  readonly sensitive: boolean;
  readonly endsOn: Day | null;
  /** Open in both: its last day in the first one. */
  readonly formerEnd: FormerEnd | null;
};

export type VersionEntry = VersionHead & {
  readonly reason: string;
  /** The request that was approved by it. */
  readonly requestId: string | null;
  /** Against the version before it, riskiest first. */
  readonly changes: readonly ComparedCell[];
};

export type VersionList = {
  readonly school: { readonly id: string; readonly name: string };
  readonly currentVersion: number;
  readonly versions: readonly VersionEntry[];
  /** Pass as `before` for the next page; null on the last. */
  readonly nextBefore: number | null;
};

export type VersionComparison = {
  readonly school: { readonly id: string; readonly name: string };
  readonly currentVersion: number;
  readonly from: VersionEntry;
  readonly to: VersionEntry;
  readonly cells: readonly ComparedCell[];
  /** How to go back to either of the two; empty for people who only look, and for the version in effect. */
  readonly waysBack: readonly {
    readonly version: number;
    readonly edits: readonly { readonly key: CellKey; readonly allowed: boolean }[];
    /** Locked cells that would have to change, with their value in effect, which stays. */
    readonly skipped: readonly { readonly key: CellKey; readonly allowed: boolean }[];
  }[];
};
