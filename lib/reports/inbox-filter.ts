// Which cases an inbox shows and in which order, as it stands in the address. Pure.
import { CaseSeverity, CaseState, ReportCategory } from "#prisma/generated/enums.ts";

export const INBOX_STATES = ["open", ...Object.values(CaseState), "all"] as const;
export type InboxState = (typeof INBOX_STATES)[number];
export const INBOX_SORTS = ["due", "severity", "newest", "changed"] as const;
export type InboxSort = (typeof INBOX_SORTS)[number];
/** "me", "none", or a person's id after "p:" or a team's name after "t:". */
export type InboxAssignee = string;

export type InboxFilter = {
  readonly state: InboxState;
  readonly severity?: CaseSeverity;
  readonly category?: ReportCategory;
  readonly school?: string;
  readonly assignee?: InboxAssignee;
  readonly overdue?: true;
  readonly unread?: true;
  readonly number?: number;
  readonly sort: InboxSort;
};

export const SEVERITIES = Object.values(CaseSeverity);
export const CATEGORIES = Object.values(ReportCategory);
const LONGEST_VALUE = 255;

type Parameters = Readonly<Record<string, string | string[] | undefined>>;

/** What is not understood is left out: a wrong address shows more, never an error. */
export function parseInboxFilter(parameters: Parameters): InboxFilter {
  const read = (name: string) => {
    const value = parameters[name];
    return typeof value === "string" && value !== "" && value.length <= LONGEST_VALUE ? value.trim() : undefined;
  };
  const severity = SEVERITIES.find((known) => known === read("severity"));
  const category = CATEGORIES.find((known) => known === read("category"));
  const school = read("school");
  const assignee = read("assignee");
  const number = /^#?(\d{1,12})$/.exec(read("number") ?? "")?.[1];
  return {
    state: INBOX_STATES.find((known) => known === read("state")) ?? "open",
    ...(severity && { severity }),
    ...(category && { category }),
    ...(school !== undefined && { school }),
    ...(assignee !== undefined && /^(me|none|p:.+|t:.+)$/.test(assignee) && { assignee }),
    ...(read("overdue") === "1" && { overdue: true }),
    ...(read("unread") === "1" && { unread: true }),
    ...(number !== undefined && { number: Number(number) }),
    sort: INBOX_SORTS.find((known) => known === read("sort")) ?? "due",
  };
}

/** The address of a filter; what is usual is left out, so that one view has one address. */
export function inboxQuery(filter: InboxFilter): string {
  const { state, sort, severity, category, school, assignee, overdue, unread, number } = filter;
  const parts: readonly (readonly [string, string | undefined])[] = [
    ["state", state === "open" ? undefined : state],
    ["severity", severity],
    ["category", category],
    ["school", school],
    ["assignee", assignee],
    ["overdue", overdue && "1"],
    ["unread", unread && "1"],
    ["number", number?.toString()],
    ["sort", sort === "due" ? undefined : sort],
  ];
  return new URLSearchParams(parts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))).toString();
}

export function parseInboxQuery(query: string): InboxFilter {
  return parseInboxFilter(Object.fromEntries(new URLSearchParams(query)));
}
