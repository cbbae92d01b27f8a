// Watches the mail server. While it is away, or none is named, notices wait and the queue is not worked, so that no job
// uses up its retries; the console says so.
import { z } from "zod";
import type { PgBoss } from "pg-boss";
import type { Database } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { repeat, type Repeating } from "#lib/jobs/intervals.ts";
import { workQueue } from "#lib/jobs/work.ts";
import { log } from "#lib/log/log.ts";
import { isMailError, MailUnavailable } from "#lib/mail/errors.ts";
import type { MailTransport } from "#lib/mail/transport.ts";
import { NOT_SET_UP } from "./queries.ts";
import { sendNotice, type SendTools } from "./send.ts";

const CHECK_WHILE_UP_MS = 60_000;
const CHECK_WHILE_DOWN_MS = 5_000;
const PARALLELISM = 2;
const BATCH_SIZE = 5;
/** What is left over is queued in the next round. */
const MOST_REQUEUED = 1_000;

export type MailServiceOptions = Pick<SendTools, "db" | "consoleUrl" | "standingOf" | "countsFor"> & {
  readonly boss: PgBoss;
  readonly jobs: JobSender;
  /** Null: no mail server is named. */
  readonly transport: MailTransport | null;
};

const ids = z.array(z.object({ id: z.uuid() }));

/** Notices whose job is gone: it has failed for too long, or its queue has forgotten it. */
export async function requeueWaiting(db: Database, jobs: JobSender): Promise<number> {
  return await db.$transaction(async (tx) => {
    const rows = ids.parse(
      await tx.$queryRaw`
        SELECT id FROM mail_notice WHERE state = 'waiting' ORDER BY created_at LIMIT ${MOST_REQUEUED}`,
    );
    return await jobs.sendMissing(
      tx,
      "send-mail",
      rows.map(({ id: noticeId }) => ({ data: { noticeId }, key: noticeId })),
    );
  });
}

/** Detail of the service's state: "" is well. */
async function check(transport: MailTransport | null): Promise<string> {
  if (transport === null) return NOT_SET_UP;
  try {
    await transport.verify();
    return "";
  } catch (error) {
    if (isMailError(error)) return error.code;
    throw error;
  }
}

export function watchMail({ boss, jobs, transport, ...options }: MailServiceOptions): Repeating {
  const { db } = options;
  let isWorked = false;
  let lastDetail: string | undefined;

  async function work(by: MailTransport): Promise<void> {
    await requeueWaiting(db, jobs);
    if (isWorked) return;
    isWorked = true;
    await workQueue(boss, "send-mail", { parallelism: PARALLELISM, batchSize: BATCH_SIZE }, async ({ noticeId }) => {
      try {
        await sendNotice({ ...options, transport: by }, noticeId);
      } catch (error) {
        if (error instanceof MailUnavailable) watching.poke();
        throw error;
      }
    });
  }

  async function rest(): Promise<void> {
    if (!isWorked) return;
    isWorked = false;
    await boss.offWork("send-mail");
  }

  async function round(): Promise<number> {
    try {
      const detail = await check(transport);
      if (detail !== lastDetail) log.info({ detail }, detail === "" ? "mail server is there" : "mails wait");
      lastDetail = detail;
      const state = { reachable: detail === "", checkedAt: new Date(), detail };
      await db.serviceState.upsert({ where: { name: "mail" }, create: { name: "mail", ...state }, update: state });
      if (transport !== null && detail === "") await work(transport);
      else await rest();
      return detail === "" || detail === NOT_SET_UP ? CHECK_WHILE_UP_MS : CHECK_WHILE_DOWN_MS;
    } catch (error) {
      log.error({ err: error }, "mail could not be looked after");
      return CHECK_WHILE_DOWN_MS;
    }
  }

  const watching = repeat(round);
  return watching;
}
