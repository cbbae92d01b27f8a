/** The demo's identity provider must keep the promises that the console's login rests on: PKCE, nonce, a fresh `auth_time`, logout. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { buildDemoDirectory } from "./data/directory.ts";
import { demoCharacters } from "./data/people.ts";
import {
  consoleClient,
  demoIdentities,
  demoLoginGroups,
  type IdentityProvider,
  startIdentityProvider,
  synapseClient,
} from "./identity-provider.ts";

const CONSOLE_URL = "http://localhost:4100";
const CHAT_URL = "http://localhost:4200";
const CONSOLE_CALLBACK = `${CONSOLE_URL}/api/auth/callback/portal`;
const verifier = "v".repeat(64);
const challenge = createHash("sha256").update(verifier).digest("base64url");

let dataDir = "";
let provider: IdentityProvider;

const start = (port: number): Promise<IdentityProvider> => {
  const directory = buildDemoDirectory();
  return startIdentityProvider({
    port,
    issuerHost: "127.0.0.1",
    clients: [
      consoleClient({ clientId: "console", clientSecret: "console-secret", consoleUrl: CONSOLE_URL }),
      synapseClient({ clientId: "synapse", clientSecret: "synapse-secret", chatUrl: CHAT_URL }),
    ],
    people: demoIdentities(() => directory),
    loginGroups: demoLoginGroups,
    cookieKeys: ["a key for the tests only"],
    dataDir,
  });
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "identity-provider-"));
  provider = await start(0);
});
afterAll(async () => {
  await provider.stop();
  await rm(dataDir, { recursive: true });
});

/** As much of a browser as the flow needs: cookies, and redirects that are followed within the provider only. */
function browser() {
  const cookies = new Map<string, string>();
  async function visit(
    url: string,
    form?: Record<string, string>,
  ): Promise<{ url: string; status: number; html: string }> {
    const target = new URL(url, provider.issuer);
    if (target.origin !== provider.issuer) return { url: target.href, status: 0, html: "" };
    const response = await fetch(target, {
      headers: { Accept: "text/html", Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      redirect: "manual",
      signal: AbortSignal.timeout(5_000),
      ...(form !== undefined && { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location !== null) return visit(location);
    return { url: target.href, status: response.status, html: await response.text() };
  }
  return { visit };
}

function authorization(more: Record<string, string> = {}): string {
  const parameters = new URLSearchParams({
    client_id: "console",
    response_type: "code",
    scope: "openid profile",
    redirect_uri: CONSOLE_CALLBACK,
    state: "state-1",
    nonce: "nonce-1",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...more,
  });
  return `${provider.issuer}/auth?${parameters.toString()}`;
}

async function redeem(callback: string, client = "console", more: Record<string, string> = {}) {
  const address = new URL(callback);
  const response = await fetch(`${provider.issuer}/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${client}:${client}-secret`).toString("base64")}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: address.searchParams.get("code") ?? "",
      redirect_uri: `${address.origin}${address.pathname}`,
      ...more,
    }),
    signal: AbortSignal.timeout(5_000),
  });
  return z.object({ id_token: z.string(), access_token: z.string() }).parse(await response.json());
}

const { orgAdmin, pupilA, landAdmin } = demoCharacters;

