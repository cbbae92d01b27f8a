// Whom of support to tell of what (design §8): new severe cases and overdue ones at once, everything else by a digest.
// A notice says no more than a case's number; it goes by mail, and if wished to a room of the chat.
import { z } from "zod";
import type { Database, Reader, Transaction } from "#lib/db/client.ts";
import { TIME_ZONE } from "#lib/i18n/locales.ts";
import { translatorOf } from "#lib/i18n/texts.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import type { JobData } from "#lib/jobs/queues.ts";
import { log } from "#lib/log/log.ts";
import { lastingRefusal } from "#lib/matrix/errors.ts";
import type { MeasuresApi } from "#lib/matrix/measures.ts";
import type { CaseCounts } from "#lib/notify/mail-text.ts";
import { noticeToolsOf, writeCaseNotices } from "#lib/notify/outbox.ts";
import type { Standing } from "#lib/notify/rules.ts";
import { countCases } from "./case-counts.ts";
import { isOverdue } from "./overdue.ts";

const MOST_AT_ONCE = 200;
/** What had happened before this, nobody is told of any more: the worker was away, or support is new. */
const TOLD_HOURS = 48;
const DIGEST_HOUR = 7;

const ids = z.array(z.object({ id: z.string() }));

const withAccess = { enabled: true, leftAt: null, accessBlock: { is: null } } as const;

async function isSupport(reader: Reader, personId: string): Promise<boolean> {
  return (await reader.consoleRoleGrant.count({ where: { personId, role: "support", person: withAccess } })) > 0;
}

export async function standingAtCase(reader: Reader, caseId: string, personId: string): Promise<Standing> {
  const found = await reader.reportCase.findUniqueOrThrow({ where: { id: caseId }, select: { state: true } });
  const party = await reader.caseParty.count({ where: { caseId, personId } });
  return {
    isOpen: found.state !== "resolved",
    mayApprove: true,
    mayRead: party === 0 && (await isSupport(reader, personId)),
  };
}

export async function standingAtDigest(reader: Reader, { open }: CaseCounts, personId: string): Promise<Standing> {
  return { isOpen: open > 0, mayApprove: true, mayRead: await isSupport(reader, personId) };
}

export type NoticeWork = {
  readonly db: Database;
  readonly jobs: Pick<JobSender, "send" | "sendMany">;
  /** A room of the chat is told too. */
  readonly hasRoom: boolean;
};
type Told = "severe" | "overdue";

/** Doing it twice changes nothing. @returns how many notices were written */
export async function followNotices(work: NoticeWork, now: Date): Promise<number> {
  const since = new Date(now.getTime() - TOLD_HOURS * 3_600_000);
  const severe: unknown = await work.db.$queryRaw`
    SELECT id FROM report_case
    WHERE state <> 'resolved' AND told_new_at IS NULL AND severity IN ('high', 'critical') AND last_report_at > ${since}
    ORDER BY severity DESC, due_at LIMIT ${MOST_AT_ONCE}`;
  const overdue: unknown = await work.db.$queryRaw`
    SELECT c.id FROM report_case c
    WHERE ${isOverdue(now)} AND c.told_overdue_at IS NULL AND c.due_at > ${since}
    ORDER BY c.due_at LIMIT ${MOST_AT_ONCE}`;
  let written = 0;
  for (const { id } of ids.parse(severe)) written += await tell(work, id, "severe", now);
  for (const { id } of ids.parse(overdue)) written += await tell(work, id, "overdue", now);
  return written + (await writeDigest(work, now));
}

