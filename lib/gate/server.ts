// The gate's HTTP surface: one POST a question for Synapse's module, empty answers for the client calls that the proxy
// sends here, and a health check. In doubt it refuses: a broken request, an unknown caller, a database that is away.
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type pg from "pg";
import { isDatabaseAway } from "#lib/db/client.ts";
import { log, newCorrelationId } from "#lib/log/log.ts";
import { deciders, type GateContext, type Verdict } from "./decide.ts";
import { isQuestionName, questions, type QuestionName } from "./protocol.ts";
import { asJoinRefusal, TRY_AGAIN, type Refusal } from "./refusals.ts";
import { RefusalCounts } from "./refusal-counts.ts";
import { ReportIntake } from "./report-intake.ts";

/** A createRoom request with hundreds of invitees stays far below. */
const BODY_LIMIT_BYTES = 256 * 1024;
const BODY_TIMEOUT_MS = 2_000;
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
};
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

/** Reads to the end even what is too long: a connection closed in the middle would swallow the answer. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => request.destroy(notUnderstood()), BODY_TIMEOUT_MS);
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) throw notUnderstood();
      size += chunk.length;
      if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  if (size > BODY_LIMIT_BYTES) throw new BadRequest(413, "M_TOO_LARGE", "Anfrage zu groß.");
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw notUnderstood();
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

/** In doubt a refusal; a join is refused with M_FORBIDDEN whatever happened. */
function inDoubt(name: QuestionName): Refusal {
  return name === "join" ? asJoinRefusal(TRY_AGAIN) : TRY_AGAIN;
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
    log.error({ correlationId: id, question: name, err: error, away: isDatabaseAway(error) }, "no decision, refused");
    const refusal = inDoubt(name);
    return { status: 403, body: { ...refusal, error: `${refusal.error} (${id})` } };
  }
}

/** Client calls that the proxy sends here. People search answers nobody until the address book does (route table). */
const CLIENT_ANSWERS: readonly { readonly path: RegExp; readonly body: object }[] = [
  { path: /\/user_directory\/search$/, body: { limited: false, results: [] } },
  { path: /\/publicRooms$/, body: { chunk: [], total_room_count_estimate: 0 } },
];

async function answer(options: GateOptions, counts: RefusalCounts, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  if (path === "/healthz") {
    await options.pool.query("SELECT 1");
    return { status: 200, body: { status: "ok" } };
  }
  const clientAnswer = CLIENT_ANSWERS.find((candidate) => candidate.path.test(path));
  if (clientAnswer) return { status: 200, body: clientAnswer.body };
  if (ReportIntake.isReport(request.method, path)) return await options.reports.take(request, path);
  const name = path.slice(PREFIX.length);
  if (request.method !== "POST" || !path.startsWith(PREFIX) || !isQuestionName(name)) {
    throw new BadRequest(404, "M_UNRECOGNIZED", "Unbekannte Adresse.");
  }
  // digests have one length, so that the comparison takes the same time for every guess
  if (!timingSafeEqual(digest(request.headers.authorization ?? ""), digest(`Bearer ${options.secret}`))) {
    throw new BadRequest(401, "M_UNKNOWN_TOKEN", "Zugriff verweigert.");
  }
  return await decide(options, counts, name, await readBody(request));
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

/** Starts listening. The pool stays the caller's. */
export async function startGate(options: GateOptions): Promise<RunningGate> {
  const counts = new RefusalCounts(options.pool);
  const server: Server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      void respond(options, counts, request, response);
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
