// The worker's part of taking reports in: verifies what gates have taken as it comes, and at an interval reads Synapse's
// own lists and deletes there what retention has deleted here. Any number of workers may do it at once.
import { readTokenFile } from "#lib/env/env.ts";
import { repeat } from "#lib/jobs/intervals.ts";
import { log } from "#lib/log/log.ts";
import type { RequestBudget } from "#lib/matrix/budget.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { SynapseUnreachable } from "#lib/matrix/errors.ts";
import { reporterApi, synapseReports } from "#lib/matrix/reports.ts";
import type { Database } from "#lib/db/client.ts";
import { pollReports } from "./poll.ts";
import { forgetAtSynapse } from "./retention.ts";
import type { KeyRing } from "./sealing.ts";
import { verifyNext, type VerifyDependencies } from "./verify.ts";

export type ReportWorkOptions = {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly serverName: string;
  readonly synapseUrl: string;
  readonly tokenFile: string;
  /** Of everything that the worker asks of Synapse. */
  readonly budget: RequestBudget;
  /** Half a minute and half a second unless told. */
  readonly pollIntervalMs?: number;
  readonly lookIntervalMs?: number;
};

const POLL_INTERVAL_MS = 30_000;
const LOOK_INTERVAL_MS = 500;
/** One reads a picture while another writes; more would only crowd out the gate. */
const PARALLEL = 2;

export function workOnReports(options: ReportWorkOptions): { readonly stop: () => Promise<void> } {
  const { db, keys, serverName, synapseUrl, tokenFile, budget } = options;
  const stopping = new AbortController();
  const reports = () => {
    const accessToken = readTokenFile(tokenFile);
    if (accessToken === undefined) return null;
    return synapseReports(connectMatrix({ baseUrl: synapseUrl, accessToken, budget }));
  };
  const dependencies: VerifyDependencies = {
    db,
    keys,
    serverName,
    synapse: () => {
      const api = reports();
      return api && { reports: api, asReporter: (token) => reporterApi(synapseUrl, token, budget) };
    },
  };

  const lookMs = options.lookIntervalMs ?? LOOK_INTERVAL_MS;
  const looking = Array.from({ length: PARALLEL }, () =>
    repeat(async () => {
      try {
        return (await verifyNext(dependencies)) ? 0 : lookMs;
      } catch (error) {
        log.warn({ err: error }, "reports cannot be looked at");
        return lookMs;
      }
    }),
  );
  const pollMs = options.pollIntervalMs ?? POLL_INTERVAL_MS;
  const polling = repeat(async () => {
    try {
      const api = reports();
      if (api === null) return pollMs;
      await pollReports({ db, keys, serverName, reports: api }, new Date(), stopping.signal);
      await forgetAtSynapse(db, api, stopping.signal);
    } catch (error) {
      if (!stopping.signal.aborted && !(error instanceof SynapseUnreachable)) {
        log.warn({ err: error }, "Synapse's reports cannot be looked after");
      }
    }
    return pollMs;
  });
  return {
    stop: async () => {
      stopping.abort(new Error("the worker stops"));
      await Promise.all([...looking.map((one) => one.stop()), polling.stop()]);
    },
  };
}
