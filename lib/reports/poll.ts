// Finds in Synapse's own lists what did not come through a gate: one that was down, or a client that went past it.
// Offsets shift and Synapse has no "since", so a window is read anew each time and rows are known by their id.
import { randomUUID } from "node:crypto";
import { log } from "#lib/log/log.ts";
import type { ReportsApi, SynapseEventReport, SynapseUserReport } from "#lib/matrix/reports.ts";
import { readReportBody } from "./intake.ts";
import { writeReport, type FoundReport } from "./sorting.ts";
import { eventEvidence, lookAtRoom, type VerifyDependencies } from "./verify.ts";

/** The gate's own copy knows more; it has this long to come first. */
const HEAD_START_MS = 15_000;
/** Rows are read anew until they are older: a report may commit later than one that came after it. */
const WINDOW_MS = 3_600_000;
/** A hundred rows each; more than a whole state reports in a year. */
const MOST_PAGES = 1_000;

type Dependencies = Pick<VerifyDependencies, "db" | "keys" | "serverName"> & { readonly reports: ReportsApi };

/** @returns how many rows were new */
export async function pollReports(dependencies: Dependencies, now: Date, signal: AbortSignal): Promise<number> {
  const { reports } = dependencies;
  const events = await newRows(dependencies, "event", (from) => reports.eventReports(from), now, signal);
  for (const row of events) await takeIn(dependencies, await fromEventReport(dependencies, row), signal);
  const users = await newRows(dependencies, "user", (from) => reports.userReports(from), now, signal);
  for (const row of users) await takeIn(dependencies, fromUserReport(row), signal);
  const count = events.length + users.length;
  if (count > 0) log.info({ count }, "reports found by polling");
  return count;
}

type Row = { readonly id: number; readonly receivedAt: Date };

/** @returns the rows that we do not know, oldest first */
async function newRows<R extends Row>(
  { db }: Dependencies,
  kind: "event" | "user",
  read: (from: string | null) => Promise<{ readonly rows: readonly R[]; readonly next: string | null }>,
  now: Date,
  signal: AbortSignal,
): Promise<R[]> {
  const found = new Map<number, R>();
  let from: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    signal.throwIfAborted();
    const { rows, next } = await read(from);
    const ripe = rows.filter(({ receivedAt }) => receivedAt.getTime() <= now.getTime() - HEAD_START_MS);
    const known = await db.synapseReport.findMany({
      where: { kind, synapseId: { in: ripe.map(({ id }) => id) } },
      select: { synapseId: true },
    });
    const knownIds = new Set(known.map(({ synapseId }) => Number(synapseId)));
    const fresh = ripe.filter(({ id }) => !knownIds.has(id));
    for (const row of fresh) found.set(row.id, row);
    const oldest = rows.at(-1)?.receivedAt.getTime() ?? 0;
    if (next === null || (fresh.length === 0 && oldest < now.getTime() - WINDOW_MS)) break;
    from = next;
  }
  return [...found.values()].toSorted((a, b) => a.id - b.id);
}

async function takeIn({ db, keys }: Dependencies, report: FoundReport, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await db.$transaction((tx) => writeReport(tx, keys, report));
}

async function fromEventReport(dependencies: Dependencies, row: SynapseEventReport): Promise<FoundReport> {
  const event = await dependencies.reports.reportedEvent(row.id);
  const room = await lookAtRoom(dependencies, dependencies.reports, row.roomId);
  return {
    ...polled(row),
    kind: "event",
    reportedUserId: event?.sender ?? null,
    roomId: row.roomId,
    eventId: row.eventId,
    snapshot: room?.snapshot ?? null,
    evidence: eventEvidence(event),
  };
}

function fromUserReport(row: SynapseUserReport): FoundReport {
  return {
    ...polled(row),
    kind: "user",
    reportedUserId: row.target,
    roomId: null,
    eventId: null,
    snapshot: null,
    evidence: [],
  };
}

/** Synapse has checked who reports and that they may see it. */
function polled({ id, receivedAt, reporter, reason }: Row & { readonly reporter: string; readonly reason: string }) {
  return {
    id: randomUUID(),
    channel: "poll",
    standing: "verified",
    problem: null,
    receivedAt,
    forwardedAt: null,
    reason: readReportBody(JSON.stringify({ reason })).reason,
    schoolHint: "",
    reporterUserId: reporter,
    synapseId: id,
  } as const;
}
