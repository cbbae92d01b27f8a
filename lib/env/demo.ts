// The environment of `npm start`: which parts of the demo run, and the settings of every process of ours. A part that
// the environment names (DATABASE_URL, OIDC_ISSUER, ONEROSTER_URL, SYNAPSE_URL, SMTP_URL) is real, and its demo is not started.
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { EnvironmentError, readEnvironment, type EnvironmentPart } from "./env.ts";

export const SERVER_NAME = "localhost";
const LOOPBACK = "127.0.0.1";

const port = (standard: number) => z.coerce.number().int().min(1).max(65_535).default(standard);

const settingsSchema = z.object({
  /** All data of the demo; relative to the checkout. */
  DATA_DIR: z.string().min(1).default(".data"),
  /** The Python that makes Synapse's virtual environment. */
  PYTHON: z.string().min(1).default("python3"),
  /** Synapse's own database, if it shall not lie in the demo's PostgreSQL. */
  SYNAPSE_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  CONSOLE_PORT: port(3000),
  CHAT_PORT: port(8008),
  GATE_PORT: port(9070),
  IDENTITY_PORT: port(9080),
  ONEROSTER_PORT: port(9090),
  SYNAPSE_PORT: port(9100),
  POSTGRES_PORT: port(9432),
  MAIL_PORT: port(9110),
  MAIL_PAGE_PORT: port(9120),
});

export type DemoSettings = {
  readonly dataDir: string;
  readonly pythonPath: string;
  readonly synapseDatabaseUrl: string | undefined;
  readonly ports: Readonly<
    Record<
      "console" | "chat" | "gate" | "identity" | "oneRoster" | "synapse" | "postgres" | "mail" | "mailPage",
      number
    >
  >;
  /** Whether the demo brings the part itself. */
  readonly brings: Readonly<Record<"database" | "identity" | "oneRoster" | "synapse" | "postgres" | "mail", boolean>>;
};

/** What the demo knows and the processes are told. */
export type DemoFacts = {
  readonly secrets: Readonly<
    Record<"postgres" | "session" | "gate" | "oidcConsole" | "oneRoster" | "evidence", string>
  >;
  readonly oneRosterServiceId: string;
};

type Source = Readonly<Record<string, string | undefined>>;

/**
 * @param root the checkout
 * @throws {EnvironmentError} naming every wrong setting
 */
export function readDemoSettings(root: string, source: Source = process.env): DemoSettings {
  const result = settingsSchema.safeParse(withoutEmpty(source));
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new EnvironmentError(`These settings are wrong:\n${lines.join("\n")}`);
  }
  const { data } = result;
  const given = (name: string): boolean => (source[name] ?? "") !== "";
  const brings = {
    database: !given("DATABASE_URL"),
    identity: !given("OIDC_ISSUER"),
    oneRoster: !given("ONEROSTER_URL"),
    synapse: !given("SYNAPSE_URL"),
    mail: !given("SMTP_URL"),
  };
  return {
    dataDir: isAbsolute(data.DATA_DIR) ? data.DATA_DIR : join(root, data.DATA_DIR),
    pythonPath: data.PYTHON,
    synapseDatabaseUrl: data.SYNAPSE_DATABASE_URL,
    ports: {
      console: data.CONSOLE_PORT,
      chat: data.CHAT_PORT,
      gate: data.GATE_PORT,
      identity: data.IDENTITY_PORT,
      oneRoster: data.ONEROSTER_PORT,
      synapse: data.SYNAPSE_PORT,
      postgres: data.POSTGRES_PORT,
      mail: data.MAIL_PORT,
      mailPage: data.MAIL_PAGE_PORT,
    },
    brings: {
      ...brings,
      postgres: brings.database || (brings.synapse && data.SYNAPSE_DATABASE_URL === undefined),
    },
  };
}

/**
 * The environment of the processes: what the caller has set wins over the demo. A part that is real has no defaults, so
 * that the address of one system never meets the secret of another.
 * @throws {EnvironmentError} naming every missing or wrong setting of all processes
 */
export function planEnvironment(
  settings: DemoSettings,
  { secrets, oneRosterServiceId }: DemoFacts,
  source: Source = process.env,
): Record<string, string> {
  const { ports, brings, dataDir } = settings;
  const own = withoutEmpty(source);
  const at = (number: number, host = LOOPBACK): string => `http://${host}:${String(number)}`;
  const databaseUrl = `postgresql://schulchat:${secrets.postgres}@${LOOPBACK}:${String(ports.postgres)}/schulchat`;
  const environment: Record<string, string> = {
    CONSOLE_URL: at(ports.console, SERVER_NAME),
    SESSION_SECRET: secrets.session,
    GATE_PORT: String(ports.gate),
    GATE_HOST: LOOPBACK,
    EVIDENCE_KEYS: `demo:${Buffer.from(secrets.evidence, "hex").toString("base64")}`,
    REPORT_SPOOL_DIR: join(dataDir, "report-spool"),
    MIGRATION_DATABASE_URL: own["DATABASE_URL"] ?? databaseUrl,
    ...(brings.database && { DATABASE_URL: databaseUrl }),
    ...(brings.identity && {
      OIDC_ISSUER: at(ports.identity),
      OIDC_CLIENT_ID: "console",
      OIDC_CLIENT_SECRET: secrets.oidcConsole,
    }),
    ...(brings.oneRoster && {
      ONEROSTER_URL: `${at(ports.oneRoster)}/ims/oneroster/v1p1`,
      ONEROSTER_TOKEN_URL: `${at(ports.oneRoster)}/oauth2/token`,
      ONEROSTER_CLIENT_ID: "schulchat",
      ONEROSTER_CLIENT_SECRET: secrets.oneRoster,
      ONEROSTER_SERVICE_ID: oneRosterServiceId,
    }),
    ...(brings.synapse && {
      CHAT_URL: at(ports.chat, SERVER_NAME),
      GATE_SECRET: secrets.gate,
      SYNAPSE_URL: at(ports.synapse),
      SYNAPSE_SERVER_NAME: SERVER_NAME,
      SYNAPSE_TOKEN_FILE: join(dataDir, "synapse", "provisioner-token"),
    }),
    ...(brings.mail && {
      SMTP_URL: `smtp://${LOOPBACK}:${String(ports.mail)}`,
      MAIL_FROM: "Schulchat <schulchat@land.example>",
    }),
    ...own,
  };
  const problems = new Set<string>();
  for (const part of ["migrate", "web", "gate", "worker"] satisfies EnvironmentPart[]) {
    try {
      readEnvironment(part, environment);
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      for (const line of error.message.split("\n").slice(1)) problems.add(line);
    }
  }
  if (problems.size > 0) {
    throw new EnvironmentError(`These settings are missing or wrong:\n${[...problems].join("\n")}`);
  }
  return environment;
}

function withoutEmpty(source: Source): Record<string, string> {
  const entries = Object.entries(source).filter((entry): entry is [string, string] => (entry[1] ?? "") !== "");
  return Object.fromEntries(entries);
}
