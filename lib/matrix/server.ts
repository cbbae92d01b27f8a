// Whether Synapse is there, and whether our token is the provisioner's.
import { z } from "zod";
import { matrixUserId, PROVISIONER_LOCALPART } from "#lib/ids/ids.ts";
import { path, type MatrixConnection } from "./connection.ts";

const HEALTH_TIMEOUT_MS = 3_000;
const whoami = z.object({ user_id: z.string() });
const limits = z.object({ messages_per_second: z.number().optional() });

export async function isHealthy(baseUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${baseUrl}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * Checks whose token we hold and lifts the rate limits of that account: a server admin is not exempt by itself.
 * @returns false if the token is not the provisioner's
 */
export async function prepareProvisioner({ call }: MatrixConnection, serverName: string): Promise<boolean> {
  const provisioner = matrixUserId(PROVISIONER_LOCALPART, serverName);
  const { user_id: userId } = await call({ method: "GET", api: "client", path: "/account/whoami" }, whoami);
  if (userId !== provisioner) return false;
  const limitPath = path`/v1/users/${provisioner}/override_ratelimit`;
  const current = await call({ method: "GET", api: "admin", path: limitPath }, limits);
  if (current.messages_per_second !== 0) {
    const body = { messages_per_second: 0, burst_count: 0 };
    await call({ method: "POST", api: "admin", path: limitPath, body }, limits);
  }
  return true;
}
