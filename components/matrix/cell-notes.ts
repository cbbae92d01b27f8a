// What is to be said about a cell besides its sentence: the same words for the dock, the panels and screen readers.
import { type useTranslations } from "next-intl";
import type { ShownCell } from "./view.ts";

type Texts = ReturnType<typeof useTranslations<"client.matrix">>;

const word = (allowed: boolean) => (allowed ? "allowed" : "forbidden");

/** "erlaubt", "wird erlaubt, bisher nicht erlaubt", "nicht erlaubt und gesperrt". */
export function stateText(t: Texts, cell: ShownCell): string {
  if (cell.changed) return t("stateChanged", { state: word(cell.wanted), before: word(cell.allowed) });
  if (cell.lockReason !== null) return t(cell.allowed ? "lockedAllowed" : "lockedForbidden");
  return t(word(cell.allowed));
}

/** Reasons and warnings, in the order in which they matter; empty for most cells. */
export function cellNotes(t: Texts, cell: ShownCell): string[] {
  const notes: string[] = [];
  if (cell.lockReason !== null) {
    const reason = cell.lockReason === "" ? t("lockedNoReason") : cell.lockReason;
    notes.push(t("lockedHint", { reason }));
  }
  if (cell.endsText !== null && cell.allowed) notes.push(t("endsHint", { day: cell.endsText }));
  if (cell.waiting) notes.push(t("waitingHint"));
  else if (cell.sensitive && cell.lockReason === null) notes.push(t("sensitiveHint"));
  else if (cell.needsApproval && cell.lockReason === null && cell.wanted && cell.changed) notes.push(t("everyHint"));
  return notes;
}
