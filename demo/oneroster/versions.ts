/** OneRoster 1.2 over the same directory: another root and scopes, and `roles[]` in place of `metadata.roles`. */
import type { DemoRecord, DemoUser } from "../data/types.ts";

export type DemoVersion = "1.1" | "1.2";

export const ROOTS: Readonly<Record<DemoVersion, string>> = {
  "1.1": "/ims/oneroster/v1p1",
  "1.2": "/ims/oneroster/rostering/v1p2",
};
export const SCOPE_ROOTS: Readonly<Record<DemoVersion, string>> = {
  "1.1": "https://purl.imsglobal.org/spec/or/v1p1/scope/",
  "1.2": "https://purl.imsglobal.org/spec/or/v1p2/scope/",
};

const isUser = (record: DemoRecord): record is DemoUser => "familyName" in record;

/** A record as the version writes it. */
export function inVersion(record: DemoRecord, version: DemoVersion): object {
  if (version === "1.1" || !isUser(record)) return record;
  const { metadata, role, orgs, ...rest } = record;
  const held = metadata?.roles ?? orgs.map((org) => ({ org: org.href, role }));
  const roles = held.map((entry, index) => ({
    roleType: index === 0 ? "primary" : "secondary",
    role: entry.role,
    org: { href: entry.org, sourcedId: entry.org, type: "org" },
  }));
  return { ...rest, enabledUser: String(record.enabled), primaryOrg: roles[0]?.org ?? null, roles };
}
