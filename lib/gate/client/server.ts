// The side of the gate that chat clients see: finds the endpoint, asks Synapse who calls, reads what that person may see.
import type { IncomingMessage, ServerResponse } from "node:http";
import type pg from "pg";
import { isDatabaseAway } from "#lib/db/connection.ts";
import { log, newCorrelationId } from "#lib/log/log.ts";
import { readBody, TooLarge } from "../body.ts";
import { Callers } from "./callers.ts";
import { endpoints, OPENAPI_PATH, PREFIX, type Asked, type Endpoint } from "./endpoints.ts";
import { CORS, sendAnswer, type ClientAnswer } from "./http.ts";
import { openApiDocument } from "./openapi.ts";
import { ClientRefusal, INVALID, NOT_UNDERSTOOD, TRY_LATER, UNKNOWN_ADDRESS, UNKNOWN_METHOD } from "./refusals.ts";
import { askingPool, readSeenSchools } from "./view.ts";

export type ClientOptions = {
  readonly synapseUrl: string;
  readonly serverName: string;
  /** Apart from that of the decisions, which must never wait behind a list. */
  readonly clientPool: pg.Pool;
};

/** The client calls this before it searches for people, and searches only if it succeeded. There are no public rooms. */
const NO_ROOMS = JSON.stringify({ chunk: [], total_room_count_estimate: 0 });

type Found = { readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> };

/** Any version of the client API: the proxy sends all of them here. */
const ANY_VERSION =
  /^\/_matrix\/client\/(?:api\/v1|unstable\/[^/]*\.[^/]*|[^/]+)\/(user_directory\/search|publicRooms)$/;

function normalised(path: string): string {
  const withoutSlash = path.endsWith("/") ? path.slice(0, -1) : path;
  const rest = ANY_VERSION.exec(withoutSlash)?.[1];
  return rest === undefined ? withoutSlash : `/_matrix/client/v3/${rest}`;
}

function matched(template: string, path: string): Record<string, string> | null {
  const [wanted, given] = [template.split("/"), path.split("/")];
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = given[index] ?? "";
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== segment) return null;
    if (name !== undefined) params[name] = decoded(segment);
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw INVALID();
  }
}

function findEndpoint(method: string, path: string): Found {
  const fitting = endpoints.flatMap((endpoint): Found[] => {
    const params = matched(endpoint.path, path);
    return params ? [{ endpoint, params }] : [];
  });
  const [first] = fitting;
  if (!first) throw UNKNOWN_ADDRESS();
  if (first.endpoint.method !== (method === "HEAD" ? "GET" : method)) throw UNKNOWN_METHOD();
  return first;
}

/** One value a name: a name twice means something else to every reader. */
function queryOf(search: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (Object.hasOwn(query, name)) throw INVALID();
    query[name] = value;
  }
  return query;
}

/** The gate's address book. `isMine` tells which requests are. */
export function startClientSide(options: ClientOptions) {
  const callers = new Callers(options);
  const ask = askingPool(options.clientPool);
  const document = JSON.stringify(openApiDocument());

  async function answer(request: IncomingMessage): Promise<string> {
    const [path, search] = splitUrl(request.url ?? "");
    const method = request.method ?? "";
    if (path === "/_matrix/client/v3/publicRooms") return NO_ROOMS;
    if (path === OPENAPI_PATH && (method === "GET" || method === "HEAD")) return document;
    const { endpoint, params } = findEndpoint(method, path);
    const localpart = await callers.localpartOf(request.headers.authorization);
    const asked: Asked = { params, query: queryOf(search), body: endpoint.body ? await bodyOf(request) : null };
    const schools = await readSeenSchools(options.clientPool, localpart);
    return await endpoint.answer({ ask, schools, serverName: options.serverName }, asked);
  }

  return {
    isMine: (url: string): boolean => {
      const [path] = splitUrl(url);
      return `${path}/`.startsWith(`${PREFIX}/`) || path.startsWith("/_matrix/client/");
    },
    respond: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      if (request.method === "OPTIONS") {
        response.writeHead(204, CORS);
        response.end();
        return;
      }
      let result: ClientAnswer;
      try {
        result = { status: 200, text: await answer(request) };
      } catch (error) {
        result = refused(request, error);
      }
      await sendAnswer(request, response, result);
    },
  };
}

function splitUrl(url: string): [path: string, search: string] {
  const at = url.indexOf("?");
  return at < 0 ? [normalised(url), ""] : [normalised(url.slice(0, at)), url.slice(at + 1)];
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof TooLarge) throw new ClientRefusal(413, "M_TOO_LARGE", "Anfrage zu groß.");
    throw NOT_UNDERSTOOD();
  }
}

/** The address is not logged: it names whom somebody looks for. */
function refused(request: IncomingMessage, error: unknown): ClientAnswer {
  const id = newCorrelationId();
  const refusal = error instanceof ClientRefusal ? error : TRY_LATER(error);
  const facts = { correlationId: id, method: request.method, status: refusal.status, errcode: refusal.errcode };
  if (refusal.status >= 500) log.error({ ...facts, err: error, away: isDatabaseAway(error) }, "no address book");
  else log.info(facts, "address book refused");
  return {
    status: refusal.status,
    text: JSON.stringify({ errcode: refusal.errcode, error: `${refusal.message} (${id})` }),
  };
}
