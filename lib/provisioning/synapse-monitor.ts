// Watches Synapse. While it is away the queues that need it are not worked, so that no job uses up its retries;
// "waits for Synapse" is a state that the console shows, not an error.
import type { Database } from "#lib/db/client.ts";
import { repeat, type Repeating } from "#lib/jobs/intervals.ts";
import { log } from "#lib/log/log.ts";
import type { RequestBudget } from "#lib/matrix/budget.ts";
import { connectMatrix, type MatrixConnection } from "#lib/matrix/connection.ts";
import { isMatrixError } from "#lib/matrix/errors.ts";
import { isHealthy, prepareProvisioner } from "#lib/matrix/server.ts";

/** Stable codes in `ServiceState.detail`; their texts are translated when shown. */
export type SynapseDetail = "" | "noAnswer" | "noToken" | "tokenRefused" | "notProvisioner" | "unexpected";

export type SynapseMonitorOptions = {
  readonly db: Database;
  readonly baseUrl: string;
  readonly serverName: string;
  /** Read anew each time Synapse comes back. */
  readonly readToken: () => string | undefined;
  /** Of every connection that the monitor opens. */
  readonly budget: RequestBudget;
  readonly onUp: (connection: MatrixConnection) => Promise<void>;
  /** Resolves when no job talks to Synapse any more. */
  readonly onDown: () => Promise<void>;
};

const CHECK_WHILE_UP_MS = 10_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

export function watchSynapse(options: SynapseMonitorOptions): Repeating {
  const { db, baseUrl, onUp, onDown } = options;
  let isUp = false;
  let token: string | undefined;
  let failures = 0;
  let lastDetail: SynapseDetail | undefined;

  async function round(): Promise<number> {
    let detail: SynapseDetail;
    try {
      detail = await check();
    } catch (error) {
      log.error({ err: error }, "Synapse could not be checked");
      detail = "unexpected";
    }
    if (detail !== lastDetail) log.info({ detail }, detail === "" ? "Synapse is there" : "waiting for Synapse");
    lastDetail = detail;
    await writeServiceState(db, "synapse", detail);
    if (detail === "") {
      failures = 0;
      return CHECK_WHILE_UP_MS;
    }
    if (isUp) {
      isUp = false;
      await onDown();
    }
    failures += 1;
    return Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10), MAX_RETRY_MS);
  }

  async function check(): Promise<SynapseDetail> {
    if (!(await isHealthy(baseUrl))) return "noAnswer";
    const current = options.readToken();
    if (current === undefined) return "noToken";
    if (isUp && current === token) return "";
    if (isUp) {
      isUp = false;
      await onDown();
    }
    const connection = connectMatrix({ baseUrl, accessToken: current, budget: options.budget });
    try {
      if (!(await prepareProvisioner(connection, options.serverName))) return "notProvisioner";
    } catch (error) {
      if (isMatrixError(error, 401) || isMatrixError(error, 403)) return "tokenRefused";
      throw error;
    }
    await onUp(connection);
    token = current;
    isUp = true;
    return "";
  }

  return repeat(round);
}

/** What the console shows of a foreign system. Never stops its caller: the next round writes it again. */
export async function writeServiceState(
  db: Database,
  name: "synapse" | "oneroster" | "amqp" | "ldap",
  detail: string,
): Promise<void> {
  const state = { reachable: detail === "", detail, checkedAt: new Date() };
  try {
    await db.serviceState.upsert({ where: { name }, create: { name, ...state }, update: state });
  } catch (error) {
    log.warn({ err: error, service: name }, "service state not written");
  }
}
