// What the policy domain hands to pages: small, serialisable, and nothing that the reader may not see.
import type { CellKey } from "./roles.ts";
import type { ApprovalRole, DecisionRefusal } from "./approval.ts";
import type { Origin } from "./cells.ts";
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
  /** Why the state has locked the cell; null when it is not locked. */
  readonly lockReason: string | null;
  /** The cell stands in the open request. */
  readonly waiting: boolean;
};

export type VersionHead = {
  readonly number: number;
  readonly createdAt: Date;
  readonly authorName: string | null;
  readonly approverName: string | null;
};

export type MatrixView = {
  readonly school: SchoolHead;
  readonly version: VersionHead;
  readonly cells: readonly CellView[];
  readonly openRequestId: string | null;
  /** False for support and state administrators, who only look. */
  readonly mayEdit: boolean;
};

export type SummaryItem = {
  readonly key: CellKey;
  readonly allowed: boolean;
  readonly sensitive: boolean;
  /** In effect only when school management agrees. */
  readonly waits: boolean;
  readonly reach: Reach;
};

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
  /** All cells that changed between the base version and now. */
  readonly changedMeanwhile: readonly CellKey[];
  /** Cells among the edits that are locked: such a change cannot be submitted. */
  readonly locked: readonly CellKey[];
};

export type RequestStatus = "pending" | "approved" | "rejected" | "withdrawn" | "expired" | "void";

export type RequestHead = {
  readonly id: string;
  readonly status: RequestStatus;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly authorNames: readonly string[];
  readonly cells: readonly CellKey[];
  readonly decidedAt: Date | null;
  readonly deciderName: string | null;
  readonly decisionReason: string | null;
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
  }[];
  /** What approving it would do to the matrix in effect now. */
  readonly items: readonly SummaryItem[];
  /** The approval must name it; an edited request has another. */
  readonly contentHash: string;
  readonly approval: { readonly allowed: true } | { readonly allowed: false; readonly refusal: DecisionRefusal };
  readonly rejection: { readonly allowed: true } | { readonly allowed: false; readonly refusal: DecisionRefusal };
};
