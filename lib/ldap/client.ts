// Reads an LDAP directory over one authenticated connection: TLS before the password, pages, a time limit for every
// step, and nothing that would let a part pass for the whole.
import { isIP } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Client, type Entry, type SearchOptions } from "ldapts";
import { LdapError, toLdapError } from "./errors.ts";

export type LdapOptions = {
  /** `ldaps://` or `ldap://`, which is upgraded (StartTLS) unless `isPlain`. */
  readonly url: string;
  readonly bindDn: string;
  readonly password: string;
  /** Certificate authorities, PEM; the system's if not given. */
  readonly ca?: string;
  /** Without TLS; for a directory on the same machine only. */
  readonly isPlain?: boolean;
  readonly timeoutMs?: number;
};

export type LdapSearch = {
  readonly base: string;
  readonly filter: string;
  readonly attributes: readonly string[];
};

export type LdapEntry = {
  readonly dn: string;
  /** Values of an attribute, whatever the case of its name. */
  values(attribute: string): readonly string[];
  /** The server gave only some of the values (Active Directory: "member;range=0-1499"). */
  isPartial(attribute: string): boolean;
};

export type LdapResult = {
  readonly entries: readonly LdapEntry[];
  /** Addresses of other servers that hold a part of the answer; they are not asked. */
  readonly referrals: readonly string[];
};

export type LdapReader = {
  /** The whole subtree, or an error. @throws {LdapError} */
  search(search: LdapSearch): Promise<LdapResult>;
};

const TIMEOUT_MS = 15_000;
const PAGE_SIZE = 200;
const CLOSE_TIMEOUT_MS = 2_000;

/** Opens a connection for `work` and closes it. @throws {LdapError} */
export async function withLdap<T>(options: LdapOptions, work: (reader: LdapReader) => Promise<T>): Promise<T> {
  const { timeoutMs = TIMEOUT_MS } = options;
  const client = new Client({
    url: options.url,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    // the mere presence of these makes it speak TLS at once, also to ldap://
    ...(options.url.startsWith("ldaps:") && { tlsOptions: tlsOf(options) }),
  });
  try {
    await logIn(client, options, timeoutMs);
    return await work({ search: (search) => searchAll(client, search, timeoutMs) });
  } finally {
    await Promise.race([client.unbind().catch(() => undefined), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }
}

async function logIn(client: Client, options: LdapOptions, timeoutMs: number): Promise<void> {
  const { url, bindDn, password, isPlain = false } = options;
  try {
    if (!url.startsWith("ldaps:") && !isPlain) {
      await within(client.startTLS(tlsOf(options)), timeoutMs);
      // the library would connect again by itself, without TLS, and send the password
      if (!client.isConnected) throw new LdapError("unreachable", "Connection closed after StartTLS");
    }
    await client.bind(bindDn, password);
  } catch (error) {
    throw toLdapError(error);
  }
}

function tlsOf({ url, ca }: LdapOptions) {
  const host = new URL(url).hostname;
  return { host, ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) };
}

async function searchAll(client: Client, search: LdapSearch, timeoutMs: number): Promise<LdapResult> {
  const { base, filter, attributes } = search;
  // as above: a new connection would be nobody's, and see another directory than ours
  if (!client.isBound) throw new LdapError("unreachable", "Connection closed");
  const searchOptions: SearchOptions = {
    scope: "sub",
    filter,
    attributes: [...attributes],
    derefAliases: "never",
    timeLimit: Math.ceil(timeoutMs / 1_000),
    paged: { pageSize: PAGE_SIZE },
  };
  const entries: LdapEntry[] = [];
  const referrals: string[] = [];
  try {
    for await (const page of client.searchPaginated(base, searchOptions)) {
      entries.push(...page.searchEntries.map(toEntry));
      referrals.push(...page.searchReferences);
    }
  } catch (error) {
    throw toLdapError(error);
  }
  return { entries, referrals };
}

function toEntry(entry: Entry): LdapEntry {
  const { dn, ...attributes } = entry;
  const byName = new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    dn,
    values: (attribute) => {
      const value = byName.get(attribute.toLowerCase());
      const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
      return values.map((one) => (typeof one === "string" ? one : one.toString("utf8")));
    },
    isPartial: (attribute) => [...byName.keys()].some((name) => name.startsWith(`${attribute.toLowerCase()};range=`)),
  };
}

async function within<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  const stop = new AbortController();
  const limit = delay(timeoutMs, undefined, { signal: stop.signal }).then(() => {
    throw new LdapError("unreachable", `no answer within ${String(timeoutMs)} ms`);
  });
  limit.catch(() => undefined);
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, limit]);
  } finally {
    stop.abort();
  }
}
