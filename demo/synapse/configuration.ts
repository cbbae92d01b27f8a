// Writes the configuration of the demo's Synapse. It differs from deploy/synapse/homeserver.sample.yaml in addresses,
// secrets and rate limits only; what protects pupils comes from deploy/synapse/hardening.yaml itself.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Holds the package of the module and the hardening. */
export const MODULE_DIR = fileURLToPath(new URL("../../deploy/synapse/", import.meta.url));
const HARDENING_FILE = join(MODULE_DIR, "hardening.yaml");
const OWNER_ONLY = 0o600;

export type SynapseSettings = {
  dataDir: string;
  port: number;
  /** What clients reach, that is, the proxy. Its host is `serverName`. */
  publicBaseUrl: string;
  serverName: string;
  database: { host: string; port: number; user: string; password: string; name: string };
  oidc: { issuer: string; clientId: string; clientSecret: string } | null;
  gate: { url: string; secret: string };
  registrationSharedSecret: string;
  macaroonSecret: string;
  formSecret: string;
  /** "off" leaves out the hardening and the module's callbacks: a test of a refusal must then fail. */
  defences: "on" | "off";
  /** "off" leaves out the module alone: for measuring what it costs. */
  module?: "on" | "off";
  /** Further processes of Synapse: they find each other through Redis. */
  workers?: { redisPort: number; replicationPort: number };
};

/** @returns the configuration files, in the order in which Synapse must load them */
export async function writeConfiguration(settings: SynapseSettings): Promise<string[]> {
  const { dataDir } = settings;
  await mkdir(join(dataDir, "media"), { recursive: true });
  await ensureSigningKey(join(dataDir, "signing.key"));
  // YAML contains JSON, so nothing has to be escaped twice.
  await writeJson(join(dataDir, "log.yaml"), logConfiguration(join(dataDir, "homeserver.log")));
  await writeJson(join(dataDir, "homeserver.yaml"), homeserver(settings));
  const base = join(dataDir, "homeserver.yaml");
  return settings.defences === "on" ? [base, HARDENING_FILE] : [base];
}

function homeserver(settings: SynapseSettings): Record<string, unknown> {
  const { dataDir, database, gate } = settings;
  return {
    server_name: settings.serverName,
    public_baseurl: `${settings.publicBaseUrl.replace(/\/+$/, "")}/`,
    listeners: [
      {
        port: settings.port,
        bind_addresses: ["127.0.0.1"],
        type: "http",
        tls: false,
        x_forwarded: true,
        resources: [{ names: ["client"] }],
      },
      ...(settings.workers === undefined ? [] : [listener(settings.workers.replicationPort, "replication")]),
    ],
    ...(settings.workers !== undefined && {
      redis: { enabled: true, host: "127.0.0.1", port: settings.workers.redisPort },
      instance_map: { main: { host: "127.0.0.1", port: settings.workers.replicationPort } },
    }),
    database: {
      name: "psycopg2",
      args: {
        host: database.host,
        port: database.port,
        user: database.user,
        password: database.password,
        dbname: database.name,
        cp_min: 2,
        cp_max: 8,
      },
    },
    // a fresh database lacks an index, without which nobody is activated again, until the last of about 100 has run
    background_updates: { sleep_enabled: false },
    signing_key_path: join(dataDir, "signing.key"),
    media_store_path: join(dataDir, "media"),
    log_config: join(dataDir, "log.yaml"),
    macaroon_secret_key: settings.macaroonSecret,
    form_secret: settings.formSecret,
    registration_shared_secret: settings.registrationSharedSecret,
    bcrypt_rounds: 4,
    report_stats: false,
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    modules: [
      {
        module: "schulchat_gate.SchulchatGate",
        config: {
          gate_url: gate.url,
          secret: gate.secret,
          enabled: settings.defences === "on" && settings.module !== "off",
        },
      },
    ],
    server_notices: {
      system_mxid_localpart: "schulchat_hinweise",
      system_mxid_display_name: "Schulchat",
      room_name: "Hinweise des Schulchats",
      auto_join: true,
    },
    oidc_providers: settings.oidc === null ? [] : [oidcProvider(settings.oidc)],
    sso: { client_whitelist: [`${settings.publicBaseUrl.replace(/\/+$/, "")}/`] },
    ...withoutRateLimits(),
    // closed by Synapse's default too: open here, so that a test shows what refuses
    ...(settings.defences === "off" && { room_list_publication_rules: [{ action: "allow" }] }),
  };
}

function listener(port: number, resource: "client" | "replication"): Record<string, unknown> {
  return { port, bind_addresses: ["127.0.0.1"], type: "http", tls: false, resources: [{ names: [resource] }] };
}

/** The one file by which a further process differs; it is loaded after those of the main process. */
export async function writeWorkerConfiguration(dataDir: string, name: string, port: number): Promise<string> {
  const logFile = join(dataDir, `${name}-log.yaml`);
  await writeJson(logFile, logConfiguration(join(dataDir, `${name}.log`)));
  const file = join(dataDir, `${name}.yaml`);
  await writeJson(file, {
    worker_app: "synapse.app.generic_worker",
    worker_name: name,
    worker_listeners: [listener(port, "client")],
    worker_log_config: logFile,
  });
  return file;
}

function oidcProvider(oidc: NonNullable<SynapseSettings["oidc"]>): Record<string, unknown> {
  return {
    idp_id: "school",
    idp_name: "Schulkonto",
    issuer: oidc.issuer,
    client_id: oidc.clientId,
    client_secret: oidc.clientSecret,
    scopes: ["openid", "profile"],
    pkce_method: "always",
    // Synapse refuses an issuer without TLS otherwise; the demo's is on loopback.
    skip_verification: oidc.issuer.startsWith("http://"),
    enable_registration: false,
    allow_existing_users: false,
    user_mapping_provider: { config: { subject_template: "{{ user.sub }}" } },
  };
}

function withoutRateLimits(): Record<string, unknown> {
  const unlimited = { per_second: 10_000, burst_count: 10_000 };
  return {
    rc_message: unlimited,
    rc_registration: unlimited,
    rc_login: { address: unlimited, account: unlimited, failed_attempts: unlimited },
    rc_admin_redaction: unlimited,
    rc_joins: { local: unlimited, remote: unlimited },
    rc_joins_per_room: unlimited,
    rc_invites: { per_room: unlimited, per_user: unlimited, per_issuer: unlimited },
    rc_room_creation: unlimited,
    rc_reports: unlimited,
    rc_user_directory: unlimited,
  };
}

function logConfiguration(filename: string): Record<string, unknown> {
  return {
    version: 1,
    disable_existing_loggers: false,
    formatters: {
      precise: { format: "%(asctime)s %(name)s %(lineno)d %(levelname)s %(request)s %(message)s" },
    },
    handlers: {
      file: {
        class: "logging.handlers.RotatingFileHandler",
        formatter: "precise",
        filename,
        maxBytes: 20_000_000,
        backupCount: 2,
        encoding: "utf8",
      },
    },
    loggers: { "synapse.storage.SQL": { level: "WARNING" } },
    root: { level: "INFO", handlers: ["file"] },
  };
}

/** Synapse's own form: algorithm, key id, seed in base64 without padding. It must stay the same between starts. */
async function ensureSigningKey(file: string): Promise<void> {
  const present = await readFile(file, "utf8").catch(() => "");
  if (present !== "") return;
  const seed = randomBytes(32).toString("base64").replace(/=+$/, "");
  await writeFile(file, `ed25519 a_demo ${seed}\n`, { mode: OWNER_ONLY });
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`, { mode: OWNER_ONLY });
}
