// What can go wrong when a mail is handed to the mail server. Neither error carries what the server said: it may name
// the recipient, and our log must not.

/** Nothing is wrong with the mail: the server is away, busy or does not let us in. Try again later. */
export class MailUnavailable extends Error {
  override readonly name = "MailUnavailable";
  /** Stable, e.g. ETIMEDOUT, or the SMTP reply code. */
  readonly code: string;

  constructor(code: string) {
    super(`the mail server is not available (${code})`);
    this.code = code;
  }
}

/** The server will never take this mail for this recipient (RFC 5321 §4.2.1, 5yz). Trying again changes nothing. */
export class MailRefused extends Error {
  override readonly name = "MailRefused";
  readonly code: string;

  constructor(code: string) {
    super(`the mail server refused the mail (${code})`);
    this.code = code;
  }
}

export function isMailError(error: unknown): error is MailUnavailable | MailRefused {
  return error instanceof MailUnavailable || error instanceof MailRefused;
}
