// Finds in Synapse's own lists what did not come through a gate: one that was down, or a client that went past it.
// Offsets shift and Synapse has no "since", so a window is read anew each time and rows are known by their id.
import { randomUUID } from "node:crypto";
import { log } from "#lib/log/log.ts";
import { SynapseUnreachable } from "#lib/matrix/errors.ts";
import type { ReportsApi, SynapseEventReport, SynapseUserReport } from "#lib/matrix/reports.ts";
import type { SynapseReportFailure } from "#prisma/generated/client.ts";
import { readReportBody } from "./intake.ts";
import { writeReport, type FoundReport } from "./sorting.ts";
import { eventEvidence, lookAtRoom, type VerifyDependencies } from "./verify.ts";

/** The gate's own copy knows more; it has this long to come first. */
const HEAD_START_MS = 15_000;
/** Rows are read anew until they are older: a report may commit later than one that came after it. */
const WINDOW_MS = 3_600_000;
/** A hundred rows each; more than a whole state reports in a year. */
const MOST_PAGES = 1_000;

/** After so many rows one after the other Synapse itself is away; the rest waits for the next round. */
const MOST_UNREACHABLE = 3;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;
/** What `problem` says of a row that was looked for and not found, once. */
const GONE = "gone";

type Dependencies = Pick<VerifyDependencies, "db" | "keys" | "serverName"> & { readonly reports: ReportsApi };
type Row = SynapseEventReport | SynapseUserReport;
type Kind = "event" | "user";

/**
 * A row that cannot be taken in keeps neither other rows nor the other list waiting; it is remembered and tried again.
 * @returns how many rows were new
 */
export async function pollReports(dependencies: Dependencies, now: Date, signal: AbortSignal): Promise<number> {
  const { reports } = dependencies;
  const lists = [
    pollList(dependencies, "event", (from) => reports.eventReports(from), now, signal),
    pollList(dependencies, "user", (from) => reports.userReports(from), now, signal),
  ];
  const results = await Promise.allSettled(lists);
  const count = results.reduce((sum, result) => sum + (result.status === "fulfilled" ? result.value : 0), 0);
  if (count > 0) log.info({ count }, "reports found by polling");
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return count;
}

type ReadPage = (from: string | null) => Promise<{ readonly rows: readonly Row[]; readonly next: string | null }>;

async function pollList(dependencies: Dependencies, kind: Kind, read: ReadPage, now: Date, signal: AbortSignal) {
  const failures = await dependencies.db.synapseReportFailure.findMany({ where: { kind } });
  const rows = await newRows(dependencies, kind, read, { now, signal, failures });
  await countGone(dependencies, failures, rows, now);
  let [count, unreachable] = [0, 0];
  for (const row of rows) {
    signal.throwIfAborted();
    const before = failures.find(({ synapseId }) => Number(synapseId) === row.id);
    const error = await takeIn(dependencies, kind, row, before);
    if (error === null) count += 1;
    unreachable = error instanceof SynapseUnreachable ? unreachable + 1 : 0;
    if (unreachable >= MOST_UNREACHABLE) throw error;
  }
  return count;
}

/** @returns the rows that we do not know and that are due, oldest first */
async function newRows(
  { db }: Dependencies,
  kind: Kind,
  read: ReadPage,
  { now, signal, failures }: { now: Date; signal: AbortSignal; failures: readonly SynapseReportFailure[] },
): Promise<Row[]> {
  const waiting = new Set(failures.flatMap(({ synapseId, tryAt }) => (tryAt > now ? [Number(synapseId)] : [])));
  // newer rows are known all around them, so only their ids say how far back they stand
  const due = failures.flatMap(({ synapseId, tryAt }) => (tryAt > now ? [] : [Number(synapseId)]));
  const furthest = Math.min(...due);
  const found = new Map<number, Row>();
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
    const fresh = ripe.filter(({ id }) => !knownIds.has(id) && !waiting.has(id));
    for (const row of fresh) found.set(row.id, row);
    const last = rows.at(-1);
    const isBehindWindow = (last?.receivedAt.getTime() ?? 0) < now.getTime() - WINDOW_MS;
    const isBehindFailures = last === undefined || last.id <= furthest;
    if (next === null || (fresh.length === 0 && isBehindWindow && isBehindFailures)) break;
    from = next;
  }
  return [...found.values()].toSorted((a, b) => a.id - b.id);
}

