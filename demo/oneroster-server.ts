/**
 * A OneRoster 1.1 server over the demo's directory, in the dialect of the state's portal: boolean `enabled`, bare `href`s,
 * and a list of a school's users that the standard does not have. It can fail on request, and its directory can change while it runs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { DemoDirectory } from "./data/types.ts";
import { close, listen } from "./http.ts";
import { createDirectoryHandle, type DirectoryHandle } from "./oneroster/directory-handle.ts";
import { OneRosterError } from "./oneroster/errors.ts";
import { type Page, runQuery } from "./oneroster/query.ts";
import { createTokenIssuer } from "./oneroster/tokens.ts";

const ROOT = "/ims/oneroster/v1p1";
const TOKEN_PATH = "/oauth2/token";

/** `html`: a proxy's page with status 200; `down`: the connection breaks; `rate-limited`: 429 with Retry-After. */
export type OneRosterFailure = "none" | "html" | "down" | "rate-limited";

export type FailureScope = {
  /** Requests that still succeed, to fail in the middle of a read. */
  readonly afterRequests?: number;
  /** Requests that then fail; all if not given. */
  readonly forRequests?: number;
};

export type OneRosterServerOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly directory: DemoDirectory;
  readonly tokenLifetimeSeconds?: number;
  /** Not every provider sends these two; on unless told. */
  readonly totalCountHeader?: boolean;
  readonly linkHeader?: boolean;
  /** The portal's `/schools/{id}/users`; off makes the server answer 404 there, as the standard has it. */
  readonly schoolUsers?: boolean;
};

export type OneRosterServer = {
  /** Ends in `/ims/oneroster/v1p1`, without a slash. */
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
  const tokens = createTokenIssuer({ clientId, clientSecret, tokenLifetimeSeconds });
  const failures = createFailures();
  let origin = "";
  let requests = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", origin);
    if (url.pathname.startsWith(ROOT)) requests += 1;
    if (failures.apply(request, response)) return;
    if (url.pathname === TOKEN_PATH && request.method === "POST") {
      const { status, body } = await tokens.issue(request);
      sendJson(response, status, body, { "Cache-Control": "no-store" });
      return;
    }
    try {
      authorize(request);
      if (request.method !== "GET") throw new OneRosterError(405, "unsupported", "This server can only be read.");
      sendData(response, url);
    } catch (error) {
      if (!(error instanceof OneRosterError)) throw error;
      sendJson(response, error.status, error.body);
    }
  }

  function authorize(request: IncomingMessage): void {
    const state = tokens.check(request.headers.authorization);
    if (state === "unknown")
      throw new OneRosterError(401, "unauthorisedrequest", "The access token is missing or expired.");
    if (state === "insufficientScope")
      throw new OneRosterError(403, "forbidden", "The token's scope does not cover rosters.");
  }

  function sendData(response: ServerResponse, url: URL): void {
    const found = resolve(directory.current, url.pathname, options.schoolUsers ?? true);
    if ("record" in found) {
      sendJson(response, 200, { [found.envelope]: found.record });
      return;
    }
    const page = runQuery(found.records, url.searchParams);
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
    baseUrl: `${origin}${ROOT}`,
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

type Found = { envelope: string; records: readonly object[] } | { envelope: string; record: object };

const collections = ["orgs", "schools", "users", "students", "teachers", "classes", "enrollments"] as const;
type Collection = (typeof collections)[number];
const schoolCollections: ReadonlySet<string> = new Set(["users", "students", "teachers", "classes", "enrollments"]);

const envelopes: Readonly<Record<Collection, readonly [plural: string, singular: string]>> = {
  orgs: ["orgs", "org"],
  schools: ["orgs", "org"],
  users: ["users", "user"],
  students: ["users", "user"],
  teachers: ["users", "user"],
  classes: ["classes", "class"],
  enrollments: ["enrollments", "enrollment"],
};

function resolve(directory: DemoDirectory, path: string, schoolUsers: boolean): Found {
  const unknown = new OneRosterError(404, "unknownobject", `There is nothing at ${path}.`);
  if (!path.startsWith(`${ROOT}/`)) throw unknown;
  const [name = "", id, inside, ...rest] = path
    .slice(ROOT.length + 1)
    .split("/")
    .map(decodeSegment);
  const collection = collections.find((known) => known === name);
  if (collection === undefined || rest.length > 0) throw unknown;

  const [plural, singular] = envelopes[collection];
  const records = recordsOf(directory, collection);
  if (id === undefined) return { envelope: plural, records };
  const record = records.find((candidate) => candidate.sourcedId === id);
  if (record === undefined) throw unknown;
  if (inside === undefined) return { envelope: singular, record };

  const ofSchool = collections.find((known) => known === inside);
  const offered = collection === "schools" && schoolCollections.has(inside) && (schoolUsers || inside !== "users");
  if (ofSchool === undefined || !offered) throw unknown;
  return {
    envelope: envelopes[ofSchool][0],
    records: recordsOf(directory, ofSchool).filter((candidate) => belongsTo(candidate, id)),
  };
}

function recordsOf(directory: DemoDirectory, collection: Collection) {
  switch (collection) {
    case "orgs":
    case "schools":
      return directory.orgs;
    case "users":
      return directory.users;
    case "students":
    case "teachers":
      return directory.users.filter((user) => `${user.role}s` === collection);
    case "classes":
      return directory.classes;
    case "enrollments":
      return directory.enrollments;
  }
}

function belongsTo(record: ReturnType<typeof recordsOf>[number], schoolId: string): boolean {
  if ("orgs" in record) return record.orgs.some((org) => org.href === schoolId);
  return "school" in record && record.school.href === schoolId;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
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

function createFailures() {
  let failure: OneRosterFailure = "none";
  let untilFailing = 0;
  let remaining = Number.POSITIVE_INFINITY;

  return {
    set(next: OneRosterFailure, scope: FailureScope = {}): void {
      failure = next;
      untilFailing = scope.afterRequests ?? 0;
      remaining = scope.forRequests ?? Number.POSITIVE_INFINITY;
    },
    /** Tells whether it has dealt with the request. */
    apply(request: IncomingMessage, response: ServerResponse): boolean {
      if (failure === "none" || remaining <= 0) return false;
      if (untilFailing > 0) {
        untilFailing -= 1;
        return false;
      }
      remaining -= 1;
      if (failure === "down") {
        request.socket.destroy();
      } else if (failure === "html") {
        response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
        response.end(
          "<!DOCTYPE html><title>Wartung</title><h1>Wartungsarbeiten</h1><p>Bitte versuchen Sie es später.</p>",
        );
      } else {
        const { body } = new OneRosterError(429, "server_busy", "Too many requests.");
        sendJson(response, 429, body, { "Retry-After": "1" });
      }
      return true;
    },
  };
}
