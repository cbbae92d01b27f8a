// Who is told what, and whether a notice is still worth sending. Pure: the domains that cause notices say who stands on
// which side, and know nothing of mail.

/** A change request of a school, or a proposal to loosen the state's frame. */
export type Matter = "request" | "proposal";

/** Something waits for the reader… */
export const WAITING_KINDS = ["submitted", "extended", "reminder"] as const;
/** …or it is settled. */
export const OUTCOME_KINDS = ["approved", "rejected", "withdrawn", "expired", "void"] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];
/** About reports, to those of support who want them. */
export const CASE_KINDS = ["caseSevere", "caseOverdue", "caseDigest", "caseWoken"] as const;
export type CaseNoticeKind = (typeof CASE_KINDS)[number];
export type RequestNoticeKind = (typeof WAITING_KINDS)[number] | OutcomeKind;
export type NoticeKind = RequestNoticeKind | CaseNoticeKind;
/** What happened in the rooms of a school, gathered for its management. */
export const DIGEST = "digest";
export type MailKind = NoticeKind | typeof DIGEST;

export function isOutcome(kind: MailKind): kind is OutcomeKind {
  return OUTCOME_KINDS.some((outcome) => outcome === kind);
}

/** How long before the end of a request those who may approve are reminded, once. */
export const REMINDER_DAYS = 3;
const DAY_MS = 86_400_000;

export function isAboutCases(kind: MailKind): kind is CaseNoticeKind {
  return CASE_KINDS.some((known) => known === kind);
}

export type Sides = {
  readonly authorIds: readonly string[];
  /** May approve now or, when the role is old enough, before the end. */
  readonly approverIds: readonly string[];
  /** Who has decided, if anybody: may reject without being allowed to approve. */
  readonly deciderId: string | null;
};

/**
 * What waits is told to those who can do something about it; what is settled to both sides. Whoever decided is told as
 * well: if it was somebody else at their open computer, they learn of it.
 */
export function recipientsOf(kind: NoticeKind, { authorIds, approverIds, deciderId }: Sides): string[] {
  const recipients = isOutcome(kind)
    ? [...authorIds, ...approverIds, ...(deciderId === null ? [] : [deciderId])]
    : approverIds;
  return [...new Set(recipients)];
}

/**
 * Names what must not be told twice: one submission, one reminder, one outcome, and every addition by itself.
 * @param version of the matter's content, which every addition changes
 */
export function causeOf(matter: Matter, id: string, kind: NoticeKind, version: string): string {
  const what = isOutcome(kind) ? "outcome" : kind === "extended" ? `extended:${version}` : kind;
  return `${matter}:${id}:${what}`;
}

/** Where matter and person stand at the moment of sending. */
export type Standing = {
  readonly isOpen: boolean;
  /** The person may approve, now or before the end. */
  readonly mayApprove: boolean;
  /** The person may open the page that the mail leads to. */
  readonly mayRead: boolean;
};

export type DropReason =
  | "settled" // nothing waits any more; its outcome is a notice of its own
  | "notConcerned" // has lost the role, or the access
  | "stale"; // could not be sent for so long that it would only confuse

/** How old a notice may get, as long as there is no mail server to take it. */
export const STALE_DAYS = 30;
/** Yesterday's digest, or a case that was urgent two days ago, only adds to the noise. */
const STALE_CASE_DAYS = 2;

export function reasonToDrop(
  { kind, createdAt }: { readonly kind: MailKind; readonly createdAt: Date },
  { isOpen, mayApprove, mayRead }: Standing,
  now: Date,
): DropReason | null {
  if (isAboutCases(kind)) {
    if (!isOpen) return "settled";
    if (!mayRead) return "notConcerned";
    return now.getTime() - createdAt.getTime() > STALE_CASE_DAYS * DAY_MS ? "stale" : null;
  }
  if (kind === DIGEST || isOutcome(kind)) {
    if (!mayRead) return "notConcerned";
    return now.getTime() - createdAt.getTime() > STALE_DAYS * DAY_MS ? "stale" : null;
  }
  if (!isOpen) return "settled";
  return mayRead && mayApprove ? null : "notConcerned";
}