/** @returns why the row could not be taken in whole; null if it was */
async function takeIn(
  dependencies: Dependencies,
  kind: Kind,
  row: Row,
  before: SynapseReportFailure | undefined,
): Promise<unknown> {
  const { db, keys } = dependencies;
  try {
    const report = "target" in row ? fromUserReport(row) : await fromEventReport(dependencies, row);
    await db.$transaction(async (tx) => {
      await writeReport(tx, keys, report);
      await tx.synapseReportFailure.deleteMany({ where: { kind, synapseId: row.id } });
    });
    return null;
  } catch (error) {
    const isShown = before?.isShown === true || (await showPlain(dependencies, row));
    const attempts = (before?.attempts ?? 0) + 1;
    const retryMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
    log.warn({ err: error, kind, synapseId: row.id, isShown, retryMs }, "a report of Synapse's list waits");
    const problem = error instanceof Error ? error.name : "unknown";
    const failure = { isShown, attempts, problem, tryAt: new Date(Date.now() + retryMs) };
    await db.synapseReportFailure.upsert({
      where: { kind_synapseId: { kind, synapseId: row.id } },
      create: { kind, synapseId: row.id, receivedAt: row.receivedAt, ...failure },
      update: failure,
    });
    return error;
  }
}

/** Rows that Synapse has deleted meanwhile. One look proves nothing: deletions shift the list while it is read. */
async function countGone(
  { db }: Dependencies,
  failures: readonly SynapseReportFailure[],
  rows: readonly Row[],
  now: Date,
): Promise<void> {
  const found = new Set(rows.map(({ id }) => id));
  const gone = failures.filter(({ synapseId, tryAt }) => tryAt <= now && !found.has(Number(synapseId)));
  for (const { kind, synapseId, attempts, isShown, problem } of gone) {
    if (problem !== GONE) {
      const tryAt = new Date(Date.now() + FIRST_RETRY_MS);
      await db.synapseReportFailure.updateMany({
        where: { kind, synapseId },
        data: { problem: GONE, attempts: attempts + 1, tryAt },
      });
      continue;
    }
    log.error({ kind, synapseId: Number(synapseId), isShown }, "a report that waited is no longer in Synapse's list");
    await db.synapseReportFailure.deleteMany({ where: { kind, synapseId } });
  }
}

/**
 * Shows what the list says, while the rest cannot be had. The row stays unknown, so that it is tried again.
 * @returns whether it could be shown
 */
async function showPlain({ db, keys }: Dependencies, row: Row): Promise<boolean> {
  const report = "target" in row ? fromUserReport(row) : plainEventReport(row);
  try {
    await db.$transaction((tx) => writeReport(tx, keys, { ...report, synapseId: null }));
    return true;
  } catch (error) {
    log.error({ err: error, synapseId: row.id }, "a report of Synapse's list cannot be shown");
    return false;
  }
}

async function fromEventReport(dependencies: Dependencies, row: SynapseEventReport): Promise<FoundReport> {
  const event = await dependencies.reports.reportedEvent(row.id);
  const room = await lookAtRoom(dependencies, dependencies.reports, row.roomId);
  return {
    ...plainEventReport(row),
    reportedUserId: event?.sender ?? null,
    snapshot: room?.snapshot ?? null,
    evidence: eventEvidence(event),
  };
}

function plainEventReport(row: SynapseEventReport): FoundReport {
  return {
    ...polled(row),
    kind: "event",
    reportedUserId: null,
    roomId: row.roomId,
    eventId: row.eventId,
    snapshot: null,
    evidence: [],
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
function polled({ id, receivedAt, reporter, reason }: Row) {
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
