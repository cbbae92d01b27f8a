// Takes abuse reports from chat clients. The client shows success whatever happens and never tries again (client
// contract §5), so: keep first, encrypted, in PostgreSQL or else on this gate's disk; answer; everything else is the
// worker's.
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import pg from "pg";
import { repeat, type Repeating } from "#lib/jobs/intervals.ts";
import { log } from "#lib/log/log.ts";
import { noteDamagedFiles, storeIntake } from "#lib/reports/intake-store.ts";
import { parseReportPath, type TakenReport } from "#lib/reports/intake.ts";
import { seal, type KeyRing } from "#lib/reports/sealing.ts";
import { Spool, SpoolFullError, type OpenFile, type SealedReport } from "#lib/reports/spool.ts";
import { keptOf, readReport } from "./report-body.ts";
import { ReportShares, type ReportLimits } from "./report-limits.ts";

const DRAIN_INTERVAL_MS = 1_000;
/** Files that cannot be read lie for days; that somebody has taken one away may be seen a little later. */
const DAMAGE_INTERVAL_MS = 60_000;

export type ReportIntakeOptions = {
  /** Apart from the pool of decisions, so that neither waits for the other. The caller ends it. */
  readonly pool: pg.Pool;
  readonly keys: KeyRing;
  readonly spoolFolder: string;
  readonly spoolLimitBytes: number;
  readonly limits: ReportLimits;
  /** Opens the spool's files; Node's own unless told. */
  readonly openFile?: OpenFile;
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

export class ReportIntake {
  readonly #options: ReportIntakeOptions;
  readonly #spool: Spool;
  readonly #shares: ReportShares;
  readonly #draining: Repeating;
  readonly #noting: Repeating;
  #mayHaveSpooled = true;

  private constructor(options: ReportIntakeOptions, spool: Spool) {
    this.#options = options;
    this.#spool = spool;
    this.#shares = new ReportShares(options.limits);
    this.#draining = repeat(() => this.#drain());
    this.#noting = repeat(() => this.#noteDamage());
  }

  static async open(options: ReportIntakeOptions): Promise<ReportIntake> {
    const { spoolFolder: folder, spoolLimitBytes: limitBytes, openFile } = options;
    return new ReportIntake(options, await Spool.open({ folder, limitBytes, openFile }));
  }

  static isReport(method: string | undefined, path: string): boolean {
    return method === "POST" && parseReportPath(path) !== null;
  }

  /** Resolves when the report can no longer be lost; with 429 or an error the proxy hands it to Synapse. */
  async take(request: IncomingMessage, path: string): Promise<IntakeAnswer> {
    const forwarded = request.headers["x-forwarded-for"];
    const address = (Array.isArray(forwarded) ? forwarded[0] : forwarded) ?? request.socket.remoteAddress ?? "";
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
    const share = this.#shares.of(address, token);
    if (share === "nothing") {
      request.resume();
      return LIMITED;
    }
    const report = this.#sealed({ path, token, ...keptOf(await readReport(request), share) });
    this.#shares.kept(address, report.sealed.length);
    try {
      await storeIntake(this.#options.pool, report);
      return ACCEPTED;
    } catch (error) {
      log.warn({ err: error, reportId: report.id }, "database away, report kept on disk");
    }
    try {
      await this.#spool.keep(report);
      return ACCEPTED;
    } catch (error) {
      log.error({ err: error, reportId: report.id }, "report could not be kept");
      if (error instanceof SpoolFullError) return LIMITED;
      throw error;
    } finally {
      // not earlier: a round that ends while the file is still being written sees nothing of it
      this.#mayHaveSpooled = true;
    }
  }

  /** Waits for the round in progress. What is still on disk comes in with the next start. */
  async stop(): Promise<void> {
    await Promise.all([this.#draining.stop(), this.#noting.stop()]);
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
      const { count, damaged } = await this.#spool.drain((report) => this.#bringIn(report));
      if (count > 0) log.info({ count }, "reports brought in from disk");
      if (damaged > 0) this.#noting.poke();
    } catch (error) {
      this.#mayHaveSpooled = true;
      log.warn({ err: error }, "reports wait on disk");
    }
    return DRAIN_INTERVAL_MS;
  }

  /** @returns false if PostgreSQL can never hold it. @throws if it cannot now */
  async #bringIn(report: SealedReport): Promise<boolean> {
    try {
      await storeIntake(this.#options.pool, report);
      return true;
    } catch (error) {
      // class 22: what stands in it is no value of its column
      if (!(error instanceof pg.DatabaseError) || error.code?.startsWith("22") !== true) throw error;
      log.error({ err: error, reportId: report.id }, "PostgreSQL cannot hold a spooled report");
      return false;
    }
  }

  async #noteDamage(): Promise<number> {
    try {
      await noteDamagedFiles(this.#options.pool, this.#spool.place, await this.#spool.damaged());
      return DAMAGE_INTERVAL_MS;
    } catch (error) {
      log.warn({ err: error }, "damaged reports on disk cannot be made known");
      return DRAIN_INTERVAL_MS;
    }
  }
}
