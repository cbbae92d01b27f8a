// Shows the first provisioning on the terminal until it is done; then says so, once.
import { setTimeout as delay } from "node:timers/promises";
import { withClient } from "./postgres.ts";
import type { Progress } from "./progress.ts";
import { isProvisioned, provisioningSentence, readProvisioning } from "./provisioning-progress.ts";

const INTERVAL_MS = 1_000;

export async function watchProvisioning(databaseUrl: string, progress: Progress, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const done = await withClient(databaseUrl, async (client) => {
        const state = await readProvisioning(client);
        if (!isProvisioned(state)) progress.live(provisioningSentence(state));
        return isProvisioned(state) ? provisioningSentence(state) : undefined;
      });
      if (done !== undefined) {
        progress.live("");
        progress.line(`${done}: done`);
        return;
      }
    } catch (error) {
      // the database may be away for a moment; whoever depends on it says so
      progress.live(`provisioning: cannot be seen now (${error instanceof Error ? error.message : String(error)})`);
    }
    await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}
