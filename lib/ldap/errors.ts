// What can be wrong with an LDAP directory, as stable codes; their texts are translated when shown.
import { ResultCodeError } from "ldapts";

export type LdapFailure =
  | "unreachable"
  | "unauthorised"
  | "certificateRefused"
  | "baseMissing"
  /** The server gives only a part: whoever is missing may still be there. */
  | "incomplete"
  /** The base itself stands on another server; it is not asked, because our password is not for it. */
  | "referral"
  | "unexpected";

export class LdapError extends Error {
  override readonly name = "LdapError";
  readonly code: LdapFailure;

  constructor(code: LdapFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Result codes of RFC 4511, section 4.1.9. */
const BY_RESULT: Readonly<Record<number, LdapFailure>> = {
  3: "incomplete",
  4: "incomplete",
  8: "unauthorised",
  10: "referral",
  11: "incomplete",
  12: "incomplete",
  13: "unauthorised",
  32: "baseMissing",
  48: "unauthorised",
  49: "unauthorised",
  50: "unauthorised",
  51: "unreachable",
  52: "unreachable",
};
const CERTIFICATE = /certificate|self[- ]signed|CERT_|altnames|UNABLE_TO_/i;
const NETWORK =
  /ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|timed? ?out|Connection (closed|timeout)|Socket/i;

export function toLdapError(error: unknown): LdapError {
  if (error instanceof LdapError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (error instanceof ResultCodeError) return new LdapError(BY_RESULT[error.code] ?? "unexpected", message, options);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (CERTIFICATE.test(`${code} ${message}`)) return new LdapError("certificateRefused", message, options);
  return new LdapError(NETWORK.test(`${code} ${message}`) ? "unreachable" : "unexpected", message, options);
}
