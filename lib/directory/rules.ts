// From OneRoster records to our people, affiliations, groups and members. Pure.
import { localpartOf, matrixUserId } from "#lib/ids/ids.ts";
import type { OneRosterClass, OneRosterEnrollment, OneRosterUser, RecordProblem } from "#lib/oneroster/records.ts";
import type { Pulled } from "#lib/oneroster/client.ts";
import { hasStaffRole, type Role } from "#lib/policy/roles.ts";
import {
  DEFAULT_ROLE_MAPPING,
  organisationsOf,
  rolesAtSchool,
  rolesOfGroup,
  type RoleMapping,
} from "./role-mapping.ts";
import type {
  DirectoryAffiliation,
  DirectoryMember,
  DirectoryPerson,
  DirectoryProblem,
  SchoolContent,
  SubjectField,
} from "./types.ts";

export type MappingOptions = {
  readonly subject: SubjectField;
  readonly serverName: string;
  readonly roles?: RoleMapping;
  /** Roles begin and end by it. */
  readonly now?: () => Date;
};

/** Given name first, as people are addressed in the chat. */
export function displayNameOf(givenName: string, familyName: string): string {
  return `${givenName} ${familyName}`.replace(/\s+/g, " ").trim();
}

/** What the identity provider calls the person; undefined if the directory does not say. */
export function subjectOf(user: OneRosterUser, field: SubjectField): string | undefined {
  const value =
    field === "sourcedId"
      ? user.id
      : field === "identifier"
        ? user.identifier
        : field === "username"
          ? user.username
          : user.userIds.find((known) => known.type === field.slice("userIds:".length))?.identifier;
  return value === "" ? undefined : value;
}

/** At any school: the same person comes with each of them. Only staff are written to, so only their address is kept. */
function isStaffSomewhere(user: OneRosterUser, { roles: mapping, now = () => new Date() }: MappingOptions): boolean {
  return [...organisationsOf(user)].some((schoolId) => {
    const { roles } = rolesAtSchool(user, schoolId, mapping, now());
    return hasStaffRole(roles.map(({ role }) => role));
  });
}

type Mapped<T> = { readonly value: T } | { readonly reason: string };

export function mapPerson(user: OneRosterUser, options: MappingOptions): Mapped<DirectoryPerson> {
  const displayName = displayNameOf(user.givenName, user.familyName);
  if (displayName === "") return { reason: "nameMissing" };
  const subject = subjectOf(user, options.subject);
  if (subject === undefined) return { reason: "subjectMissing" };
  const localpart = localpartOf(user.id);
  try {
    matrixUserId(localpart, options.serverName);
  } catch {
    return { reason: "idTooLong" };
  }
  const { id, familyName, givenName, username, enabled, addressProtected } = user;
  const email = isStaffSomewhere(user, options) ? user.email : null;
  const person = { id, familyName, givenName, displayName, username, subject, localpart, enabled, email };
  return { value: { ...person, addressProtected } };
}

export type SchoolRecords = {
  readonly users: Pulled<OneRosterUser>;
  readonly classes: Pulled<OneRosterClass>;
  readonly enrollments: Pulled<OneRosterEnrollment>;
};

