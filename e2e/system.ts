// Where the browser tests' own system lives: beside the one of `npm start`, with its own ports and its own data.
/** Two checkouts can run at the same time: E2E_PORT_OFFSET=1 in one of them. */
const offset = Number(process.env["E2E_PORT_OFFSET"] ?? "0");
export const E2E_PORTS = {
  CONSOLE_PORT: 3300 + offset,
  CHAT_PORT: 8308 + offset,
  GATE_PORT: 9370 + offset,
  IDENTITY_PORT: 9380 + offset,
  ONEROSTER_PORT: 9390 + offset,
  SYNAPSE_PORT: 9400 + offset,
  POSTGRES_PORT: 9732 + offset,
  MAIL_PORT: 9410 + offset,
  MAIL_PAGE_PORT: 9420 + offset,
} as const;

/** Relative to the checkout; removed before each run. */
export const E2E_DATA_DIR = ".cache/e2e";

export const CONSOLE_URL = `http://localhost:${String(E2E_PORTS.CONSOLE_PORT)}`;
export const CHAT_URL = `http://localhost:${String(E2E_PORTS.CHAT_PORT)}`;
/** The demo's mail server, as a person reads it. */
export const MAIL_URL = `http://127.0.0.1:${String(E2E_PORTS.MAIL_PAGE_PORT)}`;
/** Synapse itself, for what only the provisioner may. */
export const SYNAPSE_URL = `http://127.0.0.1:${String(E2E_PORTS.SYNAPSE_PORT)}`;
export const PROVISIONER_TOKEN_FILE = `${E2E_DATA_DIR}/synapse/provisioner-token`;
export const SERVER_NAME = "localhost";
