// Works on what the gate has taken: who reports, may they see it, what is it, how is the room; then Synapse is told and
// the report stands in its case. Until all that is in one transaction, the sealed copy stays where it is.
import { z } from "zod";
import { type Database, type Transaction } from "#lib/db/client.ts";
import { localpartOfUser, matrixUserId, PROVISIONER_LOCALPART } from "#lib/ids/ids.ts";
import { log } from "#lib/log/log.ts";
import { SynapseUnreachable } from "#lib/matrix/errors.ts";
import type { EventJson, ReporterApi, ReportsApi } from "#lib/matrix/reports.ts";
import { ROLES, type Role } from "#lib/policy/roles.ts";
import { parseReportPath, readReportBody, takenReportSchema, type ReportTarget, type TakenReport } from "./intake.ts";
import { readScreenshot, SCREENSHOT_MEDIA_TYPE } from "./screenshot.ts";
import { CannotOpenError, open, type KeyRing } from "./sealing.ts";
import { presentMembers, takeSnapshot, type Snapshot } from "./snapshot.ts";
import { isForwarded, writeReport, type FoundReport } from "./sorting.ts";

export type VerifyDependencies = {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly serverName: string;
  /** Null while Synapse, or the provisioner's token, is not there. */
  readonly synapse: () => { readonly reports: ReportsApi; readonly asReporter: (token: string) => ReporterApi } | null;
};

/** Why a report could not be confirmed; shown with it, translated. */
type Doubt = "noToken" | "tokenUnknown" | "eventNotVisible" | "roomNotVisible" | "unknownTarget";

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 300_000;
/** How long a worker may be busy with one report before another may take it up. */
const CLAIM_MS = 120_000;

const claimedRow = z.object({
  id: z.string(),
  received_at: z.date(),
  key_id: z.string(),
  sealed: z.instanceof(Uint8Array),
  report_id: z.string().nullable(),
  forwarded_at: z.date().nullable(),
  attempts: z.number().int(),
});
type Claimed = z.infer<typeof claimedRow>;

/** @returns whether there was a report to work on */
export async function verifyNext(dependencies: VerifyDependencies): Promise<boolean> {
  const { db } = dependencies;
  const claimed = await claim(db);
  if (claimed === null) return false;
  try {
    await work(dependencies, claimed);
  } catch (error) {
    const problem = error instanceof Error ? error.name : "unknown";
    const retryMs = Math.min(FIRST_RETRY_MS * 2 ** claimed.attempts, LONGEST_RETRY_MS);
    const facts = { err: error, reportId: claimed.id, keyId: claimed.key_id, retryMs };
    if (error instanceof CannotOpenError) log.error(facts, "report cannot be read");
    else log.warn(facts, "report waits");
    const tryAt = new Date(Date.now() + retryMs);
    await db.reportIntake.updateMany({ where: { id: claimed.id }, data: { problem, tryAt } });
  }
  return true;
}

/**
 * Whoever claims a row has it for a while; a worker that dies leaves it to the next. What nobody has seen yet comes
 * first: it must not wait behind what a Synapse that is away keeps from being confirmed.
 */
async function claim(db: Database): Promise<Claimed | null> {
  const rows: unknown = await db.$queryRaw`
    UPDATE report_intake SET attempts = attempts + 1, try_at = now() + ${CLAIM_MS} * interval '1 millisecond'
    WHERE id = coalesce(
      (SELECT id FROM report_intake WHERE report_id IS NULL AND try_at <= now()
        ORDER BY try_at LIMIT 1 FOR UPDATE SKIP LOCKED),
      (SELECT id FROM report_intake WHERE report_id IS NOT NULL AND try_at <= now()
        ORDER BY try_at LIMIT 1 FOR UPDATE SKIP LOCKED))
    RETURNING id, received_at, key_id, sealed, report_id, forwarded_at, attempts - 1 AS attempts`;
  return z.array(claimedRow).parse(rows)[0] ?? null;
}

