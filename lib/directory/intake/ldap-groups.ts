// From LDAP entries to the groups that an operator has configured: who is a member, as what, and what is unclear. Pure.
import { z } from "zod";
import type { LdapEntry } from "#lib/ldap/client.ts";
import { matchSchema } from "./people.ts";

/** Where people stand, and which attribute says who they are. */
export const ldapPeopleSchema = z.strictObject({
  base: z.string().min(1),
  filter: z.string().min(1).default("(objectClass=inetOrgPerson)"),
  attribute: z.string().min(1).default("uid"),
  match: matchSchema.default("username"),
});
export type LdapPeople = z.infer<typeof ldapPeopleSchema>;

const groupSchema = z.strictObject({
  school: z.string().min(1),
  /** Id of the group with us; several entries may fill one. */
  group: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  title: z.string().min(1).max(255),
  kind: z.string().min(1).max(40).default("team"),
  base: z.string().min(1),
  filter: z.string().min(1).default("(objectClass=groupOfNames)"),
  role: z.enum(["teacher", "student"]).default("student"),
  memberAttribute: z.string().min(1).default("member"),
  /** "dn": its values are names of entries; "value": they are what `people.attribute` holds; "entry": each found entry is a member. */
  members: z.enum(["dn", "value", "entry"]).default("dn"),
});
export const ldapGroupsSchema = z
  .array(groupSchema)
  .min(1)
  .superRefine((groups, context) => {
    const first = new Map<string, LdapGroup>();
    for (const [index, group] of groups.entries()) {
      const other = first.get(group.group) ?? group;
      first.set(group.group, other);
      const isSame = other.school === group.school && other.title === group.title && other.kind === group.kind;
      if (!isSame) context.addIssue({ code: "custom", path: [index], message: `describes ${group.group} differently` });
    }
  });
export type LdapGroup = z.infer<typeof groupSchema>;

export type LdapProblem = { readonly recordType: string; readonly recordId: string; readonly reason: string };

export type ReadGroup = {
  readonly config: LdapGroup;
  /** Null: could not be read, so that nothing is said about it. */
  readonly found: readonly LdapEntry[] | null;
  /** False: a part stands on another server, which is not asked. */
  readonly isWhole: boolean;
};

export type DesiredLdapGroup = Pick<LdapGroup, "group" | "title" | "kind"> & {
  /** Keys of people by role. */
  readonly members: readonly { readonly key: string; readonly role: LdapGroup["role"] }[];
  /** False: somebody may be missing who has not left. */
  readonly isComplete: boolean;
};

/** One person by the names that entries give each other; case and spaces between the parts do not count (RFC 4514). */
export const normalDn = (dn: string): string =>
  dn
    .split(/(?<!\\),/)
    .map((part) =>
      part
        .split("=")
        .map((word) => word.trim())
        .join("="),
    )
    .join(",")
    .toLowerCase();

/** What each entry's attribute says, by its name. An entry without it is nobody we could know. */
export function keysOf(people: readonly LdapEntry[], attribute: string): ReadonlyMap<string, string> {
  return new Map(
    people.flatMap((entry) => {
      const [key] = entry.values(attribute);
      return key === undefined || key === "" ? [] : [[normalDn(entry.dn), key] as const];
    }),
  );
}

/** @param reads of one school; entries that describe the same group are one group */
export function desiredLdapGroups(
  reads: readonly ReadGroup[],
  people: ReadonlyMap<string, string>,
  attribute: string,
): { readonly groups: readonly DesiredLdapGroup[]; readonly problems: readonly LdapProblem[] } {
  const problems: LdapProblem[] = [];
  const byId = new Map<string, ReadGroup[]>();
  for (const read of reads) byId.set(read.config.group, [...(byId.get(read.config.group) ?? []), read]);
  const groups = [...byId.values()].flatMap((parts): DesiredLdapGroup[] => {
    const [first] = parts;
    if (first === undefined) return [];
    const members = new Map<string, { key: string; role: LdapGroup["role"] }>();
    let isComplete = true;
    for (const { config, found, isWhole } of parts) {
      if (!isWhole) isComplete = false;
      const report = (recordId: string, reason: string): void => {
        problems.push({ recordType: "group", recordId, reason });
        isComplete = false;
      };
      // a search that finds nothing is a typing error far more often than a room that everybody has left
      if (found === null || found.length === 0) {
        report(config.group, "groupMissing");
        continue;
      }
      for (const entry of found) {
        if (config.members !== "entry" && entry.isPartial(config.memberAttribute))
          report(config.group, "membersPartial");
        for (const name of namesIn(entry, config, attribute)) {
          const key = config.members === "dn" ? people.get(normalDn(name)) : name;
          // an entry elsewhere, such as the placeholder that groupOfNames must have, removes nobody
          if (key === undefined)
            problems.push({ recordType: "person", recordId: name.slice(0, 255), reason: "unknownEntry" });
          else members.set(`${config.role}\n${key}`, { key, role: config.role });
        }
      }
    }
    const { group, title, kind } = first.config;
    return [{ group, title, kind, members: [...members.values()], isComplete }];
  });
  return { groups, problems };
}

function namesIn(entry: LdapEntry, config: LdapGroup, attribute: string): readonly string[] {
  return entry.values(config.members === "entry" ? attribute : config.memberAttribute).filter((name) => name !== "");
}
