// Whether an account can act at all. Apart from accounts.ts, because the Matrix Authentication Service leaves this with Synapse.
import { z } from "zod";
import { path, type MatrixConnection } from "./connection.ts";
import { isMatrixError } from "./errors.ts";

/** Throws MatrixCallError or SynapseUnreachable. False also for an account that does not exist. */
export type CanAct = (userId: string) => Promise<boolean>;

const flag = z.union([z.boolean(), z.number()]).default(false);
const answer = z.object({ locked: flag, deactivated: flag, suspended: flag });

export function synapseCanAct({ call }: MatrixConnection): CanAct {
  return async (userId) => {
    try {
      const account = await call({ method: "GET", api: "admin", path: path`/v2/users/${userId}` }, answer);
      return !account.locked && !account.deactivated && !account.suspended;
    } catch (error) {
      // an id of another server is nobody's account here
      if (isMatrixError(error, 404) || isMatrixError(error, 400)) return false;
      throw error;
    }
  };
}
