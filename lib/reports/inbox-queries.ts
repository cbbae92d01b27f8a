// What the inbox of cases reads. One page is one query: filters, order and who may see a case are all decided in SQL,
// so that no list has a gap where a party looks.
import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { CaseOutcome, CaseSeverity, CaseState, ReportCategory } from "#prisma/generated/enums.ts";
import { caseSight, noParty, type CaseSight } from "./access.ts";
import type { InboxFilter, InboxSort } from "./inbox-filter.ts";
import { isOverdue } from "./overdue.ts";

const rowSchema = z.object({
  id: z.string(),
  number: z.coerce.number().int(),
  state: z.enum(CaseState),
  outcome: z.enum(CaseOutcome).nullable(),
  category: z.enum(ReportCategory),
  severity: z.enum(CaseSeverity),
  schoolId: z.string().nullable(),
  schoolName: z.string().nullable(),
  /** Null without the right to content, or where nobody knows. */
  roomName: z.string().nullable(),
  reportedName: z.string().nullable(),
  createdAt: z.date(),
  lastReportAt: z.date(),
  changedAt: z.date(),
  dueAt: z.date(),
  waitingUntil: z.date().nullable(),
  firstActionAt: z.date().nullable(),
  closedAt: z.date().nullable(),
  assigneeId: z.string().nullable(),
  assigneeName: z.string().nullable(),
  team: z.string().nullable(),
  reportCount: z.number().int(),
  version: z.number().int(),
  isUnread: z.boolean(),
});
export type InboxRow = z.infer<typeof rowSchema>;
export type InboxPage = {
  readonly sight: CaseSight;
  readonly rows: readonly InboxRow[];
  /** Pass on for the next page; null on the last. */
  readonly nextCursor: string | null;
};

export const INBOX_PAGE_SIZE = 50;

/** Columns of an order, each with its direction; the id at the end makes it total. */
const ORDERS = {
  due: [["due_at", "ASC", "timestamptz"]],
  severity: [
    ["severity", "DESC", "case_severity"],
    ["due_at", "ASC", "timestamptz"],
  ],
  newest: [["last_report_at", "DESC", "timestamptz"]],
  changed: [["changed_at", "DESC", "timestamptz"]],
} as const satisfies Record<InboxSort, readonly (readonly [string, "ASC" | "DESC", string])[]>;

const cursorSchema = z.tuple([z.array(z.string().max(40)).min(1).max(2), z.uuid()]);

function valuesOf(sort: InboxSort, row: InboxRow): string[] {
  switch (sort) {
    case "due":
      return [row.dueAt.toISOString()];
    case "severity":
      return [row.severity, row.dueAt.toISOString()];
    case "newest":
      return [row.lastReportAt.toISOString()];
    case "changed":
      return [row.changedAt.toISOString()];
  }
}

const isValue = (type: string, value: string) =>
  type === "timestamptz" ? z.iso.datetime().safeParse(value).success : z.enum(CaseSeverity).safeParse(value).success;

/** An address that was cut or written by hand leads to the first page. */
function readCursor(sort: InboxSort, text: string | undefined): z.infer<typeof cursorSchema> | null {
  if (text === undefined) return null;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return null;
  }
  const cursor = cursorSchema.safeParse(json).data;
  const columns = ORDERS[sort];
  const fits =
    cursor?.[0].length === columns.length &&
    columns.every(([, , type], index) => isValue(type, cursor[0][index] ?? ""));
  return fits ? cursor : null;
}

/** Rows behind the cursor: (a, b, id) in the order's own directions, written out because they differ. */
function behind(sort: InboxSort, [values, id]: z.infer<typeof cursorSchema>): Prisma.Sql {
  const columns = [
    ...ORDERS[sort].map(([name, direction, type], index) => ({ name, direction, type, value: values[index] ?? "" })),
    { name: "id", direction: "ASC", type: "uuid", value: id },
  ];
  const alternatives = columns.map((column, index) => {
    const same = columns.slice(0, index).map((before) => compared(before, "="));
    return Prisma.join([...same, compared(column, column.direction === "ASC" ? ">" : "<")], " AND ", "(", ")");
  });
  const [first] = columns;
  // the first column alone lets the index begin at the right place
  const from = first ? compared(first, first.direction === "ASC" ? ">=" : "<=") : Prisma.sql`true`;
  return Prisma.sql`${from} AND ${Prisma.join(alternatives, " OR ", "(", ")")}`;
}

type Column = { readonly name: string; readonly type: string; readonly value: string };

function compared({ name, type, value }: Column, operator: "=" | "<" | ">" | "<=" | ">="): Prisma.Sql {
  return Prisma.sql`${Prisma.raw(`c.${name} ${operator} `)}${value}::${Prisma.raw(type)}`;
}