test("a person signs in by username, and the ID token says who, when and for which request", async () => {
  const { visit } = browser();
  const page = await visit(authorization());
  expect(page.html).toContain("Benutzername");
  const end = await visit(page.url, { username: " Anna.Berger " });
  const callback = new URL(end.url);
  expect(callback.origin + callback.pathname).toBe(CONSOLE_CALLBACK);
  expect(callback.searchParams.get("state")).toBe("state-1");
  expect(callback.searchParams.get("iss")).toBe(provider.issuer);

  const { id_token } = await redeem(end.url, "console", { code_verifier: verifier });
  const keys = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`));
  const { payload } = await jwtVerify(id_token, keys, { issuer: provider.issuer, audience: "console" });
  expect(payload).toMatchObject({
    sub: orgAdmin.subject,
    sourced_id: orgAdmin.subject,
    name: "Anna Berger",
    given_name: "Anna",
    family_name: "Berger",
    nonce: "nonce-1",
  });
  expect(Math.abs(Number(payload["auth_time"]) - Date.now() / 1000)).toBeLessThan(10);
});

test("the state's staff have no sourced_id", async () => {
  const { visit } = browser();
  const page = await visit(authorization());
  const end = await visit(page.url, { username: landAdmin.username });
  const claims = decodeJwt((await redeem(end.url, "console", { code_verifier: verifier })).id_token);
  expect(claims.sub).toBe(landAdmin.subject);
  expect(claims).not.toHaveProperty("sourced_id");
});

test("the console cannot sign anybody in without PKCE, nor redeem a code with another verifier", async () => {
  const { visit } = browser();
  const bare = new URL(authorization());
  for (const name of ["code_challenge", "code_challenge_method"]) bare.searchParams.delete(name);
  expect(new URL((await visit(bare.href)).url).searchParams.get("error")).toBe("invalid_request");
  const page = await visit(authorization());
  const end = await visit(page.url, { username: orgAdmin.username });
  await expect(redeem(end.url, "console", { code_verifier: "w".repeat(64) })).rejects.toThrow();
});

test("Synapse signs the same person in without a second question, and may go without PKCE", async () => {
  const { visit } = browser();
  const page = await visit(authorization());
  await visit(page.url, { username: pupilA.username });
  const request = new URL(
    authorization({ client_id: "synapse", redirect_uri: `${CHAT_URL}/_synapse/client/oidc/callback` }),
  );
  for (const name of ["code_challenge", "code_challenge_method"]) request.searchParams.delete(name);
  const end = await visit(request.href);
  expect(end.url).toContain(`${CHAT_URL}/_synapse/client/oidc/callback?code=`);
  expect(decodeJwt((await redeem(end.url, "synapse")).id_token).sub).toBe(pupilA.subject);
});

test.each([
  ["prompt", "login"],
  ["max_age", "0"],
])("%s=%s asks somebody who is signed in once more", async (name, value) => {
  const { visit } = browser();
  const page = await visit(authorization());
  await visit(page.url, { username: orgAdmin.username });
  expect((await visit(authorization())).url).toContain(CONSOLE_CALLBACK);
  const asked = await visit(authorization({ [name]: value }));
  expect(asked.html).toContain("noch einmal");
  expect(asked.html).toContain(`value="${orgAdmin.username}"`);
  const end = await visit(asked.url, { username: orgAdmin.username });
  const { id_token } = await redeem(end.url, "console", { code_verifier: verifier });
  expect(Math.abs(Number(decodeJwt(id_token)["auth_time"]) - Date.now() / 1000)).toBeLessThan(3);
});

test("an unknown username is explained, and comes back escaped", async () => {
  const { visit } = browser();
  const page = await visit(authorization());
  const wrong = await visit(page.url, { username: `"><b>x` });
  expect(wrong.status).toBe(422);
  expect(wrong.html).toContain("Diesen Benutzernamen gibt es hier nicht.");
  expect(wrong.html).toContain("&quot;&gt;&lt;b&gt;x");
  expect((await visit(page.url, { username: "" })).html).toContain("Bitte geben Sie einen Benutzernamen ein.");
});

test("whoever cancels returns to the application with access_denied", async () => {
  const { visit } = browser();
  const page = await visit(authorization());
  const end = await visit(page.url, { cancel: "yes", username: "" });
  expect(new URL(end.url).searchParams.get("error")).toBe("access_denied");
});

test("errors are German pages", async () => {
  const { visit } = browser();
  expect((await visit("/anmelden/unknown")).html).toContain("Diese Anmeldung gilt nicht mehr");
  expect((await visit("/auth/unknown")).html).toContain("Diese Anmeldung gilt nicht mehr");
  expect((await visit("/nowhere")).html).toContain("Diese Seite gibt es nicht");
  expect((await visit(authorization({ client_id: "stranger" }))).html).toContain("Unbekannte Anwendung");
  const elsewhere = await visit(authorization({ redirect_uri: "http://localhost:1/x" }));
  expect(elsewhere.html).toContain("Unbekannte Rücksprungadresse");
});

test("logout ends the session and returns to the console, also with a token from before a restart", async () => {
  const { visit } = browser();
  const page = await visit(authorization());
  const end = await visit(page.url, { username: orgAdmin.username });
  const { id_token } = await redeem(end.url, "console", { code_verifier: verifier });
  const logout = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: `${CONSOLE_URL}/` });

  const asked = await visit(`/session/end?${logout.toString()}`);
  expect(asked.html).toContain("requestSubmit");
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.html)?.[1] ?? "";
  expect((await visit("/session/end/confirm", { xsrf, logout: "yes" })).url).toBe(`${CONSOLE_URL}/`);
  expect((await visit(authorization())).html).toContain("Benutzername");

  const port = Number(new URL(provider.issuer).port);
  await provider.stop();
  provider = await start(port);
  const afterRestart = await browser().visit(`/session/end?${logout.toString()}`);
  expect(afterRestart.status).toBe(200);
  expect(afterRestart.html).toContain(`name="logout" value="yes"`);
});

test("a logout that no token vouches for is asked about, not done", async () => {
  const { visit } = browser();
  const page = await visit(authorization());
  await visit(page.url, { username: orgAdmin.username });
  const asked = await visit("/session/end");
  expect(asked.html).toContain("Abmelden");
  expect(asked.html).not.toContain("requestSubmit");
});
