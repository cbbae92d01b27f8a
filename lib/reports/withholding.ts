// Whose eyes a report must be kept from is known only when Synapse has said who reports and who is reported. Until then
// its text stays behind a click that is on record, like evidence (decision 021). Pure.
import type { ReportKind } from "#prisma/generated/enums.ts";

export type ReportParties = {
  readonly kind: ReportKind;
  readonly reporterUserId: string | null;
  /** Of an event report its sender; nobody for a room. */
  readonly targetUserId: string | null;
  /** The worker has not come to an end with it yet. */
  readonly isBeingChecked: boolean;
};

/** What nobody can find out any more is not waited for: an invalid report stays readable. */
export function isWithheld({ kind, reporterUserId, targetUserId, isBeingChecked }: ReportParties): boolean {
  const isEverybodyKnown = reporterUserId !== null && (kind === "room" || targetUserId !== null);
  return isBeingChecked && !isEverybodyKnown;
}
