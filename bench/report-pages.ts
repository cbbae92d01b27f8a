// The server's part of the inbox page and of the page of a case, with every filter: everything that is asked of the
// database from the session to the last row, beside the bare SQL of the rows alone in the same run.
import pg from "pg";
import { findPrincipal } from "#lib/auth/stored-session.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { openDatabase, type Database } from "#lib/db/client.ts";
import { listChoosableSchools } from "#lib/overview/queries.ts";
import { markCaseRead } from "#lib/reports/case-queries.ts";
import { parseInboxQuery, type InboxFilter } from "#lib/reports/inbox-filter.ts";
import { countOpenCases } from "#lib/reports/inbox-queries.ts";
import { getMeasures } from "#lib/reports/measure-queries.ts";
import { readCaseContent, readInboxContent } from "#lib/reports/pages.ts";
import { percentile } from "./harness.ts";
import { benchKeys } from "./report-intake.ts";
import { supporterOf, teamOf } from "./report-state.ts";

const FILTERS = [
  "",
  "sort=severity",
  "sort=newest",
  "sort=changed",
  "state=new",
  "state=all",
  "state=all&sort=severity",
  "state=resolved&sort=newest",
  "severity=critical",
  "category=sexual",
  "category=spam&severity=low&state=all",
  "school=S-7",
  "school=S-7&state=all",
  "assignee=me",
  "assignee=none",
  "assignee=p:support3",
  `assignee=t:${teamOf(3)}`,
  `assignee=t:${teamOf(3)}&state=all&sort=newest`,
  "overdue=1",
  "unread=1",
  "unread=1&state=all&sort=newest",
  "overdue=1&unread=1&severity=high&category=violence",
  "number=4711",
];
const REPEATS = 40;
const CASE_PAGES = 300;

export type PageFigures = {
  readonly inboxMs: number;
  readonly bareInboxMs: number;
  readonly caseMs: number;
  readonly bareCaseMs: number;
  /** Each filter with its 95th percentile, the slowest first. */
  readonly byFilter: readonly (readonly [string, number])[];
};

/** Who asks, and the frame around every page. */
async function readFrame(db: Database, sessionId: string): Promise<Principal> {
  const principal = await findPrincipal(db, sessionId, new Date());
  if (principal === null) throw new Error("nobody of support can sign in");
  await listChoosableSchools(principal, null);
  await countOpenCases(principal);
  return principal;
}

async function openInbox(db: Database, sessionId: string, filter: InboxFilter, cursor: string | null) {
  const content = await readInboxContent(await readFrame(db, sessionId), filter, cursor);
  if (content === null) throw new Error("support has no inbox");
  return content.page;
}

/** With what the page asks for as soon as it stands: what can be done, and that it was read. */
async function openCase(db: Database, sessionId: string, caseId: string): Promise<void> {
  const principal = await readFrame(db, sessionId);
  await readCaseContent(principal, caseId);
  await getMeasures(principal, caseId, new Date(), { db, tools: { keys: benchKeys(), serverName: "localhost" } });
  await markCaseRead(principal, caseId);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export async function measurePages(databaseUrl: string): Promise<PageFigures> {
  const db = openDatabase(databaseUrl);
  globalThis.schulchatDatabase = db; // where the pages' queries look for theirs
  const bare = new pg.Client({ connectionString: databaseUrl });
  await bare.connect();
  try {
    const session = await db.session.create({
      data: {
        id: crypto.randomUUID(),
        personId: supporterOf(1),
        authenticatedAt: new Date(),
        expiresAt: new Date(Date.now() + 3_600_000),
      },
    });

    const inbox = new Map<string, number[]>(FILTERS.map((filter) => [filter, []]));
    const bareInbox: number[] = [];
    for (let turn = 0; turn <= REPEATS; turn += 1) {
      for (const [query, times] of inbox) {
        const filter = parseInboxQuery(query);
        const { nextCursor } = await openInbox(db, session.id, filter, null);
        const cursor = turn % 2 === 0 ? null : nextCursor;
        const ours = await timed(() => openInbox(db, session.id, filter, cursor));
        const theirs = await timed(() =>
          bare.query(
            `SELECT c.*, p.display_name FROM report_case c LEFT JOIN person p ON p.id = c.assignee_id
             WHERE c.state <> 'resolved' ORDER BY c.due_at, c.id LIMIT 51`,
          ),
        );
        if (turn === 0) continue; // warms caches and prepared statements
        times.push(ours);
        bareInbox.push(theirs);
      }
    }
    const byFilter = [...inbox]
      .map(([query, times]) => [query, percentile(times, 0.95)] as const)
      .toSorted((a, b) => b[1] - a[1]);

    const { rows } = await bare.query<{ id: string }>(
      "SELECT id FROM report_case WHERE number % 311 = 0 ORDER BY number LIMIT $1",
      [CASE_PAGES],
    );
    const casePages: number[] = [];
    const bareCases: number[] = [];
    for (const { id } of rows) {
      casePages.push(await timed(() => openCase(db, session.id, id)));
      bareCases.push(
        await timed(async () => {
          await bare.query("SELECT * FROM report_case WHERE id = $1", [id]);
          await bare.query("SELECT * FROM report WHERE case_id = $1", [id]);
          await bare.query("SELECT * FROM case_entry WHERE case_id = $1 ORDER BY id", [id]);
        }),
      );
    }
    const p95 = (values: readonly number[]) => percentile(values, 0.95);
    return {
      inboxMs: byFilter[0]?.[1] ?? 0,
      bareInboxMs: p95(bareInbox),
      caseMs: p95(casePages.slice(10)),
      bareCaseMs: p95(bareCases.slice(10)),
      byFilter,
    };
  } finally {
    await bare.end();
    await db.$disconnect();
  }
}
