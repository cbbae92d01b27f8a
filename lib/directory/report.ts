// What a run did at a school, or a dry run would do, as it is kept and shown: all numbers, and the first of each list.
import { z } from "zod";
import { ROLES } from "#lib/policy/roles.ts";
import { HOLD_KINDS, HOLD_RULES, type Held } from "./guard.ts";
import type { SchoolDifference } from "./types.ts";

const MAX_LISTED = 200;

const list = <T extends z.ZodType>(item: T) => z.object({ count: z.number(), first: z.array(item) });
const person = z.object({ id: z.string(), name: z.string().nullable() });
const roleAt = z.object({ personId: z.string(), role: z.enum(ROLES) });
const group = z.object({ id: z.string(), title: z.string().nullable() });
const membership = z.object({ groupId: z.string(), personId: z.string(), role: z.string() });

export const schoolReportSchema = z.object({
  peopleAdded: list(person),
  peopleChanged: list(person),
  peopleRemoved: list(person),
  rolesAdded: list(roleAt),
  rolesRemoved: list(roleAt),
  groupsAdded: list(group),
  groupsChanged: list(group),
  groupsRemoved: list(group),
  membersAdded: list(membership),
  membersRemoved: list(membership),
  held: list(
    z.object({
      kind: z.enum(HOLD_KINDS),
      rule: z.enum(HOLD_RULES),
      personId: z.string().nullable(),
      groupId: z.string().nullable(),
      role: z.enum(ROLES).nullable(),
    }),
  ),
  jobs: z.number(),
});
export type SchoolReport = z.infer<typeof schoolReportSchema>;

const listed = <T>(items: readonly T[]) => ({ count: items.length, first: items.slice(0, MAX_LISTED) });
/** Names of people who are known are looked up when shown; those of people to come stand nowhere else. */
const unnamed = (id: string) => ({ id, name: null });

export function reportOf(difference: SchoolDifference, held: readonly Held[], jobs: number): SchoolReport {
  const { people, affiliations, leaving, groups, members } = difference;
  return {
    peopleAdded: listed(people.added.map(({ id, displayName }) => ({ id, name: displayName }))),
    peopleChanged: listed([...people.returned, ...people.changed].map(({ id }) => unnamed(id))),
    peopleRemoved: listed(leaving.map(unnamed)),
    rolesAdded: listed(affiliations.added.map(({ personId, role }) => ({ personId, role }))),
    rolesRemoved: listed(affiliations.removed.map(({ personId, role }) => ({ personId, role }))),
    groupsAdded: listed(groups.added.map(({ id, title }) => ({ id, title }))),
    groupsChanged: listed(groups.changed.map(({ id, title }) => ({ id, title }))),
    groupsRemoved: listed(groups.removed.map((id) => ({ id, title: null }))),
    membersAdded: listed(members.added.map(({ groupId, personId, role }) => ({ groupId, personId, role }))),
    membersRemoved: listed(members.removed.map(({ groupId, personId, role }) => ({ groupId, personId, role }))),
    held: listed(held.map(({ item: _item, ...change }) => change)),
    jobs,
  };
}

/** Two parts of one run at the same school. */
export function mergeReports(first: SchoolReport, second: SchoolReport): SchoolReport {
  const merge = <T>(
    a: { readonly count: number; readonly first: readonly T[] },
    b: { readonly count: number; readonly first: readonly T[] },
  ) => ({ count: a.count + b.count, first: [...a.first, ...b.first].slice(0, MAX_LISTED) });
  return {
    peopleAdded: merge(first.peopleAdded, second.peopleAdded),
    peopleChanged: merge(first.peopleChanged, second.peopleChanged),
    peopleRemoved: merge(first.peopleRemoved, second.peopleRemoved),
    rolesAdded: merge(first.rolesAdded, second.rolesAdded),
    rolesRemoved: merge(first.rolesRemoved, second.rolesRemoved),
    groupsAdded: merge(first.groupsAdded, second.groupsAdded),
    groupsChanged: merge(first.groupsChanged, second.groupsChanged),
    groupsRemoved: merge(first.groupsRemoved, second.groupsRemoved),
    membersAdded: merge(first.membersAdded, second.membersAdded),
    membersRemoved: merge(first.membersRemoved, second.membersRemoved),
    held: merge(first.held, second.held),
    jobs: first.jobs + second.jobs,
  };
}

/** The same if nobody is removed. */
export function withoutRemovals(report: SchoolReport): SchoolReport {
  const nobody = { count: 0, first: [] };
  return { ...report, peopleRemoved: nobody, rolesRemoved: nobody, membersRemoved: nobody };
}