async function work(dependencies: VerifyDependencies, claimed: Claimed): Promise<void> {
  const { db, keys } = dependencies;
  const taken = opened(keys, claimed);
  const target = parseReportPath(taken.path);
  // the gate takes nothing else
  if (target === null) throw new CannotOpenError("damaged");
  let reporterUserId: string | null = null;
  try {
    const synapse = dependencies.synapse();
    if (synapse === null) throw new SynapseUnreachable("Synapse is away");
    const reporter = taken.token === null ? null : synapse.asReporter(taken.token);
    reporterUserId = (await reporter?.whoAmI()) ?? null;
    const found = await lookInto(dependencies, claimed, taken, {
      target,
      reports: synapse.reports,
      reporter: reporter && reporterUserId !== null ? { api: reporter, userId: reporterUserId } : null,
    });
    await db.$transaction(async (tx) => {
      await writeReport(tx, keys, found);
      await tx.reportIntake.deleteMany({ where: { id: claimed.id } });
    });
    log.info({ reportId: claimed.id, standing: found.standing, problem: found.problem }, "report taken in");
  } catch (error) {
    // whatever it was: support sees the report all the same, as not yet confirmed
    const said: FoundReport = { ...(await fromClient(claimed, taken, target)), reporterUserId };
    // whoever sends no token will not be known later either
    await showUnverified(dependencies, claimed, taken.token === null ? doubted(said, "noToken") : said);
    throw error;
  }
}

function opened(keys: KeyRing, { id, key_id: keyId, sealed }: Claimed): TakenReport {
  const content = open(keys, id, { keyId, bytes: Uint8Array.from(sealed) });
  return takenReportSchema.parse(JSON.parse(content.toString("utf8")));
}

/**
 * Who reports is added as soon as it is known: Synapse may have the report already, and if polling finds it there, it
 * must be seen to be the same.
 */
async function showUnverified({ db, keys }: VerifyDependencies, claimed: Claimed, report: FoundReport): Promise<void> {
  if (claimed.report_id !== null) {
    const where = { id: claimed.report_id, reporterUserId: null };
    if (report.reporterUserId === null || (await db.report.count({ where })) === 0) return;
  }
  await db.$transaction(async (tx) => {
    const { reportId } = await writeReport(tx, keys, report);
    await tx.reportIntake.updateMany({ where: { id: claimed.id }, data: { reportId } });
  });
}

/** What the client says, with nothing confirmed. */
async function fromClient(claimed: Claimed, taken: TakenReport, target: ReportTarget): Promise<FoundReport> {
  const { reason, screenshot, schoolHint, problems } = readReportBody(taken.body, taken.problem);
  // of a report that is shown already, the picture is kept already
  const isKept = screenshot === "" || claimed.report_id !== null;
  const picture = isKept ? null : await readScreenshot(screenshot);
  const pictureProblem = picture === null || picture.ok ? undefined : picture.problem;
  return {
    id: claimed.id,
    kind: target.kind,
    channel: "gate",
    standing: "received",
    problem: problems[0] ?? pictureProblem ?? null,
    receivedAt: claimed.received_at,
    forwardedAt: null,
    reason,
    schoolHint,
    reporterUserId: null,
    reportedUserId: target.kind === "user" ? target.userId : null,
    roomId: target.kind === "user" ? null : target.roomId,
    eventId: target.kind === "event" ? target.eventId : null,
    snapshot: null,
    evidence: picture?.ok ? [{ kind: "screenshot", mediaType: SCREENSHOT_MEDIA_TYPE, content: picture.content }] : [],
    synapseId: null,
  };
}

type Reporter = { readonly api: ReporterApi; readonly userId: string };
type Asked = {
  readonly target: ReportTarget;
  readonly reports: ReportsApi;
  /** Null without a token, or with one that Synapse does not know. */
  readonly reporter: Reporter | null;
};

