// The one way to call Synapse: matrix-js-sdk as transport, a time limit and zod for each call, 429 waited for.
import { setTimeout as delay } from "node:timers/promises";
import { ClientPrefix, ConnectionError, createClient, HTTPError, MatrixError, Method } from "matrix-js-sdk";
import type { z } from "zod";
import { requestBudget, type RequestBudget } from "./budget.ts";
import { MatrixAnswerError, MatrixCallError, SynapseUnreachable } from "./errors.ts";

export type MatrixOptions = {
  readonly baseUrl: string;
  /** Of the provisioner. Secrets of the demo, of files or of a login-as; never of a person's own session. */
  readonly accessToken: string;
  readonly callTimeoutMs?: number;
  /** How many requests this process has under way at once; whoever shares it shares the pauses after a 429 too. */
  readonly budget?: RequestBudget;
};

/** `module` is our own, in Synapse (deploy/synapse/schulchat_gate). */
export type Api = "client" | "admin" | "module";
export type Call = {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly api: Api;
  /** After `/_matrix/client/v3`, `/_synapse/admin` or `/_synapse/schulchat`. Build it with {@link path}. */
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly body?: object;
};

/** What the other files of this folder are written on. */
export type MatrixConnection = {
  readonly call: <T>(call: Call, answer: z.ZodType<T>) => Promise<T>;
  /** The same homeserver and budget with another token. */
  readonly actingAs: (accessToken: string) => MatrixConnection;
};

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_PARALLEL_REQUESTS = 16;
const MAX_WAITS = 3;
const MAX_WAIT_MS = 30_000;
const PREFIX: Readonly<Record<Api, string>> = {
  client: ClientPrefix.V3,
  admin: "/_synapse/admin",
  module: "/_synapse/schulchat",
};
const METHOD: Readonly<Record<Call["method"], Method>> = {
  GET: Method.Get,
  PUT: Method.Put,
  POST: Method.Post,
  DELETE: Method.Delete,
};
/** 502 to 504 come from a proxy whose Synapse is away. */
const AWAY = new Set([502, 503, 504]);

/** The library prints every request, tokens in the query included, unless it is given something else. */
const nothing = (): void => undefined;
const silent = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  getChild: () => silent,
};

/** A path whose parts are escaped: `path\`/rooms/${roomId}/kick\``. */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: parts }, ...values.map(encodeURIComponent));
}

export function connectMatrix(options: MatrixOptions): MatrixConnection {
  const client = createClient({ baseUrl: options.baseUrl, accessToken: options.accessToken, logger: silent });
  const localTimeoutMs = options.callTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  const budget = options.budget ?? requestBudget(DEFAULT_PARALLEL_REQUESTS);

  async function callOnce<T>(call: Call, answer: z.ZodType<T>): Promise<T> {
    const named = `${call.method} ${call.path.replaceAll(/%40[^/]*|%21[^/]*|%23[^/]*/g, "…")}`;
    let received: unknown;
    try {
      received = await client.http.authedRequest(METHOD[call.method], call.path, call.query, call.body, {
        prefix: PREFIX[call.api],
        localTimeoutMs,
      });
    } catch (error) {
      throw translated(named, error);
    }
    const decoded = answer.safeParse(received);
    if (decoded.success) return decoded.data;
    const fields = decoded.error.issues.map((issue) => issue.path.join("."));
    throw new MatrixAnswerError(`${named}: unexpected answer at ${fields.join(", ")}`);
  }

  return {
    async call(call, answer) {
      for (let waits = 0; ; waits += 1) {
        try {
          return await budget.spend(() => callOnce(call, answer));
        } catch (error) {
          if (!(error instanceof MatrixCallError && error.status === 429) || waits >= MAX_WAITS) throw error;
          const waitMs = Math.min(error.retryAfterMs ?? 1_000 * 2 ** waits, MAX_WAIT_MS);
          budget.pause(waitMs);
          await delay(waitMs);
        }
      }
    },
    actingAs: (accessToken) => connectMatrix({ ...options, accessToken, budget }),
  };
}

function translated(call: string, error: unknown): Error {
  if (error instanceof HTTPError && error.httpStatus !== undefined && !AWAY.has(error.httpStatus)) {
    return new MatrixCallError(call, {
      status: error.httpStatus,
      errcode: error instanceof MatrixError ? (error.errcode ?? "") : "",
      retryAfterMs: error.isRateLimitError() ? error.getRetryAfterMs() : null,
    });
  }
  if (error instanceof ConnectionError || error instanceof HTTPError || isAbort(error)) {
    return new SynapseUnreachable(`${call}: no answer`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
}
