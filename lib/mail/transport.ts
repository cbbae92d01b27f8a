// Hands mails to the state's mail server by SMTP (RFC 5321). One mail, one recipient, one answer.
import { createTransport } from "nodemailer";
import { log } from "#lib/log/log.ts";
import { mailErrorOf } from "./verdict.ts";

export type MailMessage = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets. The same for every attempt, so that a repeated mail is recognised as one. */
  readonly messageId: string;
};

export type MailTransport = {
  /** Resolves once the server has taken the mail. @throws {MailUnavailable | MailRefused} */
  readonly send: (message: MailMessage) => Promise<void>;
  /** Can we reach the server and sign in? @throws {MailUnavailable | MailRefused} */
  readonly verify: () => Promise<void>;
};

export type MailTransportOptions = {
  /** smtp://user:password@host:port or smtps://… */
  readonly url: string;
  /** The sender, e.g. `Schulchat <schulchat@land.example>`. */
  readonly from: string;
};

const CONNECT_TIMEOUT_MS = 5_000;
/** Of silence: a server may look at the content before it answers. */
const SILENCE_TIMEOUT_MS = 20_000;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function openMailTransport({ url, from }: MailTransportOptions): MailTransport {
  const transport = createTransport({
    url,
    // outside of loopback never in the clear (STARTTLS, or smtps from the first byte)
    requireTLS: !LOOPBACK.has(new URL(url).hostname),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // a connection that breaks between mails; whoever sends the next one is told by that
  transport.on("error", (error) => {
    log.warn({ code: mailErrorOf(error).code }, "connection to the mail server broke");
  });
  return {
    send: async ({ to, subject, text, html, messageId }) => {
      try {
        await transport.sendMail({
          from,
          to: { name: "", address: to },
          subject,
          text,
          html,
          messageId: `<${messageId}>`,
          // RFC 3834: no answers of holiday robots
          headers: { "Auto-Submitted": "auto-generated" },
        });
      } catch (error) {
        throw mailErrorOf(error);
      }
    },
    verify: async () => {
      try {
        await transport.verify();
      } catch (error) {
        throw mailErrorOf(error);
      }
    },
  };
}
