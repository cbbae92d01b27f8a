// Abuse reports: the pages of the inbox with 100,000 cases, and taking in a flood without losing any.
import { withStateDatabase } from "./database.ts";
import { print, round } from "./harness.ts";
import { measureFlood } from "./report-flood.ts";
import { measurePages } from "./report-pages.ts";
import { CASES, loadReports, REPORTS } from "./report-state.ts";

const INBOX_GOAL_MS = 30;
const CASE_GOAL_MS = 50;
const INTAKE_GOAL_MS = 250;

export async function benchReports(json: boolean): Promise<void> {
  await withStateDatabase(async (databaseUrl, restartPostgres) => {
    console.log(`loading ${CASES.toLocaleString("en")} cases with ${REPORTS.toLocaleString("en")} reports …`);
    await loadReports(databaseUrl);
    const pages = await measurePages(databaseUrl);
    for (const [filter, p95] of pages.byFilter) console.log(`inbox ?${filter}: p95 ${String(round(p95))} ms`);
    const flood = await measureFlood({ databaseUrl, restartPostgres });
    const ms = (value: number) => `${String(round(value))} ms`;
    print(
      {
        bench: "reports",
        unit: "ms",
        ours: {
          inboxP95Ms: round(pages.inboxMs),
          caseP95Ms: round(pages.caseMs),
          intakeP50Ms: round(flood.p50Ms),
          intakeP99Ms: round(flood.p99Ms),
          accepted: flood.accepted,
          unanswered: flood.unanswered,
          lost: flood.lost,
          lostScreenshots: flood.lostScreenshots,
        },
        baseline: { inboxP95Ms: round(pages.bareInboxMs), caseP95Ms: round(pages.bareCaseMs) },
        ratio: Math.max(pages.inboxMs / pages.bareInboxMs, pages.caseMs / pages.bareCaseMs),
        goals: [
          { text: `inbox page p95 ≤ ${String(INBOX_GOAL_MS)} ms with any filter`, met: pages.inboxMs <= INBOX_GOAL_MS },
          { text: `case page p95 ≤ ${String(CASE_GOAL_MS)} ms`, met: pages.caseMs <= CASE_GOAL_MS },
          {
            text: `200 reports/s, p99 ≤ ${String(INTAKE_GOAL_MS)} ms outside restarts`,
            met: flood.p99Ms <= INTAKE_GOAL_MS,
          },
          { text: "lost: 0, of reports and of screenshots", met: flood.lost + flood.lostScreenshots === 0 },
        ],
        rows: [
          ["", "ours", "bare SQL"],
          ["inbox page, all its queries, slowest filter, p95", ms(pages.inboxMs), ms(pages.bareInboxMs)],
          ["case page, all its queries, p95", ms(pages.caseMs), ms(pages.bareCaseMs)],
          ["report taken, p50", ms(flood.p50Ms), ""],
          ["report taken, p99", ms(flood.p99Ms), ""],
          ["reports sent / answered 200", `${String(flood.sent)} / ${String(flood.accepted)}`, ""],
          ["answered 200 and lost", String(flood.lost), ""],
          ["in the inbox without the screenshot", String(flood.lostScreenshots), ""],
          [
            "until all stood in the inbox, unconfirmed: there is no Synapse",
            `${String(round(flood.drainedMs / 1_000, 0))} s`,
            "",
          ],
        ],
      },
      json,
    );
  });
}
