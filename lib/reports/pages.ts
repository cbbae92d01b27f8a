// What the two pages of support ask of the database, each in one place: the page shows it, and the bench measures all of
// it.
import type { Principal } from "#lib/auth/principal.ts";
import { getCase, type CaseView } from "./case-queries.ts";
import { countOpenEscalations, listEscalations, type ListedEscalation } from "./escalation-queries.ts";
import type { InboxFilter } from "./inbox-filter.ts";
import {
  getAssignChoices,
  getInboxChoices,
  getUnreadableReports,
  listCases,
  type AssignChoices,
  type InboxChoices,
  type InboxPage,
  type UnreadableReports,
} from "./inbox-queries.ts";

export type InboxContent = {
  readonly page: InboxPage;
  readonly unreadable: UnreadableReports | null;
  readonly choices: InboxChoices;
  /** Null for whoever does not answer for the state. */
  readonly toState: readonly ListedEscalation[] | null;
  readonly openToState: number;
};
export type CaseContent = { readonly view: CaseView; readonly choices: AssignChoices };

/** Null for whoever has no business with cases. */
export async function readInboxContent(
  principal: Principal,
  filter: InboxFilter,
  cursor: string | null,
): Promise<InboxContent | null> {
  const [page, unreadable, choices, toState, openToState] = await Promise.all([
    listCases(principal, filter, { cursor: cursor ?? undefined }),
    getUnreadableReports(principal),
    getInboxChoices(principal),
    listEscalations(principal, null),
    countOpenEscalations(principal, null),
  ]);
  return page && choices ? { page, unreadable, choices, toState, openToState } : null;
}

/**
 * Null for a case that is not there, or not for this principal.
 * @param reports which page of its reports, see report-pages.ts
 */
export async function readCaseContent(
  principal: Principal,
  caseId: string,
  reports?: string,
): Promise<CaseContent | null> {
  const [view, choices] = await Promise.all([getCase(principal, caseId, { reports }), getAssignChoices(principal)]);
  return view && choices ? { view, choices } : null;
}