async function tell({ db, jobs, hasRoom }: NoticeWork, caseId: string, what: Told, now: Date): Promise<number> {
  const column = what === "severe" ? "toldNewAt" : "toldOverdueAt";
  return await db.$transaction(async (tx) => {
    // of two workers only one marks it, and only that one tells
    const { count } = await tx.reportCase.updateMany({
      where: { id: caseId, [column]: null },
      data: { [column]: now },
    });
    if (count === 0) return 0;
    const occasion = now.toISOString();
    if (hasRoom) {
      const data = { caseId, what, occasion };
      await jobs.sendMany(tx, "post-case-notice", [{ data, key: `${caseId}:${what}:${occasion}` }]);
    }
    return await writeCaseNotices(noticeToolsOf(tx, jobs), {
      kind: what === "severe" ? "caseSevere" : "caseOverdue",
      caseId,
      cause: `case:${caseId}:${what}:${occasion}`,
      recipients: await recipients(tx, what, caseId, now),
    });
  });
}

/** Support with access that wants it now and is no party of the case. */
export async function recipients(
  tx: Transaction,
  what: Told | "woken" | "digest",
  caseId: string | null,
  now: Date,
): Promise<string[]> {
  const rows: unknown = await tx.$queryRaw`
    SELECT p.id FROM console_role_grant g JOIN person p ON p.id = g.person_id
      LEFT JOIN case_notice_setting s ON s.person_id = p.id
    WHERE g.role = 'support' AND p.enabled AND p.left_at IS NULL
      AND NOT EXISTS (SELECT FROM console_access_block b WHERE b.person_id = p.id)
      AND (s.quiet_until IS NULL OR s.quiet_until <= ${now})
      AND coalesce(CASE ${what} WHEN 'severe' THEN s.severe WHEN 'overdue' THEN s.overdue WHEN 'digest' THEN s.digest END, true)
      AND NOT EXISTS (SELECT FROM case_party c WHERE c.case_id = ${caseId}::uuid AND c.person_id = p.id)`;
  return ids.parse(rows).map(({ id }) => id);
}

const clock = new Intl.DateTimeFormat("sv-SE", {
  timeZone: TIME_ZONE,
  dateStyle: "short",
  timeStyle: "short",
});

/** In the morning of a working day, to whom something is open. */
async function writeDigest({ db, jobs }: NoticeWork, now: Date): Promise<number> {
  const [day = "", time = ""] = clock.format(now).split(" ");
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  if (weekday === 0 || weekday === 6 || Number(time.slice(0, 2)) < DIGEST_HOUR) return 0;
  const cause = `digest:${day}`;
  return await db.$transaction(async (tx) => {
    const told = await tx.mailNotice.findMany({ where: { cause }, select: { personId: true } });
    const done = new Set(told.map(({ personId }) => personId));
    const wanting = (await recipients(tx, "digest", null, now)).filter((id) => !done.has(id));
    const open: string[] = [];
    for (const id of wanting) if ((await countCases(tx, id, now)).open > 0) open.push(id);
    return await writeCaseNotices(noticeToolsOf(tx, jobs), {
      kind: "caseDigest",
      caseId: null,
      cause,
      recipients: open,
    });
  });
}

/** Tells the room that the operator has named; the provisioner must be in it. */
export async function postCaseNotice(
  tools: {
    readonly db: Database;
    readonly measures: MeasuresApi;
    readonly roomId: string;
    readonly consoleUrl: string;
  },
  { caseId, what, occasion }: JobData<"post-case-notice">,
): Promise<void> {
  const found = await tools.db.reportCase.findUnique({ where: { id: caseId }, select: { number: true, state: true } });
  if (found === null || found.state === "resolved") return;
  const kind = what === "severe" ? "caseSevere" : "caseOverdue";
  const body = translatorOf("de")(`mail.${kind}.body`, {
    number: String(found.number),
    open: 0,
    severe: 0,
    overdue: 0,
  });
  try {
    await tools.measures.sendMessage(
      tools.roomId,
      `${body} ${tools.consoleUrl}/reports/${caseId}`,
      // a case that was reopened is told of again; the same notice tried again is not
      `${caseId}-${what}-${occasion}`,
    );
  } catch (error) {
    if (lastingRefusal(error) === null) throw error;
    log.error({ err: error, caseId }, "the room for notices about cases cannot be written to");
  }
}
