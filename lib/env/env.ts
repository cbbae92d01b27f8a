// The one place that reads the environment. Each process names its part; all that is wrong is listed at once, and
// nothing starts on a guess.
import { readFileSync } from "node:fs";
import { z } from "zod";

/** Thrown before anything starts; `message` names every wrong setting, one a line. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Outside loopback only TLS: passwords, tokens and children's data travel here. */
const httpUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (value) => value.startsWith("https://") || LOOPBACK.has(new URL(value).hostname),
    "must use https (plain http only on loopback)",
  );
const withoutSlash = httpUrl.transform((value) => value.replace(/\/+$/, ""));

const DISTINCT_CHARACTERS = 12;
const secret = z
  .string()
  .min(32, "is weak: needs 32 characters or more")
  .refine((value) => new Set(value).size >= DISTINCT_CHARACTERS, "is weak: too few different characters")
  .refine((value) => !/change.?me|secret|password|example/i.test(value), "is weak: looks like a sample value");

/** Passwords and children's data travel here too. */
const brokerUrl = z
  .url({ protocol: /^amqps?$/ })
  .refine(
    (value) => value.startsWith("amqps://") || LOOPBACK.has(new URL(value).hostname),
    "must use amqps (plain amqp only on loopback)",
  );
const ldapUrl = z.url({ protocol: /^ldaps?$/ });
/** A list or object that does not fit one setting; whoever uses it checks what stands in it. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "is not JSON" });
    return z.NEVER;
  }
});
/** `id:key, id:key`: the first key seals, all of them open; a key is 32 bytes in base64. */
const evidenceKeys = z.string().transform((text, context): readonly [EvidenceKey, ...EvidenceKey[]] => {
  const [first, ...others] = text.split(",").map((part): EvidenceKey => {
    const [id = "", secretText = ""] = part.trim().split(":", 2);
    return { id, secret: Buffer.from(secretText, "base64") };
  });
  const keys = first ? ([first, ...others] as const) : undefined;
  const isWhole = keys?.every(
    ({ id, secret: bytes }) => /^[\w.-]{1,40}$/.test(id) && bytes.length === EVIDENCE_KEY_BYTES,
  );
  if (keys !== undefined && isWhole === true && new Set(keys.map(({ id }) => id)).size === keys.length)
    return [...keys];
  context.addIssue("is id:key, id:key …, each key 32 bytes in base64, each id once");
  return z.NEVER;
});
const EVIDENCE_KEY_BYTES = 32;
export type EvidenceKey = { readonly id: string; readonly secret: Uint8Array };
/** An address, or a name with the address in angle brackets. */
const mailSender = z
  .string()
  .refine(
    (value) => z.email().safeParse(/^[^<>\r\n]*<([^<>]+)>$/.exec(value)?.[1] ?? value).success,
    "is no sender of mails",
  );

const port = z.coerce.number().int().min(0).max(65_535);
const minutes = z.coerce.number().int().min(1).max(1_440);

const common = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  SYNAPSE_SERVER_NAME: z.string().regex(/^[a-z0-9.-]+$/, "is a host name without a port"),
};