function conditionsOf(principal: Principal, filter: InboxFilter, now: Date): Prisma.Sql[] {
  const { state, severity, category, school, assignee, overdue, unread, number } = filter;
  const conditions = [noParty(principal)];
  // whoever types a number wants that case, open or not
  if (number !== undefined) conditions.push(Prisma.sql`c.number = ${number}`);
  else if (state === "open") conditions.push(Prisma.sql`c.state <> 'resolved'`);
  else if (state !== "all") conditions.push(Prisma.sql`c.state = ${state}::case_state`);
  if (severity) conditions.push(Prisma.sql`c.severity = ${severity}::case_severity`);
  if (category) conditions.push(Prisma.sql`c.category = ${category}::report_category`);
  if (school !== undefined) conditions.push(Prisma.sql`c.school_id = ${school}`);
  if (assignee !== undefined) conditions.push(assigned(principal, assignee));
  if (overdue) conditions.push(isOverdue(now));
  if (unread) conditions.push(isUnread(principal, filter));
  return conditions;
}

/** Of open cases the marks that still hold are read at once, because usually nearly all do; of all cases one by one. */
function isUnread({ personId }: Principal, { state, number }: InboxFilter): Prisma.Sql {
  return number === undefined && state !== "all" && state !== "resolved"
    ? Prisma.sql`c.id NOT IN (SELECT case_id FROM case_read_mark WHERE person_id = ${personId} AND is_current)`
    : Prisma.sql`NOT EXISTS (SELECT FROM case_read_mark seen
        WHERE seen.person_id = ${personId} AND seen.case_id = c.id AND seen.read_at >= c.changed_at)`;
}

function assigned(principal: Principal, assignee: string): Prisma.Sql {
  if (assignee === "me") return Prisma.sql`c.assignee_id = ${principal.personId}`;
  if (assignee === "none") return Prisma.sql`c.assignee_id IS NULL AND c.team IS NULL`;
  const value = assignee.slice(2);
  return assignee.startsWith("t:") ? Prisma.sql`c.team = ${value}` : Prisma.sql`c.assignee_id = ${value}`;
}

/** Null for whoever has no business with cases. */
export async function listCases(
  principal: Principal,
  filter: InboxFilter,
  { cursor, now = new Date() }: { readonly cursor?: string | undefined; readonly now?: Date } = {},
): Promise<InboxPage | null> {
  const sight = caseSight(principal);
  if (sight === null) return null;
  const after = readCursor(filter.sort, cursor);
  const conditions = conditionsOf(principal, filter, now);
  if (after) conditions.push(behind(filter.sort, after));
  const order = Prisma.raw(
    [...ORDERS[filter.sort].map(([name, direction]) => `c.${name} ${direction}`), "c.id ASC"].join(", "),
  );
  const content = sight === "content";
  const found: unknown = await database().$queryRaw`
    WITH page AS MATERIALIZED (
      SELECT c.id FROM report_case c WHERE ${Prisma.join([...conditions], " AND ")}
      ORDER BY ${order} LIMIT ${INBOX_PAGE_SIZE + 1})
    SELECT c.id, c.number, c.state, c.outcome, c.category, c.severity, c.school_id AS "schoolId", s.name AS "schoolName",
      CASE WHEN ${content} THEN c.room_name END AS "roomName",
      CASE WHEN ${content} THEN coalesce(p.display_name, c.reported_user_id) END AS "reportedName",
      c.created_at AS "createdAt", c.last_report_at AS "lastReportAt", c.changed_at AS "changedAt", c.due_at AS "dueAt",
      c.waiting_until AS "waitingUntil", c.first_action_at AS "firstActionAt", c.closed_at AS "closedAt", c.assignee_id AS "assigneeId", a.display_name AS "assigneeName", c.team,
      c.report_count AS "reportCount", c.version, c.changed_at > coalesce(m.read_at, '-infinity') AS "isUnread"
    FROM page JOIN report_case c ON c.id = page.id
      LEFT JOIN case_read_mark m ON m.case_id = c.id AND m.person_id = ${principal.personId}
      LEFT JOIN school s ON s.id = c.school_id LEFT JOIN person a ON a.id = c.assignee_id
      LEFT JOIN person p ON p.localpart = split_part(substr(c.reported_user_id, 2), ':', 1)
    ORDER BY ${order}`;
  const rows = z.array(rowSchema).parse(found);
  const page = rows.slice(0, INBOX_PAGE_SIZE);
  const last = page.at(-1);
  return { sight, rows: page, nextCursor: rows.length > INBOX_PAGE_SIZE && last ? cursorOf(filter.sort, last) : null };
}

function cursorOf(sort: InboxSort, row: InboxRow): string {
  return Buffer.from(JSON.stringify([valuesOf(sort, row), row.id])).toString("base64url");
}

/** More than this is shown as "99+" anyway. */
const COUNTED_CASES = 100;
const countRow = z.tuple([z.object({ count: z.coerce.number().int() })]);

/** Of the sidebar: what is open and visible, at most 100. */
export async function countOpenCases(principal: Principal): Promise<number> {
  if (caseSight(principal) === null) return 0;
  const rows: unknown = await database().$queryRaw`
    SELECT count(*) FROM (SELECT FROM report_case c WHERE c.state <> 'resolved' AND ${noParty(principal)}
      LIMIT ${COUNTED_CASES}) AS open_case`;
  return countRow.parse(rows)[0].count;
}

