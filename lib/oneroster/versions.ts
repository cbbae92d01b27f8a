// What differs between OneRoster 1.1 and 1.2: the root of the rostering service and the scope that reads it.
export const ONEROSTER_VERSIONS = ["1.1", "1.2"] as const;
export type OneRosterVersion = (typeof ONEROSTER_VERSIONS)[number];

const ROOTS: Readonly<Record<OneRosterVersion, string>> = {
  "1.1": "/ims/oneroster/v1p1",
  "1.2": "/ims/oneroster/rostering/v1p2",
};
/** Rosters without demographics: the data that we have no use for stays where it is. */
const SCOPES: Readonly<Record<OneRosterVersion, string>> = {
  "1.1": "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly",
  "1.2": "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly",
};

export const scopeOf = (version: OneRosterVersion): string => SCOPES[version];

/** Accepts the server's address with or without the root of the version. */
export function rootUrl(address: string, version: OneRosterVersion): string {
  const trimmed = address.replace(/\/+$/, "");
  return trimmed.includes("/ims/oneroster/") ? trimmed : `${trimmed}${ROOTS[version]}`;
}