/** Everything of a school, from its three lists. Records that are "tobedeleted" are left out: in a full pull they are gone. */
export function mapSchool(schoolId: string, records: SchoolRecords, options: MappingOptions): SchoolContent {
  const problems: DirectoryProblem[] = [];
  const unusablePeople: string[] = [];
  const people = new Map<string, DirectoryPerson>();
  const subjects = new Set<string>();
  const affiliations: DirectoryAffiliation[] = [];
  const { roles: mapping = DEFAULT_ROLE_MAPPING, now = () => new Date() } = options;
  const byGroup = rolesByGroup(schoolId, records, mapping);
  const report: ReportProblem = (recordType, { id, modifiedAt }, reason) => {
    problems.push({ recordType, recordId: id, reason, modifiedAt, schoolId });
  };

  for (const user of active(records.users.records)) {
    const { roles: said, unknown } = rolesAtSchool(user, schoolId, mapping, now());
    // an office role that only a group explains is no problem
    const granted = byGroup.get(user.id) ?? new Set();
    if (granted.size === 0) for (const word of unknown) report("user", user, `unknownRole: ${word}`);
    const added = [...granted].filter((role) => !said.some((held) => held.role === role));
    const roles = [...said, ...added.map((role) => ({ role, beginDate: null }))];
    if (roles.length === 0) continue;
    const mapped = mapPerson(user, options);
    if ("reason" in mapped || subjects.has(mapped.value.subject)) {
      report("user", user, "reason" in mapped ? mapped.reason : "subjectTaken");
      unusablePeople.push(user.id);
      continue;
    }
    people.set(user.id, mapped.value);
    subjects.add(mapped.value.subject);
    affiliations.push(...roles.map((held) => ({ personId: user.id, ...held })));
  }

  const groups = new Map(
    active(records.classes.records)
      .filter((group) => group.schoolId === schoolId)
      .map(({ id, title, kind }) => [id, { id, title, kind }]),
  );
  // of two records with one id the last was taken
  const unreadable = (problems: readonly RecordProblem[]) => problems.filter(({ reason }) => reason !== "duplicateId");
  const unreadablePeople = new Set([...unusablePeople, ...idsOf(unreadable(records.users.problems))]);
  const members = new Map<string, DirectoryMember>();
  for (const enrollment of active(records.enrollments.records)) {
    const { id, classId, userId, role } = enrollment;
    if (groups.has(classId) && people.has(userId)) {
      members.set(`${classId}\n${userId}\n${role}`, { groupId: classId, personId: userId, role, enrollmentId: id });
      continue;
    }
    // reported already, as a person; what the tables hold of them stays
    if (unreadablePeople.has(userId)) continue;
    report("enrollment", enrollment, groups.has(classId) ? "unknownPerson" : "unknownClass");
  }

  return {
    people: [...people.values()],
    affiliations,
    groups: [...groups.values()],
    members: [...members.values()],
    problems: [
      ...[...records.users.problems, ...records.classes.problems, ...records.enrollments.problems].map((problem) => ({
        ...problem,
        schoolId,
      })),
      ...problems,
    ],
    modified: { people: datesOf(records.users.records), groups: datesOf(records.classes.records) },
    unreadable: {
      people: [...unreadablePeople],
      groups: idsOf(unreadable(records.classes.problems)),
      enrollments: idsOf(unreadable(records.enrollments.problems)),
    },
    removable: {
      people: allNamed(records.users.problems),
      groups: allNamed(records.classes.problems),
      enrollments: allNamed(records.enrollments.problems),
    },
  };
}

type ReportProblem = (
  recordType: RecordProblem["recordType"],
  record: { readonly id: string; readonly modifiedAt: Date | null },
  reason: string,
) => void;

/** Roles that people of the school hold by being in a configured group. */
function rolesByGroup(schoolId: string, records: SchoolRecords, mapping: RoleMapping): Map<string, Set<Role>> {
  const granted = new Map<string, Set<Role>>();
  if (mapping.groups.length === 0) return granted;
  const groups = new Map(active(records.classes.records).map((group) => [group.id, group]));
  const belongs = new Set(
    active(records.users.records).flatMap((user) => (organisationsOf(user).has(schoolId) ? [user.id] : [])),
  );
  for (const { classId, userId } of active(records.enrollments.records)) {
    const group = groups.get(classId);
    if (group?.schoolId !== schoolId || !belongs.has(userId)) continue;
    const roles = rolesOfGroup(group, mapping);
    if (roles.length > 0) granted.set(userId, new Set([...(granted.get(userId) ?? []), ...roles]));
  }
  return granted;
}

const active = <T extends { readonly active: boolean }>(records: readonly T[]): readonly T[] =>
  records.filter((record) => record.active);

/** When the source changed each record. */
export const datesOf = (
  records: readonly { readonly id: string; readonly modifiedAt: Date | null }[],
): ReadonlyMap<string, Date | null> => new Map(records.map(({ id, modifiedAt }) => [id, modifiedAt]));

const idsOf = (problems: readonly RecordProblem[]): string[] =>
  problems.map((problem) => problem.recordId).filter((id) => id !== "");
const allNamed = (problems: readonly RecordProblem[]): boolean => problems.every((problem) => problem.recordId !== "");
