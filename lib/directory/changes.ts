// From the records that changed since a time to what they say of each school. Absence means nothing here; only what is
// named is judged. Pure.
import type { OneRosterClass, OneRosterEnrollment, OneRosterUser, RecordProblem } from "#lib/oneroster/records.ts";
import { DEFAULT_ROLE_MAPPING, organisationsOf, rolesAtSchool, rolesOfGroup } from "./role-mapping.ts";
import { datesOf, mapPerson, type MappingOptions } from "./rules.ts";
import type {
  DirectoryAffiliation,
  DirectoryGroup,
  DirectoryMember,
  DirectoryPerson,
  DirectoryProblem,
  SchoolContent,
} from "./types.ts";

export type ChangedRecords = {
  readonly users: readonly OneRosterUser[];
  readonly classes: readonly OneRosterClass[];
  readonly enrollments: readonly OneRosterEnrollment[];
  readonly problems: readonly RecordProblem[];
};

/** What the tables know of the people and groups that the changes speak of. */
export type KnownPlaces = {
  readonly schools: ReadonlySet<string>;
  /** Of these, whoever comes is among the first, as in a school's first sync. */
  readonly emptySchools: ReadonlySet<string>;
  readonly schoolsOfPerson: ReadonlyMap<string, ReadonlySet<string>>;
  readonly schoolOfGroup: ReadonlyMap<string, string>;
};

export type MappedChanges = {
  readonly contents: ReadonlyMap<string, SchoolContent>;
  /** Schools of which the changes do not say enough: these are to be read whole. */
  readonly unclear: ReadonlySet<string>;
  readonly problems: readonly DirectoryProblem[];
};

type Draft = {
  readonly people: Map<string, DirectoryPerson>;
  readonly affiliations: DirectoryAffiliation[];
  readonly groups: DirectoryGroup[];
  readonly members: DirectoryMember[];
  readonly named: {
    readonly people: Set<string>;
    readonly groups: Set<string>;
    readonly enrollments: Set<string>;
  };
};

export function mapChanges(records: ChangedRecords, known: KnownPlaces, options: MappingOptions): MappedChanges {
  const { roles: mapping = DEFAULT_ROLE_MAPPING, now = () => new Date() } = options;
  const drafts = new Map<string, Draft>();
  const unclear = new Set(known.emptySchools);
  const problems: DirectoryProblem[] = [...records.problems];
  const draftOf = (schoolId: string): Draft => {
    const draft = drafts.get(schoolId) ?? emptyDraft();
    drafts.set(schoolId, draft);
    return draft;
  };

  const subjects = new Map<string, string>();
  for (const user of records.users) {
    const places = [...organisationsOf(user), ...(known.schoolsOfPerson.get(user.id) ?? [])];
    const schools = [...new Set(places)].filter((id) => known.schools.has(id));
    const mapped = mapPerson(user, options);
    const reason =
      "reason" in mapped
        ? mapped.reason
        : (subjects.get(mapped.value.subject) ?? user.id) === user.id
          ? null
          : "subjectTaken";
    for (const schoolId of schools) {
      const report = (text: string) => {
        problems.push({ recordType: "user", recordId: user.id, reason: text, schoolId, modifiedAt: user.modifiedAt });
      };
      if (mapping.groups.length > 0) unclear.add(schoolId);
      const { roles, unknown } = user.active
        ? rolesAtSchool(user, schoolId, mapping, now())
        : { roles: [], unknown: [] };
      for (const word of unknown) report(`unknownRole: ${word}`);
      if (roles.length > 0 && ("reason" in mapped || reason !== null)) {
        report(reason ?? "unexpected"); // not named, so that what the tables hold of the person stays
        continue;
      }
      const draft = draftOf(schoolId);
      draft.named.people.add(user.id);
      if (roles.length === 0 || "reason" in mapped) continue;
      draft.people.set(user.id, mapped.value);
      subjects.set(mapped.value.subject, user.id);
      draft.affiliations.push(...roles.map((held) => ({ personId: user.id, ...held })));
    }
  }

  const schoolOfGroup = new Map(known.schoolOfGroup);
  for (const group of records.classes) {
    if (!known.schools.has(group.schoolId)) continue;
    const draft = draftOf(group.schoolId);
    draft.named.groups.add(group.id);
    if (rolesOfGroup(group, mapping).length > 0) unclear.add(group.schoolId);
    if (!group.active) continue;
    draft.groups.push({ id: group.id, title: group.title, kind: group.kind });
    if (!schoolOfGroup.has(group.id)) schoolOfGroup.set(group.id, group.schoolId);
  }

  for (const enrollment of records.enrollments) {
    const { id, classId, userId, role, modifiedAt } = enrollment;
    const schoolId = schoolOfGroup.get(classId);
    if (schoolId === undefined) {
      if (enrollment.active) {
        problems.push({ recordType: "enrollment", recordId: id, reason: "unknownClass", modifiedAt });
      }
      continue;
    }
    if (mapping.groups.length > 0) unclear.add(schoolId);
    const draft = draftOf(schoolId);
    draft.named.enrollments.add(id);
    if (!enrollment.active) continue;
    // the changes may say that the person has gone; otherwise what the tables know counts
    const isThere = draft.named.people.has(userId)
      ? draft.people.has(userId)
      : (known.schoolsOfPerson.get(userId)?.has(schoolId) ?? false);
    if (isThere) draft.members.push({ groupId: classId, personId: userId, role, enrollmentId: id });
    else problems.push({ recordType: "enrollment", recordId: id, reason: "unknownPerson", schoolId, modifiedAt });
  }

  const modified = { people: datesOf(records.users), groups: datesOf(records.classes) };
  const contents = new Map([...drafts].map(([schoolId, draft]) => [schoolId, contentOf(draft, modified)]));
  return { contents, unclear, problems };
}

function emptyDraft(): Draft {
  const named = { people: new Set<string>(), groups: new Set<string>(), enrollments: new Set<string>() };
  return { people: new Map(), affiliations: [], groups: [], members: [], named };
}

function contentOf(
  { people, affiliations, groups, members, named }: Draft,
  modified: SchoolContent["modified"],
): SchoolContent {
  return {
    people: [...people.values()],
    affiliations,
    groups,
    members,
    named,
    problems: [],
    modified,
    unreadable: { people: [], groups: [], enrollments: [] },
    removable: { people: true, groups: true, enrollments: true },
  };
}