async function lookInto(
  dependencies: VerifyDependencies,
  claimed: Claimed,
  taken: TakenReport,
  { target, reports, reporter }: Asked,
): Promise<FoundReport> {
  const report = await fromClient(claimed, taken, target);
  const room = target.kind === "user" ? null : await lookAtRoom(dependencies, reports, target.roomId);
  const event = target.kind === "event" ? await reports.event(target.eventId) : null;
  const known: FoundReport = {
    ...report,
    reportedUserId: report.reportedUserId ?? event?.sender ?? null,
    snapshot: room?.snapshot ?? null,
    evidence: [...report.evidence, ...eventEvidence(event)],
  };
  if (reporter === null) return doubted(known, taken.token === null ? "noToken" : "tokenUnknown");
  const doubt = await doubtAbout(dependencies, target, reporter, room);
  if (doubt !== null) return doubted({ ...known, reporterUserId: reporter.userId }, doubt);
  const verified: FoundReport = { ...known, standing: "verified", reporterUserId: reporter.userId };
  return { ...verified, forwardedAt: await tellSynapse(dependencies.db, claimed, reporter.api, target, verified) };
}

/** Once, however often the rest is tried, and whichever of two that are the same comes first. */
async function tellSynapse(
  db: Database,
  { id, forwarded_at: before }: Claimed,
  reporter: ReporterApi,
  target: ReportTarget,
  verified: FoundReport,
): Promise<Date | null> {
  if (before !== null || (await isForwarded(db, verified))) return before;
  const forwardedAt = (await reporter.forward(target, verified.reason)) ? new Date() : null;
  await db.reportIntake.updateMany({ where: { id }, data: { forwardedAt } });
  return forwardedAt;
}

/** Marked, not dropped. Nothing that only the server knows is shown on the word of somebody who may not know it. */
function doubted(report: FoundReport, doubt: Doubt): FoundReport {
  const evidence = report.evidence.filter(({ kind }) => kind === "screenshot");
  return { ...report, standing: "invalid", problem: doubt, evidence };
}

type RoomLook = { readonly snapshot: Snapshot; readonly members: ReadonlySet<string> };

async function doubtAbout(
  { db, serverName }: VerifyDependencies,
  target: ReportTarget,
  { api, userId }: Reporter,
  room: RoomLook | null,
): Promise<Doubt | null> {
  if (target.kind === "event") {
    return (await api.maySeeEvent(target.roomId, target.eventId)) ? null : "eventNotVisible";
  }
  if (target.kind === "room") return room?.members.has(userId) === true ? null : "roomNotVisible";
  const isOurs = target.userId.endsWith(`:${serverName}`);
  const person = await db.person.findUnique({ where: { localpart: localpartOfUser(target.userId) } });
  return isOurs && person !== null ? null : "unknownTarget";
}

export function eventEvidence(event: EventJson | null): FoundReport["evidence"] {
  if (event === null) return [];
  return [{ kind: "event", mediaType: "application/json", content: Buffer.from(JSON.stringify(event)) }];
}

/** Null for a room that Synapse does not know. */
export async function lookAtRoom(
  { db, serverName }: Pick<VerifyDependencies, "db" | "serverName">,
  reports: ReportsApi,
  roomId: string,
): Promise<RoomLook | null> {
  const [room, state] = [await reports.room(roomId), await reports.roomState(roomId)];
  if (room === null || state === null) return null;
  const provisioner = matrixUserId(PROVISIONER_LOCALPART, serverName);
  const present = presentMembers(state, provisioner).map(({ userId }) => userId);
  const roles = await readRoles(db, present);
  const snapshot = takeSnapshot(room, state, {
    takenAt: new Date(),
    provisioner,
    rolesOf: (userId) => roles.get(localpartOfUser(userId)) ?? [],
  });
  const members = state.flatMap(({ type, stateKey }) => (type === "m.room.member" ? [stateKey] : []));
  return { snapshot, members: new Set(members) };
}

const roleRows = z.array(z.object({ localpart: z.string(), role: z.enum(ROLES) }));

async function readRoles(db: Database | Transaction, userIds: readonly string[]): Promise<Map<string, Role[]>> {
  const rows: unknown = await db.$queryRaw`
    SELECT DISTINCT localpart, role::text FROM person JOIN affiliation ON person_id = person.id
    WHERE localpart = ANY(${userIds.map(localpartOfUser)}::text[])`;
  const roles = new Map<string, Role[]>();
  for (const { localpart, role } of roleRows.parse(rows)) roles.set(localpart, [...(roles.get(localpart) ?? []), role]);
  return roles;
}
