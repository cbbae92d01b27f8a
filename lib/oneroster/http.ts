// One request to a OneRoster server: the token, the deadline, the waiting on 429, and every failure as OneRosterError.
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { OneRosterError } from "./errors.ts";

export type OneRosterOptions = {
  /** Ends in `/ims/oneroster/v1p1`, without a slash. */
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Longest time for one request, its body included. */
  readonly requestTimeoutMs?: number;
};

export type OneRosterAnswer = { readonly body: unknown; readonly headers: Headers };

const DEFAULT_TIMEOUT_MS = 20_000;
/** A token is renewed this long before it ends, so that it cannot end on its way. */
const TOKEN_MARGIN_MS = 30_000;
const MAX_WAITS = 3;
const MAX_WAIT_MS = 30_000;
const SCOPE = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly";

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().default(300) });

export class OneRosterHttp {
  readonly #options: OneRosterOptions;
  #token: { readonly value: string; readonly renewAtMs: number } | undefined;

  constructor(options: OneRosterOptions) {
    this.#options = options;
  }

  /** @throws {OneRosterError} */
  async get(path: string, query: Record<string, string>): Promise<OneRosterAnswer> {
    const url = new URL(`${this.#options.baseUrl}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const first = await this.#send(url, { authorization: `Bearer ${await this.#accessToken()}` });
    if (first.status !== 401) return decode(first, path);
    // a provider that restarts forgets its tokens long before they end
    this.#token = undefined;
    return decode(await this.#send(url, { authorization: `Bearer ${await this.#accessToken()}` }), path);
  }

  async #accessToken(): Promise<string> {
    if (this.#token !== undefined && Date.now() < this.#token.renewAtMs) return this.#token.value;
    const { clientId, clientSecret, tokenUrl } = this.#options;
    // RFC 6749 §2.3.1: both halves are form-encoded before they are joined
    const credentials = Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`).toString("base64");
    const form = new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE });
    const response = await this.#send(new URL(tokenUrl), { authorization: `Basic ${credentials}` }, form);
    if (response.status === 400) throw new OneRosterError("unauthorised", "the token endpoint refused client or scope");
    const parsed = tokenAnswer.safeParse((await decode(response, "token endpoint")).body);
    if (!parsed.success) throw new OneRosterError("notOneRoster", "the token endpoint answered without a token");
    const { access_token: value, expires_in: lifetimeSeconds } = parsed.data;
    this.#token = { value, renewAtMs: Date.now() + Math.max(0, lifetimeSeconds * 1_000 - TOKEN_MARGIN_MS) };
    return value;
  }

  async #send(url: URL, headers: Record<string, string>, form?: URLSearchParams): Promise<Response> {
    for (let waits = 0; ; waits += 1) {
      const response = await this.#sendOnce(url, headers, form);
      if (response.status !== 429) return response;
      if (waits >= MAX_WAITS) throw new OneRosterError("rateLimited", `still 429 after ${String(MAX_WAITS)} waits`);
      await response.body?.cancel();
      await delay(Math.min(retryAfterMs(response) ?? 1_000 * 2 ** waits, MAX_WAIT_MS));
    }
  }

  async #sendOnce(url: URL, headers: Record<string, string>, form?: URLSearchParams): Promise<Response> {
    try {
      return await fetch(url, {
        method: form === undefined ? "GET" : "POST",
        headers: { accept: "application/json", ...headers },
        body: form ?? null,
        redirect: "error", // the token must not travel to another host
        signal: AbortSignal.timeout(this.#options.requestTimeoutMs ?? DEFAULT_TIMEOUT_MS),
      });
    } catch (error) {
      throw unreachable(error);
    }
  }
}

async function decode(response: Response, path: string): Promise<OneRosterAnswer> {
  const { status } = response;
  if (status === 401 || status === 403) throw new OneRosterError("unauthorised", `${String(status)} for ${path}`);
  if (status === 404) throw new OneRosterError("notFound", `404 for ${path}`);
  if (status >= 500) throw new OneRosterError("serverError", `${String(status)} for ${path}`);
  if (!response.ok) throw new OneRosterError("refused", `${String(status)} for ${path}`);
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw unreachable(error);
  }
  try {
    return { body: JSON.parse(text) as unknown, headers: response.headers };
  } catch (error) {
    throw new OneRosterError("notOneRoster", `no JSON for ${path}`, { cause: error });
  }
}

function unreachable(error: unknown): OneRosterError {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  return new OneRosterError("unreachable", cause instanceof Error ? cause.message : "no connection", { cause: error });
}

function retryAfterMs(response: Response): number | undefined {
  const value = response.headers.get("retry-after");
  if (value === null) return undefined;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

const formEncode = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);
