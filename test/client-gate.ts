// The gate as chat clients see it, on a database of its own, with tokens for whoever a test names.
import { openClientPool, openGatePool } from "#lib/gate/pool.ts";
import { startGate } from "#lib/gate/server.ts";
import { startTestDatabase, type TestDatabase } from "./database.ts";
import { openTestReports } from "./system.ts";
import { startWhoamiServer, type WhoamiServer } from "./whoami-server.ts";

const TIMEOUT_MS = 20_000;
export const SERVER_NAME = "chat.example";
export const BOOK = "/_matrix/client/unstable/fairkom.fairmessenger.addressbook/addressbook";
export const API = "/_schulchat/client/v1";
export const USER_SEARCH = "/_matrix/client/v3/user_directory/search";

export type ClientAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined if there is no text. */
  readonly body: unknown;
};
export type Ask = (
  path: string,
  options?: { readonly method?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
) => Promise<ClientAnswer>;

export type ClientGate = {
  readonly url: string;
  readonly database: TestDatabase;
  readonly synapse: WhoamiServer;
  /** Asks with this header; null: without any. */
  with(authorization: string | null): Ask;
  /** Asks as the person with this id; the localpart is that of test/school.ts. */
  as(personId: string): Ask;
  stop(): Promise<void>;
};

export async function startClientGate(): Promise<ClientGate> {
  const database = await startTestDatabase();
  const synapse = await startWhoamiServer();
  const pool = openGatePool(database.url, 1);
  const clientPool = openClientPool(database.url, 3);
  const reports = await openTestReports(database.url);
  const gate = await startGate({
    host: "127.0.0.1",
    port: 0,
    secret: "a secret of no importance here",
    serverName: SERVER_NAME,
    synapseUrl: synapse.url,
    pool,
    clientPool,
    reports: reports.intake,
  });
  const url = `http://127.0.0.1:${String(gate.port)}`;
  const asking =
    (authorization: string | null): Ask =>
    async (path, { method = "GET", body, headers = {} } = {}) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...(authorization !== null && { authorization }), ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: text === "" ? undefined : JSON.parse(text),
      };
    };
  return {
    url,
    database,
    synapse,
    with: asking,
    as: (personId) => {
      synapse.tokens.set(`token-of-${personId}`, `@u-${personId}:${SERVER_NAME}`);
      return asking(`Bearer token-of-${personId}`);
    },
    stop: async () => {
      await gate.stop();
      await reports.stop();
      await Promise.all([pool.end(), clientPool.end(), synapse.stop()]);
      await database.stop();
    },
  };
}
