// The worker's part that sends mail: brings transport, outbox and the domains that cause notices together.
import type { PgBoss } from "pg-boss";
import type { Database } from "#lib/db/client.ts";
import type { Environment } from "#lib/env/env.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import type { Repeating } from "#lib/jobs/intervals.ts";
import { openMailTransport, type MailTransport } from "#lib/mail/transport.ts";
import { watchMail } from "#lib/notify/mail-service.ts";
import type { SendTools } from "#lib/notify/send.ts";
import { standingAtProposal } from "#lib/policy/frame-notices.ts";
import { standingAtRequest } from "#lib/policy/request-notices.ts";
import { standingAtDigest as standingAtRoomDigest } from "#lib/provisioning/digest.ts";
import { countCases } from "#lib/reports/case-counts.ts";
import { standingAtCase, standingAtDigest } from "#lib/reports/notices.ts";

type MailSettings = Pick<Environment<"worker">, "SMTP_URL" | "MAIL_FROM" | "CONSOLE_URL">;

/** How those who cause notices judge who is still concerned. */
export function askDomains(db: Database): Pick<SendTools, "standingOf" | "countsFor"> {
  return {
    standingOf: (subject, personId, now) => {
      switch (subject.matter) {
        case "request":
          return standingAtRequest(db, subject.requestId, personId, now);
        case "proposal":
          return standingAtProposal(db, subject.proposalId, personId, now);
        case "rooms":
          return standingAtRoomDigest(db, subject.schoolId, personId);
        case "case":
          return standingAtCase(db, subject.caseId, personId);
        case "digest":
          return standingAtDigest(db, subject.counts, personId);
      }
    },
    countsFor: (personId) => countCases(db, personId, new Date()),
  };
}

function transportOf({ SMTP_URL: url, MAIL_FROM: from }: MailSettings): MailTransport | null {
  return url === undefined || from === undefined ? null : openMailTransport({ url, from });
}

export function startMail(
  settings: MailSettings,
  { db, boss, jobs }: { readonly db: Database; readonly boss: PgBoss; readonly jobs: JobSender },
): Repeating {
  const consoleUrl = settings.CONSOLE_URL ?? "";
  return watchMail({ db, boss, jobs, transport: transportOf(settings), consoleUrl, ...askDomains(db) });
}