const parts = {
  web: z.object({
    ...common,
    CONSOLE_URL: withoutSlash,
    CHAT_URL: withoutSlash,
    SESSION_SECRET: secret,
    OIDC_ISSUER: httpUrl,
    OIDC_CLIENT_ID: z.string().min(1),
    OIDC_CLIENT_SECRET: secret,
    /** Claim of the id token that finds the person (`Person.subject`). */
    OIDC_SUBJECT_CLAIM: z.string().min(1).default("sub"),
    EVIDENCE_KEYS: evidenceKeys,
    OIDC_SCOPE: z.string().includes("openid").default("openid profile email"),
  }),
  gate: z.object({
    ...common,
    GATE_HOST: z.string().default("127.0.0.1"),
    GATE_PORT: port,
    GATE_SECRET: secret,
    /** Where the gate asks whose token a chat client shows. */
    SYNAPSE_URL: withoutSlash,
    /** Connections to PostgreSQL that one gate process holds. */
    GATE_POOL_SIZE: z.coerce.number().int().min(1).max(64).default(8),
    /** Connections for the address book besides; lists never make a decision wait. */
    GATE_CLIENT_POOL_SIZE: z.coerce.number().int().min(1).max(64).default(4),
    EVIDENCE_KEYS: evidenceKeys,
    /** A small volume of this very gate: reports lie here, encrypted, while PostgreSQL is away. */
    REPORT_SPOOL_DIR: z.string().min(1),
    REPORT_SPOOL_MEGABYTES: z.coerce.number().int().min(1).max(100_000).default(1_024),
    /** Reports of one person within a minute that are kept with their screenshots; of more, the text alone is kept. */
    REPORTS_PER_REPORTER: z.coerce.number().int().min(1).max(1_000_000).default(20),
    /** Reports within a minute that come from one network address without being signed in; more are refused. */
    REPORTS_PER_ADDRESS: z.coerce.number().int().min(1).max(1_000_000).default(120),
    /** Within a minute from one address, which a whole school may share: beyond it texts alone, beyond its double nothing. */
    REPORT_MEGABYTES_PER_ADDRESS: z.coerce.number().int().min(1).max(100_000).default(1_024),
  }),
  worker: z
    .object({
      ...common,
      SYNAPSE_URL: withoutSlash,
      /** A file, so that the token can be rotated, and so that the worker can start before Synapse. */
      SYNAPSE_TOKEN_FILE: z.string().min(1),
      /** `auth_provider` of the accounts' external ids: `oidc-<idp_id>` of Synapse's configuration. */
      SYNAPSE_AUTH_PROVIDER: z.string().min(1).default("oidc-school"),
      ONEROSTER_URL: withoutSlash,
      ONEROSTER_TOKEN_URL: withoutSlash,
      ONEROSTER_CLIENT_ID: z.string().min(1),
      ONEROSTER_CLIENT_SECRET: secret,
      /** The id that a school's `enabledServices` must hold to be provisioned. */
      ONEROSTER_SERVICE_ID: z.string().min(1),
      /** Which field of a OneRoster user is the identity provider's subject. */
      ONEROSTER_SUBJECT: z
        .union([z.enum(["sourcedId", "identifier", "username"]), z.templateLiteral(["userIds:", z.string()])])
        .default("sourcedId"),
      /** How the source is spoken to and read: one JSON, see docs/sources.md. */
      ONEROSTER_OPTIONS: z.string().default("{}"),
      EVIDENCE_KEYS: evidenceKeys,
      SYNC_INTERVAL_MINUTES: minutes.default(15),
      /** Messages: without an address there are none (docs/sources.md). */
      AMQP_URL: brokerUrl.optional(),
      AMQP_CA_FILE: z.string().min(1).optional(),
      AMQP_QUEUES: json.optional(),
      /** Groups from LDAP: without an address there are none (docs/sources.md). */
      LDAP_URL: ldapUrl.optional(),
      LDAP_CA_FILE: z.string().min(1).optional(),
      LDAP_BIND_DN: z.string().min(1).optional(),
      LDAP_BIND_PASSWORD: z.string().min(1).optional(),
      /** "off" only for a directory on loopback. */
      LDAP_TLS: z.enum(["on", "off"]).default("on"),
      LDAP_PEOPLE: json.optional(),
      LDAP_GROUPS: json.optional(),
      LDAP_INTERVAL_MINUTES: minutes.default(15),
      /** Rooms that are provisioned at the same time; within a room the order is kept. */
      PROVISIONING_PARALLELISM: z.coerce.number().int().min(1).max(32).default(8),
      /** Requests to Synapse that all workers together have under way at once, divided among those that live. */
      SYNAPSE_PARALLEL_REQUESTS: z.coerce.number().int().min(1).max(64).default(16),
      /** Rooms that a worker compares with Synapse every ten minutes, in turn. */
      VERIFY_ROOMS: z.coerce.number().int().min(0).max(10_000).default(200),
      /** The same for accounts: half a million are looked at within three days. */
      VERIFY_ACCOUNTS: z.coerce.number().int().min(0).max(10_000).default(1_200),
      /** Event type of a vote in the clients' polls, which everybody may send in a one-way room. */
      POLL_VOTE_TYPE: z.string().min(1).default("edu.matrix.klassenfunk.pollResponse"),
      /** A room of the chat that is told of new severe and overdue cases; the provisioner must be in it. */
      REPORT_NOTICE_ROOM: z.string().startsWith("!").optional(),
      /** The mail server, smtp://user:password@host:587 (STARTTLS) or smtps://…; without it notices wait. */
      SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
      /** The sender, e.g. `Schulchat <schulchat@land.example>`; needed with SMTP_URL. */
      MAIL_FROM: mailSender.optional(),
      /** Mails and notices lead there; needed with SMTP_URL and with REPORT_NOTICE_ROOM. */
      CONSOLE_URL: withoutSlash.optional(),
    })
    .superRefine(({ SMTP_URL, MAIL_FROM, CONSOLE_URL, REPORT_NOTICE_ROOM }, context) => {
      const missing = {
        MAIL_FROM: SMTP_URL !== undefined && MAIL_FROM === undefined,
        CONSOLE_URL: (SMTP_URL ?? REPORT_NOTICE_ROOM) !== undefined && CONSOLE_URL === undefined,
      };
      for (const [name, isMissing] of Object.entries(missing)) {
        if (isMissing) context.addIssue({ code: "custom", path: [name], message: "" });
      }
    }),
  migrate: z.object({
    /** A login that owns the schema; the application's own login needs no such rights. */
    MIGRATION_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    LOG_LEVEL: common.LOG_LEVEL,
  }),
};

export type EnvironmentPart = keyof typeof parts;
export type Environment<Part extends EnvironmentPart> = z.infer<(typeof parts)[Part]>;

/**
 * Reads and checks the settings of one process.
 * @throws {EnvironmentError} naming every missing or wrong setting at once
 */
export function readEnvironment<Part extends EnvironmentPart>(
  part: Part,
  source: Readonly<Record<string, string | undefined>> = process.env,
): Environment<Part> {
  const filled = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = parts[part].safeParse(filled);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => {
      const name = issue.path.join(".");
      return `  ${name} ${filled[name] === undefined ? "is missing" : issue.message}`;
    });
    throw new EnvironmentError(`These settings of ${part} are missing or wrong:\n${lines.join("\n")}`);
  }
  return result.data as Environment<Part>;
}

/** The token in a file, or undefined while there is none: Synapse may come up later than we do. */
export function readTokenFile(path: string): string | undefined {
  try {
    const token = readFileSync(path, "utf8").trim();
    return token === "" ? undefined : token;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** next-auth reads its public address from the environment only; this keeps our one name for it. */
export function publishConsoleUrl(consoleUrl: string): void {
  process.env.NEXTAUTH_URL = consoleUrl;
}
