// What an operator has set for the sources beside the directory, checked as a whole before anything starts.
import { readFileSync } from "node:fs";
import type { z } from "zod";
import { EnvironmentError, type Environment } from "#lib/env/env.ts";
import type { LdapOptions } from "#lib/ldap/client.ts";
import { queuesSchema, type IntakeQueue } from "./amqp.ts";
import { ldapGroupsSchema, ldapPeopleSchema, type LdapGroup, type LdapPeople } from "./ldap-groups.ts";

export type IntakeOptions = {
  /** Null: not configured. */
  readonly amqp: { readonly url: string; readonly ca?: string; readonly queues: readonly IntakeQueue[] } | null;
  readonly ldap: {
    readonly connection: LdapOptions;
    readonly people: LdapPeople;
    readonly groups: readonly LdapGroup[];
  } | null;
};

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** @throws {EnvironmentError} naming every wrong setting at once */
export function readIntakeOptions(env: Environment<"worker">): IntakeOptions {
  const wrong: string[] = [];
  const options = { amqp: readAmqp(env, wrong), ldap: readLdap(env, wrong) };
  if (wrong.length > 0) {
    throw new EnvironmentError(
      `These settings of worker are missing or wrong:\n${wrong.map((line) => `  ${line}`).join("\n")}`,
    );
  }
  return options;
}

function readAmqp(env: Environment<"worker">, wrong: string[]): IntakeOptions["amqp"] {
  const { AMQP_URL: url, AMQP_QUEUES: value, AMQP_CA_FILE: file } = env;
  if (url === undefined) return null;
  const queues = check("AMQP_QUEUES", queuesSchema, value, wrong);
  const ca = readCa("AMQP_CA_FILE", file, wrong);
  return queues === undefined ? null : { url, queues, ...(ca !== undefined && { ca }) };
}

function readLdap(env: Environment<"worker">, wrong: string[]): IntakeOptions["ldap"] {
  const { LDAP_URL: url, LDAP_BIND_DN: bindDn, LDAP_BIND_PASSWORD: password, LDAP_TLS: tls } = env;
  if (url === undefined) return null;
  if (bindDn === undefined) wrong.push("LDAP_BIND_DN is missing");
  if (password === undefined) wrong.push("LDAP_BIND_PASSWORD is missing");
  const isPlain = tls === "off";
  if (isPlain && !LOOPBACK.has(new URL(url).hostname)) wrong.push("LDAP_TLS may be off on loopback only");
  const people = check("LDAP_PEOPLE", ldapPeopleSchema, env.LDAP_PEOPLE, wrong);
  const groups = check("LDAP_GROUPS", ldapGroupsSchema, env.LDAP_GROUPS, wrong);
  const ca = readCa("LDAP_CA_FILE", env.LDAP_CA_FILE, wrong);
  if (bindDn === undefined || password === undefined || people === undefined || groups === undefined) return null;
  return { connection: { url, bindDn, password, isPlain, ...(ca !== undefined && { ca }) }, people, groups };
}

function check<T>(name: string, schema: z.ZodType<T>, value: unknown, wrong: string[]): T | undefined {
  if (value === undefined) {
    wrong.push(`${name} is missing`);
    return undefined;
  }
  const { data, error } = schema.safeParse(value);
  wrong.push(...(error?.issues ?? []).map((issue) => `${[name, ...issue.path].join(".")} ${issue.message}`));
  return data;
}

function readCa(name: string, file: string | undefined, wrong: string[]): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch {
    wrong.push(`${name} cannot be read: ${file}`);
    return undefined;
  }
}
