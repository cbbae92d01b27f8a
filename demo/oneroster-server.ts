/**
 * A OneRoster server (1.1 or 1.2) over the demo's directory, in the dialect of the state's portal: boolean `enabled`, bare `href`s,
 * and a list of a school's users that the standard does not have. It can fail on request, and its directory can change while it runs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { DemoDirectory } from "./data/types.ts";
import { close, listen } from "./http.ts";
import { createDirectoryHandle, type DirectoryHandle } from "./oneroster/directory-handle.ts";
import { control, CONTROL_PATH, readCommand } from "./oneroster/control.ts";
import { OneRosterError } from "./oneroster/errors.ts";
import { createFailures, type FailureScope, type OneRosterFailure } from "./oneroster/failures.ts";
import { findList, pathBelow } from "./oneroster/lists.ts";
import type { Page } from "./oneroster/query.ts";
import { createSignatureChecker } from "./oneroster/signatures.ts";
import type { SizedDirectory } from "./oneroster/sized-directory.ts";
import { createTokenIssuer } from "./oneroster/tokens.ts";
import { type DemoVersion, ROOTS } from "./oneroster/versions.ts";

const TOKEN_PATH = "/oauth2/token";

export type { FailureScope, OneRosterFailure } from "./oneroster/failures.ts";

export type OneRosterServerOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly directory: DemoDirectory;
  /** Served in place of the directory. */
  readonly sized?: SizedDirectory;
  readonly tokenLifetimeSeconds?: number;
  /** Not every provider sends these two; on unless told. */
  readonly totalCountHeader?: boolean;
  readonly linkHeader?: boolean;
  /** The portal's `/schools/{id}/users`; off makes the server answer 404 there, as the standard has it. */
  readonly schoolUsers?: boolean;
  readonly version?: DemoVersion;
  /** `oauth1`: every request is signed, and there are no tokens. */
  readonly authorisation?: "oauth2" | "oauth1";
  /** Where `filter` is honoured; elsewhere it is ignored, as some servers do. Everywhere unless told. */
  readonly filters?: "everywhere" | "perSchool" | "nowhere";
  /** Lets other processes change the directory; off unless told. */
  readonly control?: boolean;
};

export type OneRosterServer = {
  /** Ends in the root of the version, without a slash. */
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly directory: DirectoryHandle;
  /** Data requests answered or failed so far, to show that a read without changes costs little. */
  readonly requestCount: () => number;
  setFailure(failure: OneRosterFailure, scope?: FailureScope): void;
  /** Makes every token given out so far useless. */
  revokeTokens(): void;
  stop(): Promise<void>;
};

export async function startOneRosterServer(options: OneRosterServerOptions): Promise<OneRosterServer> {
  const { clientId, clientSecret, tokenLifetimeSeconds = 3600 } = options;
  const directory = createDirectoryHandle(options.directory);
  const version = options.version ?? "1.1";
  const root = ROOTS[version];
  const tokens = createTokenIssuer({ clientId, clientSecret, tokenLifetimeSeconds, version });
  const signatures = createSignatureChecker({ clientId, clientSecret });
  const controlled = { directory, failures: createFailures(), revokeTokens: () => tokens.revokeAll() };
  const { failures } = controlled;
  let origin = "";
  let requests = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", origin);
    const isCommand = url.pathname === CONTROL_PATH && options.control === true && request.method === "POST";
    if (url.pathname.startsWith(root)) requests += 1;
    if (!isCommand && failures.apply(request, response)) return;
    if (url.pathname === TOKEN_PATH && request.method === "POST") {
      const { status, body } = await tokens.issue(request);
      sendJson(response, status, body, { "Cache-Control": "no-store" });
      return;
    }
    try {
      if (isCommand) {
        sendJson(response, 200, { made: control(controlled, await readCommand(request)) });
        return;
      }
      authorize(request, url);
      if (request.method !== "GET") throw new OneRosterError(405, "unsupported", "This server can only be read.");
      sendData(response, url);
    } catch (error) {
      if (!(error instanceof OneRosterError)) throw error;
      sendJson(response, error.status, error.body);
    }
  }

  function authorize(request: IncomingMessage, url: URL): void {
    if (options.authorisation === "oauth1") {
      if (signatures.check(request.method ?? "", url, request.headers.authorization)) return;
      throw new OneRosterError(401, "unauthorisedrequest", "The signature is missing or wrong.");
    }
    const state = tokens.check(request.headers.authorization);
    if (state === "unknown")
      throw new OneRosterError(401, "unauthorisedrequest", "The access token is missing or expired.");
    if (state === "insufficientScope")
      throw new OneRosterError(403, "forbidden", "The token's scope does not cover rosters.");
  }

  function sendData(response: ServerResponse, url: URL): void {
    const { schoolUsers = true, sized } = options;
    const found = findList(sized ?? directory.current, pathBelow(root, url.pathname), { schoolUsers, version });
    if ("record" in found) {
      sendJson(response, 200, { [found.envelope]: found.record });
      return;
    }
    const { filters = "everywhere" } = options;
    const isHonoured = filters === "everywhere" || (filters === "perSchool" && found.ofSchool);
    if (!isHonoured) url.searchParams.delete("filter");
    const page = found.query(url.searchParams);
    sendJson(
      response,
      200,
      { [found.envelope]: page.items },
      {
        ...((options.totalCountHeader ?? true) && { "X-Total-Count": String(page.total) }),
        ...((options.linkHeader ?? true) && { Link: links(url, page) }),
      },
    );
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(`OneRoster demo server: ${String(error)}\n`);
      if (response.headersSent) response.destroy();
      else
        sendJson(response, 500, {
          imsx_codeMajor: "failure",
          imsx_severity: "error",
          imsx_description: "Internal error.",
        });
    });
  });
  origin = `http://127.0.0.1:${String(await listen(server, options.port))}`;

  return {
    baseUrl: `${origin}${root}`,
    tokenUrl: `${origin}${TOKEN_PATH}`,
    directory,
    requestCount: () => requests,
    setFailure(failure, scope) {
      failures.set(failure, scope);
    },
    revokeTokens() {
      tokens.revokeAll();
    },
    stop: () => close(server),
  };
}

/** RFC 8288, with the relations that the standard names. */
function links(url: URL, page: Page<object>): string {
  const at = (offset: number, relation: string): string => {
    const target = new URL(url);
    target.searchParams.set("limit", String(page.limit));
    target.searchParams.set("offset", String(offset));
    return `<${target.href}>; rel="${relation}"`;
  };
  const last = Math.max(0, Math.ceil(page.total / page.limit) - 1) * page.limit;
  return [
    ...(page.offset + page.limit < page.total ? [at(page.offset + page.limit, "next")] : []),
    ...(page.offset > 0 ? [at(Math.max(0, page.offset - page.limit), "prev")] : []),
    at(0, "first"),
    at(last, "last"),
  ].join(", ");
}

function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}
