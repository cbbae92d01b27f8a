// How much is taken whole within a minute. A flood shall fill no disk, and whoever makes one shall take nothing from the
// others: a whole school may share one address, and the client does not try again.
import { createHash } from "node:crypto";

const MINUTE_MS = 60_000;
/** What an access token can look like; whether it is one, only Synapse knows. */
const TOKEN = /^[\w.~+/-]{16,2048}={0,2}$/;

export type ReportLimits = {
  /** Reports of one reporter; of more, the text alone is kept. */
  readonly perReporter: number;
  /** Reports of one address that come without a token; more are refused. */
  readonly tokenlessPerAddress: number;
  /** Of one address, whoever reports: beyond it texts alone are kept, and beyond its double nothing. */
  readonly bytesPerAddress: number;
};

/** What is kept of a report. */
export type Share = "whole" | "text" | "nothing";

/** Counts are forgotten with their minute; addresses are kept nowhere else, and tokens not even here. */
export class ReportShares {
  readonly #limits: ReportLimits;
  readonly #reports = new Map<string, number>();
  readonly #bytes = new Map<string, number>();
  #minute = 0;

  constructor(limits: ReportLimits) {
    this.#limits = limits;
  }

  /** Counts the report. */
  of(address: string, token: string | null, now: number = Date.now()): Share {
    this.#turn(now);
    const { perReporter, tokenlessPerAddress, bytesPerAddress } = this.#limits;
    const bytes = this.#bytes.get(address) ?? 0;
    if (bytes >= 2 * bytesPerAddress) return "nothing";
    if (token === null || !TOKEN.test(token)) {
      if (this.#count(`address ${address}`) > tokenlessPerAddress) return "nothing";
    } else if (this.#count(`reporter ${hashOf(token)}`) > perReporter) return "text";
    return bytes >= bytesPerAddress ? "text" : "whole";
  }

  /** Counts what was kept of a report. */
  kept(address: string, bytes: number, now: number = Date.now()): void {
    this.#turn(now);
    this.#bytes.set(address, (this.#bytes.get(address) ?? 0) + bytes);
  }

  #count(key: string): number {
    const count = (this.#reports.get(key) ?? 0) + 1;
    this.#reports.set(key, count);
    return count;
  }

  #turn(now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#reports.clear();
    this.#bytes.clear();
    this.#minute = minute;
  }
}

const hashOf = (token: string) => createHash("sha256").update(token).digest("base64url");
