// Sends one notice of the outbox. Who it is for, and whether it still concerns them, is looked up at that moment.
import type { Database } from "#lib/db/client.ts";
import { log } from "#lib/log/log.ts";
import { MailRefused } from "#lib/mail/errors.ts";
import type { MailTransport } from "#lib/mail/transport.ts";
import { mailTextOf, type CaseCounts, type NoticeSubject } from "./mail-text.ts";
import { reasonToDrop, type Standing } from "./rules.ts";

export type SendTools = {
  readonly db: Database;
  readonly transport: Pick<MailTransport, "send">;
  readonly consoleUrl: string;
  /** Asked of the domain whose matter it is. */
  readonly countsFor: (personId: string) => Promise<CaseCounts>;
  readonly standingOf: (subject: NoticeSubject, personId: string, now: Date) => Promise<Standing>;
};

type Settled = { readonly state: "sent" } | { readonly state: "refused" | "dropped"; readonly problem: string };

async function readNotice(db: Database, noticeId: string) {
  return await db.mailNotice.findUnique({
    where: { id: noticeId },
    include: {
      person: { select: { email: true } },
      case: { select: { id: true, number: true } },
      request: { select: { id: true, school: { select: { id: true, name: true } } } },
      school: { select: { id: true, name: true } },
    },
  });
}

type Notice = NonNullable<Awaited<ReturnType<typeof readNotice>>>;

async function subjectOf(
  { countsFor }: Pick<SendTools, "countsFor">,
  { kind, personId, request, proposalId, case: about, school: ofDigest }: Notice,
): Promise<NoticeSubject> {
  if (about) return { matter: "case", caseId: about.id, number: Number(about.number) };
  if (kind === "caseDigest") return { matter: "digest", counts: await countsFor(personId) };
  if (request) {
    const { id: requestId, school } = request;
    return { matter: "request", requestId, schoolId: school.id, schoolName: school.name };
  }
  if (ofDigest) return { matter: "rooms", schoolId: ofDigest.id, schoolName: ofDigest.name };
  // the database holds that it is one of them
  return { matter: "proposal", proposalId: proposalId ?? "" };
}

/** Every attempt has the same one: if we fall between the server's yes and our record of it, the copy is recognised. */
export function messageIdOf(noticeId: string, consoleUrl: string): string {
  return `${noticeId}@${new URL(consoleUrl).hostname}`;
}

async function attempt(tools: SendTools, notice: Notice, now: Date): Promise<Settled> {
  const { transport, consoleUrl, standingOf } = tools;
  const subject = await subjectOf(tools, notice);
  const reason = reasonToDrop(notice, await standingOf(subject, notice.personId, now), now);
  if (reason) return { state: "dropped", problem: reason };
  const { email } = notice.person;
  if (email === null) return { state: "dropped", problem: "noAddress" };
  const text = mailTextOf(notice.kind, subject, consoleUrl);
  try {
    await transport.send({ to: email, messageId: messageIdOf(notice.id, consoleUrl), ...text });
    return { state: "sent" };
  } catch (error) {
    if (error instanceof MailRefused) return { state: "refused", problem: error.code };
    throw error;
  }
}

/** @throws {MailUnavailable} the notice waits on */
export async function sendNotice(tools: SendTools, noticeId: string, now = new Date()): Promise<void> {
  const notice = await readNotice(tools.db, noticeId);
  if (notice?.state !== "waiting") return;
  const settled = await attempt(tools, notice, now);
  // not if another worker, which we were believed dead by, was quicker
  await tools.db.mailNotice.updateMany({
    where: { id: noticeId, state: "waiting" },
    data: { ...settled, settledAt: new Date() },
  });
  log.info({ noticeId, kind: notice.kind, ...settled }, "notice settled");
}
