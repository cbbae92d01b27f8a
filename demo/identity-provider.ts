/**
 * The demo's stand-in for the state's portal: an OpenID provider on loopback where everybody of the directory signs in by
 * username, without a password. Console and Synapse are its two clients.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import { emailOf } from "./data/records.ts";
import { close, listen, readForm } from "./http.ts";
import { loadSigningKeys, type SigningKeys } from "./identity/keys.ts";
import type { Page } from "./identity/layout.ts";
import { errorPage, loggedOutPage, type LoginPageModel, loginPage, logoutPage, startPage } from "./identity/pages.ts";
import type { IdentityPeople, IdentityPerson, LoginGroup } from "./identity/people.ts";
import { createMemoryStore } from "./identity/store.ts";

export { demoIdentities, demoLoginGroups } from "./identity/people.ts";
export type { IdentityPeople, IdentityPerson, LoginGroup } from "./identity/people.ts";

const LOGIN_PATH = "/anmelden/";
const SCOPES = "openid profile email";

export type IdentityClient = {
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the login page calls the application, in German. */
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly pkceRequired: boolean;
};

export type IdentityProviderOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly issuerHost: "127.0.0.1";
  readonly clients: readonly IdentityClient[];
  readonly people: IdentityPeople;
  /** The one-click logins of the page; none unless given. */
  readonly loginGroups?: readonly LoginGroup[];
  readonly cookieKeys: readonly string[];
  /** Where the signing key is kept between starts. */
  readonly dataDir: string;
};

export type IdentityProvider = {
  readonly issuer: string;
  stop(): Promise<void>;
};

/** `consoleUrl` without a slash at the end. */
export function consoleClient(options: { clientId: string; clientSecret: string; consoleUrl: string }): IdentityClient {
  const { clientId, clientSecret, consoleUrl } = options;
  return {
    clientId,
    clientSecret,
    name: "Konsole des Schulchats",
    redirectUris: [`${consoleUrl}/api/auth/callback/portal`],
    postLogoutRedirectUris: [`${consoleUrl}/`],
    pkceRequired: true,
  };
}

/** `chatUrl` without a slash at the end. Synapse uses PKCE whenever discovery offers it. */
export function synapseClient(options: { clientId: string; clientSecret: string; chatUrl: string }): IdentityClient {
  const { clientId, clientSecret, chatUrl } = options;
  return {
    clientId,
    clientSecret,
    name: "Schulchat",
    redirectUris: [`${chatUrl}/_synapse/client/oidc/callback`],
    postLogoutRedirectUris: [],
    pkceRequired: false,
  };
}

export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const keys = await loadSigningKeys(options.dataDir);
  const server = createServer();
  const port = await listen(server, options.port);
  const issuer = `http://${options.issuerHost}:${String(port)}`;
  const provider = new Provider(issuer, configure(options, keys));
  provider.on("server_error", (_context, error) => {
    process.stderr.write(`Identity provider: ${error.stack ?? error.message}\n`);
  });
  provider.use(async (context, next) => {
    await next();
    if (context.status === 404 && context.body === undefined) {
      setPage(context, errorPage("not_found", context.path));
      context.status = 404;
    }
  });
  const handleProtocol = provider.callback();

  server.on("request", (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (path === "/") {
      sendPage(response, 200, startPage());
    } else if (path.startsWith(LOGIN_PATH)) {
      void handleLogin(provider, options, request, response);
    } else {
      void handleProtocol(request, response);
    }
  });
  return { issuer, stop: () => close(server) };
}

