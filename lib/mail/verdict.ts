// Reads what nodemailer reports of a failed hand-over: is it the mail, or the server and how we reach it? Pure.
import { z } from "zod";
import { MailRefused, MailUnavailable } from "./errors.ts";

const failure = z.looseObject({
  code: z.string().default("unknown"),
  /** Of the server, if it said anything. */
  responseCode: z.number().int().optional(),
  /** The step at which it failed. */
  command: z.string().default(""),
});

/**
 * Only what the server says about recipient or content is about this mail. A refused sender or login would be refused
 * for every mail: that is for an operator to repair, and nothing is to be lost meanwhile.
 */
const ABOUT_THIS_MAIL = new Set(["RCPT TO", "DATA"]);

export function mailErrorOf(error: unknown): MailUnavailable | MailRefused {
  const { success, data } = failure.safeParse(error);
  if (!success) return new MailUnavailable("unknown");
  const { code, responseCode, command } = data;
  const isPermanent = responseCode !== undefined && responseCode >= 500 && responseCode < 600;
  if (isPermanent && ABOUT_THIS_MAIL.has(command)) return new MailRefused(String(responseCode));
  // nodemailer itself: an address that cannot stand in the protocol
  if (code === "EENVELOPE" && command === "API") return new MailRefused("address");
  return new MailUnavailable(responseCode === undefined ? code : String(responseCode));
}
