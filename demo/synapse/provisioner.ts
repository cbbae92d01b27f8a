// Gives the demo's Synapse its provisioner: a server admin without rate limits whose token lies in a file.
import { createHmac, randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { SynapseError } from "./error.ts";

/** The published client hides exactly this name. */
const LOCALPART = "idm_provisioning_bot";
const REQUEST_TIMEOUT_MS = 15_000;
const OWNER_ONLY = 0o600;

export type Provisioner = {
  userId: string;
  accessToken: string;
};

const whoami = z.object({ user_id: z.string() });
const nonceAnswer = z.object({ nonce: z.string() });
const registered = z.object({ user_id: z.string(), access_token: z.string() });
const profile = z.object({ displayname: z.string().optional() });
const refused = z.object({ errcode: z.string() });

/**
 * Registers the account at the first call and keeps its token in `tokenFile`; later calls only check. Password login is
 * off, so the token is the only way in.
 * @throws {SynapseError} `provisioner-token-lost` if the account exists but the token is gone or no longer valid
 */
export async function ensureProvisioner(options: {
  baseUrl: string;
  registrationSharedSecret: string;
  tokenFile: string;
}): Promise<Provisioner> {
  const stored = await readStored(options.tokenFile);
  const present = stored === "" ? undefined : await identify(options.baseUrl, stored);
  const provisioner = present ?? (await register(options.baseUrl, options.registrationSharedSecret, options.tokenFile));
  await prepare(options.baseUrl, provisioner);
  return provisioner;
}

async function readStored(tokenFile: string): Promise<string> {
  return (await readFile(tokenFile, "utf8").catch(() => "")).trim();
}

async function identify(baseUrl: string, accessToken: string): Promise<Provisioner | undefined> {
  const answer = await call(baseUrl, "GET", "/_matrix/client/v3/account/whoami", { accessToken });
  if (answer.status === 401) return undefined;
  return { userId: decode(whoami, answer).user_id, accessToken };
}

async function register(baseUrl: string, sharedSecret: string, tokenFile: string): Promise<Provisioner> {
  const path = "/_synapse/admin/v1/register";
  const { nonce } = decode(nonceAnswer, await call(baseUrl, "GET", path));
  // Nobody ever types it: Synapse only demands one.
  const password = randomBytes(32).toString("base64url");
  const mac = createHmac("sha1", sharedSecret).update([nonce, LOCALPART, password, "admin"].join("\0")).digest("hex");
  const body = { nonce, username: LOCALPART, displayname: LOCALPART, password, admin: true, mac };
  const answer = await call(baseUrl, "POST", path, { body });
  if (answer.status === 400 && refused.safeParse(answer.json).data?.errcode === "M_USER_IN_USE") {
    throw new SynapseError(
      "provisioner-token-lost",
      `Synapse knows @${LOCALPART}, but ${tokenFile} holds no valid token for it, and nobody can sign in with a password here. ` +
        `In the demo: npm run reset. Elsewhere: let another server admin call POST /_synapse/admin/v1/users/<user id>/login and put the access_token into that file.`,
    );
  }
  const { user_id: userId, access_token: accessToken } = decode(registered, answer);
  await store(tokenFile, accessToken);
  return { userId, accessToken };
}

/** Renamed into place: a worker that reads meanwhile sees the old token or the new one, never a part. */
async function store(tokenFile: string, accessToken: string): Promise<void> {
  const temporary = `${tokenFile}.new`;
  await writeFile(temporary, `${accessToken}\n`, { mode: OWNER_ONLY });
  await rename(temporary, tokenFile);
}

async function prepare(baseUrl: string, { userId, accessToken }: Provisioner): Promise<void> {
  const user = encodeURIComponent(userId);
  const noLimit = { messages_per_second: 0, burst_count: 0 };
  const limitPath = `/_synapse/admin/v1/users/${user}/override_ratelimit`;
  decode(z.unknown(), await call(baseUrl, "POST", limitPath, { accessToken, body: noLimit }));

  const shown = decode(profile, await call(baseUrl, "GET", `/_matrix/client/v3/profile/${user}`, { accessToken }));
  if (shown.displayname !== LOCALPART) {
    const body = { displayname: LOCALPART };
    decode(z.unknown(), await call(baseUrl, "PUT", `/_synapse/admin/v2/users/${user}`, { accessToken, body }));
  }
}

type Answer = {
  request: string;
  status: number;
  json: unknown;
};

async function call(
  baseUrl: string,
  method: "GET" | "POST" | "PUT",
  path: string,
  { accessToken, body }: { accessToken?: string; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  return { request: `${method} ${path}`, status: response.status, json: await response.json().catch(() => undefined) };
}

function decode<T>(schema: z.ZodType<T>, { request, status, json }: Answer): T {
  const decoded = status === 200 || status === 201 ? schema.safeParse(json) : undefined;
  if (decoded?.success !== true) {
    throw new SynapseError(
      "provisioner-failed",
      `Synapse answered ${status.toString()} to ${request}, which was not expected.`,
    );
  }
  return decoded.data;
}
