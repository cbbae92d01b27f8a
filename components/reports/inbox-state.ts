// What the inbox shows while it is open, as sentences.
import type { InboxPage, InboxRow, UnreadableReports } from "#lib/reports/inbox-queries.ts";
import type { CaseSeverity, CaseState } from "#lib/reports/case-life.ts";
import { due, moment, type ShownMoment, type Urgency, type Writer } from "./writer.ts";

export type ShownCase = {
  readonly id: string;
  readonly version: number;
  readonly number: string;
  /** The name of the link. */
  readonly title: string;
  readonly about: string;
  readonly state: CaseState;
  readonly stateText: string;
  readonly severity: CaseSeverity;
  readonly severityText: string;
  readonly school: string;
  readonly due: string;
  readonly urgency: Urgency;
  readonly last: ShownMoment;
  readonly owner: string;
  readonly isMine: boolean;
  readonly isOpen: boolean;
  readonly isUnread: boolean;
  readonly reports: string | null;
};
export type InboxState = {
  readonly rows: readonly ShownCase[];
  readonly nextCursor: string | null;
  readonly mayWork: boolean;
  /** Null while everything that was reported can be read. */
  readonly unreadable: UnreadableNotice | null;
};
export type UnreadableNotice = { readonly title: string; readonly text: string };

export function inboxState(
  page: InboxPage,
  unreadable: UnreadableReports | null,
  writer: Writer,
  personId: string,
): InboxState {
  return {
    unreadable: unreadable && unreadableNotice(unreadable, writer),
    rows: page.rows.map((row) => shownCase(row, writer, personId)),
    nextCursor: page.nextCursor,
    mayWork: page.sight === "content",
  };
}

function unreadableNotice({ count, since, id }: UnreadableReports, writer: Writer): UnreadableNotice {
  return {
    title: writer.t("reports.unreadable.title", { count }),
    text: writer.t("reports.unreadable.text", { count, since: moment(writer, since).text, id }),
  };
}

function shownCase(row: InboxRow, writer: Writer, personId: string): ShownCase {
  const { t } = writer;
  const { text, urgency } = due(writer, row);
  const category = t(`reports.category.${row.category}`);
  const owner = row.assigneeName ?? row.team;
  return {
    id: row.id,
    version: row.version,
    number: String(row.number),
    title: t("reports.rowTitle", { number: String(row.number), category }),
    about: aboutOf(row, writer),
    state: row.state,
    stateText: row.outcome === null ? t(`reports.state.${row.state}`) : t(`reports.outcome.${row.outcome}`),
    severity: row.severity,
    severityText: t(`reports.severity.${row.severity}`),
    school: row.schoolName ?? t("reports.noSchool"),
    due: text,
    urgency,
    last: moment(writer, row.lastReportAt),
    owner: row.assigneeId === personId ? t("reports.me") : (owner ?? t("reports.nobody")),
    isMine: row.assigneeId === personId,
    isOpen: row.state !== "resolved",
    isUnread: row.isUnread,
    reports: row.reportCount > 1 ? t("reports.count", { count: row.reportCount }) : null,
  };
}

function aboutOf({ reportedName, roomName }: InboxRow, { t }: Writer): string {
  if (reportedName !== null) {
    return roomName === null
      ? t("reports.about.person", { name: reportedName })
      : t("reports.about.personInRoom", { name: reportedName, room: roomName });
  }
  return roomName === null ? "" : t("reports.about.room", { room: roomName });
}
