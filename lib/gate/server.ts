// The gate's HTTP surface: one POST a question for Synapse's module, the address book for chat clients, and a health
// check. In doubt it refuses: a broken request, an unknown caller, a database that is away.
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type pg from "pg";
import { isDatabaseAway } from "#lib/db/connection.ts";
import { log, newCorrelationId } from "#lib/log/log.ts";
import { readBody, TooLarge } from "./body.ts";
import { startClientSide, type ClientOptions } from "./client/server.ts";
import { deciders, type GateContext, type Verdict } from "./decide.ts";
import { isQuestionName, questions, type QuestionName } from "./protocol.ts";
import { asMembershipRefusal, TRY_AGAIN, type Refusal } from "./refusals.ts";
import { RefusalCounts } from "./refusal-counts.ts";
import { ReportIntake } from "./report-intake.ts";

/** Of a whole request; above what a report may take (report-intake.ts). */
const REQUEST_TIMEOUT_MS = 65_000;
const KEEP_ALIVE_MS = 75_000;
const PREFIX = "/gate/v1/";

export type GateOptions = {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly secret: string;
  readonly serverName: string;
  readonly pool: pg.Pool;
  /** Takes abuse reports; the caller stops it after the gate. */
  readonly reports: ReportIntake;
} & ClientOptions;
export type RunningGate = { readonly port: number; readonly stop: () => Promise<void> };

type Answer = { readonly status: number; readonly body: object };

/** A request that is no question: answered with its status, an id, and nothing about anybody. */
class BadRequest extends Error {
  override readonly name = "BadRequest";
  readonly status: number;
  readonly errcode: string;

  constructor(status: number, errcode: string, message: string) {
    super(message);
    this.status = status;
    this.errcode = errcode;
  }
}
const notUnderstood = () => new BadRequest(400, "M_BAD_JSON", "Anfrage nicht verstanden.");

async function questionOf(request: IncomingMessage): Promise<unknown> {
  try {
    return await readBody(request);
  } catch (error) {
    throw error instanceof TooLarge ? new BadRequest(413, "M_TOO_LARGE", "Anfrage zu groß.") : notUnderstood();
  }
}

const digest = (text: string) => createHash("sha256").update(text).digest();

async function ask(gate: GateContext, name: QuestionName, body: unknown): Promise<Verdict> {
  const parsed = questions[name].safeParse(body);
  if (!parsed.success) throw notUnderstood();
  // the schema of this very name has just parsed it; TypeScript does not follow the name through the table
  const decide = deciders[name] as (gate: GateContext, question: unknown) => Promise<Verdict>;
  return await decide(gate, parsed.data);
}

/** In doubt a refusal, but for what would hold somebody in a room; a join is refused with M_FORBIDDEN whatever happened. */
function inDoubt(name: QuestionName): Refusal | undefined {
  if (name === "last_moderator" || name === "room_changed") return undefined;
  return name === "join" ? asMembershipRefusal(TRY_AGAIN) : TRY_AGAIN;
}

async function decide(gate: GateContext, counts: RefusalCounts, name: QuestionName, body: unknown): Promise<Answer> {
  try {
    const verdict = await ask(gate, name, body);
    if (!verdict) return { status: 200, body: {} };
    counts.count(name);
    return { status: 403, body: verdict };
  } catch (error) {
    if (error instanceof BadRequest) throw error;
    const id = newCorrelationId();
    const refusal = inDoubt(name);
    const outcome = refusal ? "no decision, refused" : "no decision, allowed";
    log.error({ correlationId: id, question: name, err: error, away: isDatabaseAway(error) }, outcome);
    if (!refusal) return { status: 200, body: {} };
    return { status: 403, body: { ...refusal, error: `${refusal.error} (${id})` } };
  }
}

async function answer(options: GateOptions, counts: RefusalCounts, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  if (path === "/healthz") {
    await options.pool.query("SELECT 1");
    return { status: 200, body: { status: "ok" } };
  }
  if (ReportIntake.isReport(request.method, path)) return await options.reports.take(request, path);
  const name = path.slice(PREFIX.length);
  if (request.method !== "POST" || !path.startsWith(PREFIX) || !isQuestionName(name)) {
    throw new BadRequest(404, "M_UNRECOGNIZED", "Unbekannte Adresse.");
  }
  // digests have one length, so that the comparison takes the same time for every guess
  if (!timingSafeEqual(digest(request.headers.authorization ?? ""), digest(`Bearer ${options.secret}`))) {
    throw new BadRequest(401, "M_UNKNOWN_TOKEN", "Zugriff verweigert.");
  }
  return await decide(options, counts, name, await questionOf(request));
}

async function respond(
  options: GateOptions,
  counts: RefusalCounts,
  request: IncomingMessage,
  response: ServerResponse,
) {
  let result: Answer;
  try {
    result = await answer(options, counts, request);
  } catch (error) {
    const id = newCorrelationId();
    log.warn({ correlationId: id, method: request.method, url: request.url, err: error }, "request refused");
    const { status, errcode, message } =
      error instanceof BadRequest ? error : new BadRequest(503, "M_UNKNOWN", "Gerade nicht möglich.");
    result = { status, body: { errcode, error: `${message} (${id})` } };
  }
  if (response.destroyed) return;
  const text = JSON.stringify(result.body);
  // what was not read of a refused body must not be taken for the next request
  const close = request.complete ? {} : { connection: "close" };
  response.writeHead(result.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...close,
  });
  response.end(text);
}

/** Starts listening. The pools stay the caller's. */
export async function startGate(options: GateOptions): Promise<RunningGate> {
  const counts = new RefusalCounts(options.pool);
  const clients = startClientSide(options);
  const server: Server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      const url = request.url ?? "";
      // reports have paths of the client API too, and must reach their intake whatever else is asked there
      const isReport = ReportIntake.isReport(request.method, url.split("?", 1)[0] ?? "");
      const responding =
        !isReport && clients.isMine(url)
          ? clients.respond(request, response)
          : respond(options, counts, request, response);
      responding.catch((error: unknown) => {
        // one answer that cannot be sent must not end the process, and with it all others
        log.error({ err: error, method: request.method }, "answer not sent");
        response.destroy();
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
      });
      await counts.stop();
    },
  };
}
