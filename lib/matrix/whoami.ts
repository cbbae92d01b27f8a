// Whose access token is it? Asked with the token itself, once and without waiting, because somebody waits for the answer;
// so it is a bare request and no connection of the provisioner's kind.
import { z } from "zod";
import { MatrixAnswerError, SynapseUnreachable } from "./errors.ts";

export type TokenOwner =
  /** A full Matrix id. */
  { readonly userId: string } | { readonly errcode: string };

const known = z.object({ user_id: z.string(), is_guest: z.boolean().optional() });
const refused = z.object({ errcode: z.string() });

/** @throws {SynapseUnreachable} @throws {MatrixAnswerError} */
export async function whoAmI(baseUrl: string, accessToken: string, timeoutMs: number): Promise<TokenOwner> {
  const { status, body } = await ask(baseUrl, accessToken, timeoutMs);
  if (status === 401 || status === 403) return { errcode: refused.safeParse(body).data?.errcode ?? "M_UNKNOWN_TOKEN" };
  if (status === 429 || status >= 500) throw new SynapseUnreachable(`whoami: ${String(status)}`);
  const { data } = known.safeParse(body);
  if (status !== 200 || !data) throw new MatrixAnswerError(`whoami: unexpected answer ${String(status)}`);
  return data.is_guest === true ? { errcode: "M_GUEST_ACCESS_FORBIDDEN" } : { userId: data.user_id };
}

async function ask(
  baseUrl: string,
  accessToken: string,
  timeoutMs: number,
): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(`${baseUrl}/_matrix/client/v3/account/whoami`, {
      headers: { authorization: `Bearer ${accessToken}` },
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: await response.json() };
  } catch (error) {
    throw new SynapseUnreachable("whoami: no answer", { cause: error });
  }
}