/** What has been reported and stands in no case, because nobody can read it right now. */
export type UnreadableReports = {
  readonly count: number;
  readonly since: Date;
  /** Of the oldest; it stands in the log. */
  readonly id: string;
};
const unreadableRow = z.tuple([
  z.object({ count: z.coerce.number().int(), since: z.date().nullable(), id: z.string().nullable() }),
]);
/** Nobody waits for so long unless the worker stands still. */
const LONGEST_QUEUE_MS = 600_000;

/** Null if there are none, or for whoever has no business with cases. */
export async function getUnreadableReports(
  principal: Principal,
  now: Date = new Date(),
): Promise<UnreadableReports | null> {
  if (caseSight(principal) === null) return null;
  const rows: unknown = await database().$queryRaw`
    SELECT count(*), min(at) AS since, (array_agg(id ORDER BY at))[1] AS id FROM (
      SELECT id::text, received_at AS at FROM report_intake
        WHERE report_id IS NULL AND (problem IS NOT NULL OR received_at < ${new Date(now.getTime() - LONGEST_QUEUE_MS)})
      UNION ALL SELECT name, written_at FROM damaged_spool_file
      UNION ALL SELECT synapse_id::text, received_at FROM synapse_report_failure WHERE NOT is_shown) AS unreadable`;
  const [{ count, since, id }] = unreadableRow.parse(rows);
  return since === null || id === null ? null : { count, since, id };
}

export type SavedView = { readonly id: string; readonly name: string; readonly query: string };
/** Whom a case can be handed to. */
export type AssignChoices = {
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly teams: readonly string[];
};
/** What can be chosen as a filter besides. */
export type InboxChoices = AssignChoices & {
  readonly schools: readonly { readonly id: string; readonly name: string }[];
  readonly views: readonly SavedView[];
};

const MOST_CHOICES = 500;
const teamRows = z.array(z.object({ team: z.string() })).transform((rows) => rows.map(({ team }) => team));
const schoolRows = z.array(z.object({ id: z.string(), name: z.string() }));

/** From name to name through the index of teams: DISTINCT would read every case that ever had one. */
async function listTeams(principal: Principal): Promise<string[]> {
  const rows: unknown = await database().$queryRaw`
    WITH RECURSIVE name AS (
      SELECT min(team) AS team FROM report_case WHERE team IS NOT NULL
      UNION ALL SELECT (SELECT min(c.team) FROM report_case c WHERE c.team > name.team) FROM name WHERE name.team IS NOT NULL)
    SELECT name.team FROM name
      CROSS JOIN LATERAL (SELECT FROM report_case c WHERE c.team = name.team AND ${noParty(principal)} LIMIT 1) AS visible
    ORDER BY name.team LIMIT ${MOST_CHOICES}`;
  return teamRows.parse(rows);
}

/** Schools that have had a case, but for those whose only cases the principal is a party of. */
async function listSchools(principal: Principal): Promise<z.infer<typeof schoolRows>> {
  const rows: unknown = await database().$queryRaw`
    WITH hidden AS MATERIALIZED (
      SELECT own.school_id FROM (SELECT DISTINCT c.school_id FROM case_party p JOIN report_case c ON c.id = p.case_id
        WHERE p.person_id = ${principal.personId} AND c.school_id IS NOT NULL) AS own
      WHERE (SELECT true FROM report_case c WHERE c.school_id = own.school_id AND ${noParty(principal)} LIMIT 1) IS NULL)
    SELECT s.id, s.name FROM reported_school r JOIN school s ON s.id = r.school_id
    WHERE s.id NOT IN (SELECT school_id FROM hidden)
    ORDER BY s.name, s.id LIMIT ${MOST_CHOICES}`;
  return schoolRows.parse(rows);
}

/** Null for whoever has no business with cases. */
export async function getAssignChoices(principal: Principal): Promise<AssignChoices | null> {
  if (caseSight(principal) === null) return null;
  const [people, teams] = await Promise.all([
    database().person.findMany({
      where: { consoleRoles: { some: { role: "support" } }, enabled: true, leftAt: null, accessBlock: null },
      select: { id: true, displayName: true },
      orderBy: [{ displayName: "asc" }, { id: "asc" }],
      take: MOST_CHOICES,
    }),
    listTeams(principal),
  ]);
  return { people: people.map(({ id, displayName }) => ({ id, name: displayName })), teams };
}

/** Null for whoever has no business with cases. */
export async function getInboxChoices(principal: Principal): Promise<InboxChoices | null> {
  if (caseSight(principal) === null) return null;
  const where = { personId: principal.personId };
  const [assign, schools, views] = await Promise.all([
    getAssignChoices(principal),
    listSchools(principal),
    database().reportView.findMany({ where, orderBy: { name: "asc" }, take: MOST_CHOICES }),
  ]);
  return assign && { ...assign, schools, views: views.map(({ id, name, query }) => ({ id, name, query })) };
}
