// Takes abuse reports from chat clients. The client shows success whatever happens and never tries again (client
// contract §5), so: keep first, encrypted, in PostgreSQL or else on this gate's disk; answer; everything else is the
// worker's.
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type pg from "pg";
import { repeat, type Repeating } from "#lib/jobs/intervals.ts";
import { log } from "#lib/log/log.ts";
import { storeIntake } from "#lib/reports/intake-store.ts";
import { parseReportPath, type TakenReport } from "#lib/reports/intake.ts";
import { seal, type KeyRing } from "#lib/reports/sealing.ts";
import { Spool, SpoolFullError, type SealedReport } from "#lib/reports/spool.ts";
import { AddressLimit } from "./address-limit.ts";

/** As much as Synapse takes of any request; of more, the report stays and its content does not. */
const KEPT_BODY_BYTES = 13 * 1024 * 1024;
/** A phone in a staircase may take this long to hand in its screenshot. */
const BODY_TIMEOUT_MS = 60_000;
const DRAIN_INTERVAL_MS = 1_000;

export type ReportIntakeOptions = {
  /** Apart from the pool of decisions, so that neither waits for the other. The caller ends it. */
  readonly pool: pg.Pool;
  readonly keys: KeyRing;
  readonly spoolFolder: string;
  readonly spoolLimitBytes: number;
  /** Reports that one address may hand in within a minute; a whole school may share one. */
  readonly perAddressAMinute: number;
};

export type IntakeAnswer = { readonly status: 200 | 429 | 503; readonly body: object };

const ACCEPTED: IntakeAnswer = { status: 200, body: {} };
const LIMITED: IntakeAnswer = {
  status: 429,
  body: {
    errcode: "M_LIMIT_EXCEEDED",
    error: "Zu viele Meldungen auf einmal. Bitte versuchen Sie es in einer Minute noch einmal.",
    retry_after_ms: 60_000,
  },
};

/** What the client sent, as far as it arrived. */
async function readKept(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => request.destroy(new Error("the report did not arrive in time")), BODY_TIMEOUT_MS);
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      // read to the end all the same: a connection closed in the middle would swallow the answer
      if (bytes > KEPT_BODY_BYTES) chunks.length = 0;
      else chunks.push(chunk);
    }
  } catch (error) {
    // the connection broke: which message was reported is known from the address
    log.warn({ err: error, bytes }, "the content of a report did not arrive whole");
    return null;
  } finally {
    clearTimeout(timer);
  }
  return bytes > KEPT_BODY_BYTES ? null : Buffer.concat(chunks).toString("utf8");
}

export class ReportIntake {
  readonly #options: ReportIntakeOptions;
  readonly #spool: Spool;
  readonly #limit: AddressLimit;
  readonly #draining: Repeating;
  #mayHaveSpooled = true;

  private constructor(options: ReportIntakeOptions, spool: Spool) {
    this.#options = options;
    this.#spool = spool;
    this.#limit = new AddressLimit(options.perAddressAMinute);
    this.#draining = repeat(() => this.#drain());
  }

  static async open(options: ReportIntakeOptions): Promise<ReportIntake> {
    return new ReportIntake(options, await Spool.open(options.spoolFolder, options.spoolLimitBytes));
  }

  static isReport(method: string | undefined, path: string): boolean {
    return method === "POST" && parseReportPath(path) !== null;
  }

  /** Resolves when the report can no longer be lost. */
  async take(request: IncomingMessage, path: string): Promise<IntakeAnswer> {
    const forwarded = request.headers["x-forwarded-for"];
    const address = (Array.isArray(forwarded) ? forwarded[0] : forwarded) ?? request.socket.remoteAddress ?? "";
    if (!this.#limit.admits(address)) {
      request.resume();
      return LIMITED;
    }
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
    const body = await readKept(request);
    const report = this.#sealed({ path, token, body });
    try {
      await storeIntake(this.#options.pool, report);
      return ACCEPTED;
    } catch (error) {
      log.warn({ err: error, reportId: report.id }, "database away, report kept on disk");
    }
    try {
      this.#mayHaveSpooled = true;
      await this.#spool.keep(report);
      return ACCEPTED;
    } catch (error) {
      log.error({ err: error, reportId: report.id }, "report could not be kept");
      if (error instanceof SpoolFullError) return LIMITED;
      throw error;
    }
  }

  /** Waits for the round in progress. What is still on disk comes in with the next start. */
  async stop(): Promise<void> {
    await this.#draining.stop();
  }

  #sealed(taken: TakenReport): SealedReport {
    const id = randomUUID();
    const { keyId, bytes } = seal(this.#options.keys, id, Buffer.from(JSON.stringify(taken)));
    return { id, receivedAt: new Date(), keyId, sealed: bytes };
  }

  async #drain(): Promise<number> {
    if (!this.#mayHaveSpooled) return DRAIN_INTERVAL_MS;
    try {
      this.#mayHaveSpooled = false;
      const count = await this.#spool.drain((report) => storeIntake(this.#options.pool, report));
      if (count > 0) log.info({ count }, "reports brought in from disk");
    } catch (error) {
      this.#mayHaveSpooled = true;
      log.warn({ err: error }, "reports wait on disk");
    }
    return DRAIN_INTERVAL_MS;
  }
}
