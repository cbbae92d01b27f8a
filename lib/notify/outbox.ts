// The outbox: a notice is a row, written in the transaction of its cause, and a job that sends it. Without a mail server
// the rows wait.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { causeOf, DIGEST, recipientsOf, type CaseNoticeKind, type RequestNoticeKind, type Sides } from "./rules.ts";

/** Queues the sending of one notice in the same transaction. */
export type QueueNotice = (noticeId: string) => Promise<void>;
export type NoticeTools = { readonly tx: Transaction; readonly queueNotice: QueueNotice };

export type Occasion = {
  readonly kind: RequestNoticeKind;
  readonly about: { readonly requestId: string } | { readonly proposalId: string };
  /** Of the content that the recipients are told of. */
  readonly version: string;
  readonly sides: Sides;
};

const ids = z.array(z.object({ id: z.uuid() }));

/** One notice a person and cause; those that stand already are left as they are. @returns how many are new */
export async function writeNotices(tools: NoticeTools, occasion: Occasion): Promise<number> {
  const { kind, about, version, sides } = occasion;
  const recipients = recipientsOf(kind, sides);
  if (recipients.length === 0) return 0;
  const isRequest = "requestId" in about;
  const [requestId, proposalId] = isRequest ? [about.requestId, null] : [null, about.proposalId];
  const cause = isRequest
    ? causeOf("request", about.requestId, kind, version)
    : causeOf("proposal", about.proposalId, kind, version);
  const rows = await tools.tx.$queryRaw`
    INSERT INTO mail_notice (person_id, kind, request_id, proposal_id, cause)
    SELECT person_id, ${kind}::mail_notice_kind, ${requestId}::uuid, ${proposalId}::uuid, ${cause}
    FROM unnest(${recipients}::text[]) AS recipient (person_id)
    ON CONFLICT (person_id, cause) DO NOTHING RETURNING id`;
  const written = ids.parse(rows);
  for (const { id } of written) await tools.queueNotice(id);
  return written.length;
}

/** @param version of what is gathered, so that one gathering is told once */
export async function writeDigest(
  tools: NoticeTools,
  { schoolId, version, personIds }: { schoolId: string; version: string; personIds: readonly string[] },
): Promise<number> {
  const cause = `rooms:${schoolId}:${DIGEST}:${version}`;
  const rows = await tools.tx.$queryRaw`
    INSERT INTO mail_notice (person_id, kind, school_id, cause)
    SELECT person_id, ${DIGEST}::mail_notice_kind, ${schoolId}, ${cause}
    FROM unnest(${[...personIds]}::text[]) AS recipient (person_id)
    ON CONFLICT (person_id, cause) DO NOTHING RETURNING id`;
  const written = ids.parse(rows);
  for (const { id } of written) await tools.queueNotice(id);
  return written.length;
}

export type CaseOccasion = {
  readonly kind: CaseNoticeKind;
  /** Null for a digest. */
  readonly caseId: string | null;
  /** Whatever must not be told twice to one person. */
  readonly cause: string;
  readonly recipients: readonly string[];
};

/** @returns how many are new */
export async function writeCaseNotices(tools: NoticeTools, occasion: CaseOccasion): Promise<number> {
  const { kind, caseId, cause, recipients } = occasion;
  if (recipients.length === 0) return 0;
  const rows = await tools.tx.$queryRaw`
    INSERT INTO mail_notice (person_id, kind, case_id, cause)
    SELECT person_id, ${kind}::mail_notice_kind, ${caseId}::uuid, ${cause}
    FROM unnest(${[...recipients]}::text[]) AS recipient (person_id)
    ON CONFLICT (person_id, cause) DO NOTHING RETURNING id`;
  const written = ids.parse(rows);
  for (const { id } of written) await tools.queueNotice(id);
  return written.length;
}

/** For what the worker causes by itself. */
export function noticeToolsOf(tx: Transaction, jobs: Pick<JobSender, "send">): NoticeTools {
  return { tx, queueNotice: (noticeId) => jobs.send(tx, "send-mail", { noticeId }, noticeId) };
}