function configure(options: IdentityProviderOptions, keys: SigningKeys): Configuration {
  const policy = interactionPolicy.base();
  // Both applications belong to the school chat: nobody is asked for consent.
  policy.remove("consent");
  const pkceClients = new Set(options.clients.filter((client) => client.pkceRequired).map((client) => client.clientId));

  return {
    adapter: createMemoryStore(),
    jwks: keys,
    clients: options.clients.map((client) => ({
      client_id: client.clientId,
      client_secret: client.clientSecret,
      client_name: client.name,
      redirect_uris: [...client.redirectUris],
      post_logout_redirect_uris: [...client.postLogoutRedirectUris],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_basic",
      require_auth_time: true,
    })),
    responseTypes: ["code"],
    pkce: { required: (_context, client) => pkceClients.has(client.clientId) },
    scopes: SCOPES.split(" "),
    claims: {
      openid: ["sub"],
      profile: ["name", "given_name", "family_name", "preferred_username", "sourced_id"],
      email: ["email", "email_verified"],
    },
    // Otherwise the claims of `profile` are only at the userinfo endpoint.
    conformIdTokenClaims: false,
    cookies: {
      // Cookies know no ports: on 127.0.0.1 the names must not meet those of another program.
      names: { session: "portal_session", interaction: "portal_interaction", resume: "portal_resume" },
      keys: [...options.cookieKeys],
    },
    ttl: {
      AccessToken: 10 * 60,
      AuthorizationCode: 60,
      IdToken: 60 * 60,
      Interaction: 15 * 60,
      Grant: 8 * 60 * 60,
      Session: 8 * 60 * 60,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(context, form) {
          setPage(context, logoutPage(form, isOwnLogout(context)));
        },
        postLogoutSuccessSource(context) {
          setPage(context, loggedOutPage());
        },
      },
    },
    interactions: { policy, url: (_context, interaction) => `${LOGIN_PATH}${interaction.uid}` },
    findAccount(_context, subject) {
      const person = options.people.findBySubject(subject);
      return person === undefined ? undefined : { accountId: subject, claims: () => claimsOf(person) };
    },
    loadExistingGrant,
    renderError(context, out, error) {
      // An expired login is a mere `invalid_request` in the protocol, but not to a reader.
      const code = error instanceof errors.SessionNotFound ? "session_not_found" : out.error;
      setPage(context, errorPage(code, out.error_description ?? out.error));
    },
  };
}

function claimsOf(person: IdentityPerson) {
  return {
    sub: person.subject,
    name: `${person.givenName} ${person.familyName}`,
    given_name: person.givenName,
    family_name: person.familyName,
    preferred_username: person.username,
    email: emailOf(person.username),
    email_verified: true,
    ...(person.sourcedId !== null && { sourced_id: person.sourcedId }),
  };
}

async function loadExistingGrant(context: KoaContextWithOIDC) {
  const { client, provider, session } = context.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const known = session.grantIdFor(client.clientId);
  const existing = known === undefined ? undefined : await provider.Grant.find(known);
  if (existing !== undefined) return existing;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPES);
  await grant.save();
  return grant;
}

/** A token of the person who is signed in shows that the application asks, and not somebody's link: no second click. */
function isOwnLogout(context: KoaContextWithOIDC): boolean {
  const hint = context.oidc.entities.IdTokenHint;
  return hint !== undefined && hint.payload["sub"] === context.oidc.session?.accountId;
}

async function handleLogin(
  provider: Provider,
  options: IdentityProviderOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const interaction = await provider.interactionDetails(request, response);
    const { client_id: clientId, login_hint: hint } = interaction.params;
    const signedIn = options.people.findBySubject(interaction.session?.accountId ?? "");
    const model: LoginPageModel = {
      action: `${LOGIN_PATH}${interaction.uid}`,
      clientName: options.clients.find((client) => client.clientId === clientId)?.name ?? "",
      groups: options.loginGroups ?? [],
      username: typeof hint === "string" ? hint : (signedIn?.username ?? ""),
      again: signedIn !== undefined,
      problem: null,
    };
    if (request.method !== "POST") {
      sendPage(response, 200, loginPage(model));
      return;
    }

    const form = await readForm(request);
    if (form.get("cancel") === "yes") {
      const refusal = { error: "access_denied", error_description: "Die Anmeldung wurde abgebrochen." };
      await provider.interactionFinished(request, response, refusal);
      return;
    }
    const username = (form.get("username") ?? "").trim().toLowerCase();
    const person = options.people.findByUsername(username);
    if (person === undefined) {
      const problem = username === "" ? "empty" : "unknown";
      sendPage(response, 422, loginPage({ ...model, username, problem }));
      return;
    }
    const login = { accountId: person.subject, remember: false };
    await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
    } else if (error instanceof errors.SessionNotFound) {
      sendPage(response, 400, errorPage("session_not_found", error.error_description ?? error.message));
    } else {
      const text = error instanceof Error ? error.message : String(error);
      process.stderr.write(`Identity provider, login page: ${text}\n`);
      sendPage(response, 500, errorPage("server_error", text));
    }
  }
}

function setPage(context: Pick<KoaContextWithOIDC, "set" | "body">, page: Page): void {
  context.set(page.headers);
  context.body = page.html;
}

function sendPage(response: ServerResponse, status: number, page: Page): void {
  response.writeHead(status, page.headers);
  response.end(page.html);
}
