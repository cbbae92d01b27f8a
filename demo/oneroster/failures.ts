/** The ways in which the demo's OneRoster server fails on request, each as a real one does. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { OneRosterError } from "./errors.ts";

export const FAILURES = [
  "none",
  "html", // a proxy's page with status 200
  "down", // the connection breaks
  "rate-limited", // 429 with Retry-After
  "half-page", // the body breaks off in the middle
  "wrong-type", // the right body, called text/plain
  "error-body", // an error with status 200
  "server-error", // 500
  "empty", // a list without records
  "silent", // no answer at all
] as const;
export type OneRosterFailure = (typeof FAILURES)[number];

export type FailureScope = {
  /** Requests that still succeed, to fail in the middle of a read. */
  readonly afterRequests?: number | undefined;
  /** Requests that then fail; all if not given. */
  readonly forRequests?: number | undefined;
  /** Only requests whose path ends so; the others do not count. */
  readonly pathEnd?: string | undefined;
};

export type Failures = {
  set(next: OneRosterFailure, scope?: FailureScope): void;
  /** Tells whether it has dealt with the request. */
  apply(request: IncomingMessage, response: ServerResponse): boolean;
};

export function createFailures(): Failures {
  let failure: OneRosterFailure = "none";
  let untilFailing = 0;
  let remaining = Number.POSITIVE_INFINITY;
  let pathEnd = "";

  return {
    set(next, scope = {}) {
      failure = next;
      untilFailing = scope.afterRequests ?? 0;
      remaining = scope.forRequests ?? Number.POSITIVE_INFINITY;
      pathEnd = scope.pathEnd ?? "";
    },
    apply(request, response) {
      const path = (request.url ?? "").replace(/\?.*$/s, "");
      if (failure === "none" || remaining <= 0 || !path.endsWith(pathEnd)) return false;
      if (untilFailing > 0) {
        untilFailing -= 1;
        return false;
      }
      remaining -= 1;
      fail(failure, path, request, response);
      return true;
    },
  };
}

function fail(
  failure: Exclude<OneRosterFailure, "none">,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const send = (status: number, type: string, body: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { "Content-Type": type, ...headers });
    response.end(body);
  };
  const last = path.split("/").at(-1) ?? "";
  const envelope = last === "schools" ? "orgs" : last;
  switch (failure) {
    case "down":
      request.socket.destroy();
      return;
    case "html":
      send(200, "text/html; charset=utf-8", "<!DOCTYPE html><title>Wartung</title><h1>Wartungsarbeiten</h1>");
      return;
    case "rate-limited": {
      const { body } = new OneRosterError(429, "server_busy", "Too many requests.");
      send(429, "application/json", JSON.stringify(body), { "Retry-After": "1" });
      return;
    }
    case "half-page":
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
      response.write(`{"${envelope}":[{"sourcedId":"p-1","status":"act`);
      response.destroy();
      return;
    case "wrong-type":
      send(200, "text/plain", `{"${envelope}":[]}`);
      return;
    case "error-body": {
      const { body } = new OneRosterError(200, "server_busy", "Please try again later.");
      send(200, "application/json", JSON.stringify(body));
      return;
    }
    case "server-error":
      send(500, "application/json", "{}");
      return;
    case "empty":
      send(200, "application/json", `{"${envelope}":[]}`, { "X-Total-Count": "0" });
      return;
    case "silent":
      return;
    default:
      failure satisfies never;
  }
}
