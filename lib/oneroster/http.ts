// One request to a OneRoster server: authorisation, the deadline, the waiting on 429 and 5xx, a bounded body, and every
// failure as OneRosterError.
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { clientCredentials, signedRequests, type Authorisation } from "./authorisation.ts";
import { OneRosterError } from "./errors.ts";
import { oneRosterOptionsSchema, type OneRosterOptions } from "./options.ts";
import { rootUrl } from "./versions.ts";

export type OneRosterAnswer = { readonly body: unknown; readonly headers: Headers };

const MAX_WAITS = 3;
const MAX_WAIT_MS = 30_000;
const FIRST_WAIT_MS: Readonly<Record<"busy" | "broken", number>> = { busy: 1_000, broken: 250 };
/** A page of 10,000 records has about 5 MB; more than this would be kept in memory for nothing. */
const MAX_BODY_BYTES = 96 * 1024 * 1024;

const errorBody = z.object({ imsx_codeMajor: z.literal("failure") });

export class OneRosterHttp {
  readonly #rootUrl: string;
  readonly #timeoutMs: number;
  readonly #authorisation: Authorisation;
  #requests = 0;
  #clock: Date | undefined;

  constructor(options: OneRosterOptions) {
    const { baseUrl, tokenUrl, clientId, clientSecret, ...settings } = options;
    const { version, authorisation, requestTimeoutMs } = oneRosterOptionsSchema.parse(settings);
    this.#rootUrl = rootUrl(baseUrl, version);
    this.#timeoutMs = requestTimeoutMs;
    const client = { clientId, clientSecret, version };
    this.#authorisation =
      authorisation === "oauth2"
        ? clientCredentials(client, (header, form) => this.#requestToken(tokenUrl, header, form))
        : signedRequests(client, authorisation === "oauth1-sha1" ? "sha1" : "sha256");
  }

  /** Requests for data so far; those that were repeated count each time. */
  get requests(): number {
    return this.#requests;
  }

  /** What the server's clock said last; undefined if it does not say. */
  get clock(): Date | undefined {
    return this.#clock;
  }

  /** @throws {OneRosterError} */
  async get(path: string, query: Record<string, string>): Promise<OneRosterAnswer> {
    const url = new URL(`${this.#rootUrl}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const first = await this.#getOnce(url);
    if (first.status !== 401 || !this.#authorisation.renew()) return await this.#decode(first, path);
    await first.body?.cancel();
    return await this.#decode(await this.#getOnce(url), path);
  }

  async #getOnce(url: URL): Promise<Response> {
    return await this.#send(url, async () => {
      this.#requests += 1;
      return { headers: { authorization: await this.#authorisation.header(url) } };
    });
  }

  async #requestToken(tokenUrl: string, authorization: string, form: URLSearchParams): Promise<unknown> {
    const response = await this.#send(new URL(tokenUrl), () =>
      Promise.resolve({ method: "POST", headers: { authorization }, body: form }),
    );
    if (response.status === 400) throw new OneRosterError("unauthorised", "the token endpoint refused client or scope");
    return (await this.#decode(response, "token endpoint")).body;
  }

  /** A busy or broken server is asked again a few times; the request is made anew, because OAuth 1.0a signs each one. */
  async #send(url: URL, request: () => Promise<RequestInit>): Promise<Response> {
    for (let waits = 0; ; waits += 1) {
      const response = await this.#sendOnce(url, await request());
      const { status } = response;
      if (status !== 429 && (status < 500 || status === 501)) return response;
      if (waits >= MAX_WAITS) {
        await response.body?.cancel();
        const [code, message] = status === 429 ? (["rateLimited", "429"] as const) : (["serverError", status] as const);
        throw new OneRosterError(code, `still ${String(message)} after ${String(MAX_WAITS)} waits`);
      }
      await response.body?.cancel();
      const firstWaitMs = FIRST_WAIT_MS[status === 429 ? "busy" : "broken"];
      await delay(Math.min(retryAfterMs(response) ?? firstWaitMs * 2 ** waits, MAX_WAIT_MS));
    }
  }

  async #sendOnce(url: URL, request: RequestInit): Promise<Response> {
    try {
      return await fetch(url, {
        ...request,
        headers: { accept: "application/json", ...request.headers },
        redirect: "error", // the token must not travel to another host
        signal: AbortSignal.timeout(this.#timeoutMs), // holds for the body too
      });
    } catch (error) {
      throw unreachable(error);
    }
  }

  async #decode(response: Response, path: string): Promise<OneRosterAnswer> {
    const { status, headers } = response;
    const date = Date.parse(headers.get("date") ?? "");
    if (!Number.isNaN(date)) this.#clock = new Date(date);
    if (!response.ok) {
      await response.body?.cancel();
      if (status === 401 || status === 403) throw new OneRosterError("unauthorised", `${String(status)} for ${path}`);
      if (status === 404) throw new OneRosterError("notFound", `404 for ${path}`);
      throw new OneRosterError("refused", `${String(status)} for ${path}`);
    }
    const type = headers.get("content-type");
    if (type !== null && !/\bjson\b|\+json\b/i.test(type)) {
      await response.body?.cancel();
      throw new OneRosterError("notOneRoster", `no JSON but ${type.slice(0, 60)} for ${path}`);
    }
    const text = await readBody(response, path);
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (error) {
      throw new OneRosterError("notOneRoster", `no JSON for ${path}`, { cause: error });
    }
    if (errorBody.safeParse(body).success) throw new OneRosterError("notOneRoster", `an error with 200 for ${path}`);
    return { body, headers };
  }
}

async function readBody(response: Response, path: string): Promise<string> {
  const decoder = new TextDecoder();
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
  let text = "";
  let bytes = 0;
  try {
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
      bytes += part.value.length;
      if (bytes > MAX_BODY_BYTES) break;
      text += decoder.decode(part.value, { stream: true });
    }
  } catch (error) {
    throw unreachable(error);
  }
  if (bytes > MAX_BODY_BYTES) {
    await reader?.cancel();
    throw new OneRosterError("notOneRoster", `more than ${String(MAX_BODY_BYTES)} bytes for ${path}`);
  }
  return text + decoder.decode();
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
