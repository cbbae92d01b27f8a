// How a OneRoster server is spoken to, beside its address and credentials: version, authorisation, paging, filters.
// One JSON in the environment, documented in docs/sources.md.
import { z } from "zod";
import { ONEROSTER_VERSIONS } from "./versions.ts";

export const oneRosterOptionsSchema = z.strictObject({
  version: z.enum(ONEROSTER_VERSIONS).default("1.1"),
  authorisation: z.enum(["oauth2", "oauth1-sha1", "oauth1-sha256"]).default("oauth2"),
  /** Asked for; a server may cap it. */
  pageSize: z.number().int().min(1).max(10_000).default(1_000),
  /** Where `filter` on dateLastModified works: in the lists of all schools, in those of one, nowhere. auto: found out by each full run. */
  filters: z.enum(["auto", "topLevel", "perSchool", "none"]).default("auto"),
  /** `orgs` also brings departments, whose people then count as their school's. */
  organisations: z.enum(["schools", "orgs"]).default("schools"),
  requestTimeoutMs: z.number().int().min(100).max(120_000).default(20_000),
});
export type OneRosterSettings = z.infer<typeof oneRosterOptionsSchema>;

export type OneRosterOptions = Partial<OneRosterSettings> & {
  /** With or without the root of the version; without a slash at the end. */
  readonly baseUrl: string;
  /** Of no use with OAuth 1.0a, which has no tokens here. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
};
