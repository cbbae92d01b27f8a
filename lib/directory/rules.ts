// From OneRoster records to our people, affiliations, groups and members. Pure.
import { localpartOf, matrixUserId } from "#lib/ids/ids.ts";
import type { OneRosterClass, OneRosterEnrollment, OneRosterUser, RecordProblem } from "#lib/oneroster/records.ts";
import type { Pulled } from "#lib/oneroster/client.ts";
import { hasStaffRole, isRole, type Role } from "#lib/policy/roles.ts";
import type {
  DirectoryAffiliation,
  DirectoryMember,
  DirectoryPerson,
  DirectoryProblem,
  SchoolContent,
  SubjectField,
} from "./types.ts";

/**
 * OneRoster's own roles that need no interpretation. "administrator" and "aide" are deliberately absent: they may be
 * anybody in an office, and a guess would hand out the rights of school management.
 */
const PLAIN_ROLES: Readonly<Record<string, Role>> = {
  teacher: "teacher",
  student: "student",
  guardian: "guardian",
  parent: "guardian",
  relative: "guardian",
};

export type MappingOptions = { readonly subject: SubjectField; readonly serverName: string };

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
function isStaffSomewhere(user: OneRosterUser): boolean {
  const plain = PLAIN_ROLES[user.plainRole];
  const roles = user.roles?.map(({ role }) => role).filter(isRole) ?? (plain === undefined ? [] : [plain]);
  return hasStaffRole(roles);
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
  const { id, familyName, givenName, username, enabled } = user;
  const email = isStaffSomewhere(user) ? user.email : null;
  return { value: { id, familyName, givenName, displayName, username, subject, localpart, enabled, email } };
}

/** Roles of the person at the school: `metadata.roles` is the complete list where it is present. */
export function rolesAtSchool(
  user: OneRosterUser,
  schoolId: string,
): { readonly roles: readonly { role: Role; beginDate: Date | null }[]; readonly unknown: readonly string[] } {
  const held =
    user.roles?.filter((entry) => entry.schoolId === schoolId) ??
    (user.schoolIds.includes(schoolId) ? [{ role: user.plainRole, beginDate: null }] : []);
  const roles = new Map<Role, Date | null>();
  const unknown: string[] = [];
  for (const { role: word, beginDate } of held) {
    const role = user.roles !== null && isRole(word) ? word : PLAIN_ROLES[word];
    if (role === undefined) unknown.push(word);
    else roles.set(role, beginDate);
  }
  return { roles: [...roles].map(([role, beginDate]) => ({ role, beginDate })), unknown };
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
  const report = (recordType: RecordProblem["recordType"], recordId: string, reason: string): void => {
    problems.push({ recordType, recordId, reason });
  };

  for (const user of active(records.users.records)) {
    const { roles, unknown } = rolesAtSchool(user, schoolId);
    for (const word of unknown) report("user", user.id, `unknownRole: ${word}`);
    if (roles.length === 0) continue;
    const mapped = mapPerson(user, options);
    if ("reason" in mapped || subjects.has(mapped.value.subject)) {
      report("user", user.id, "reason" in mapped ? mapped.reason : "subjectTaken");
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
  const unreadablePeople = new Set([...unusablePeople, ...idsOf(records.users.problems)]);
  const members = new Map<string, DirectoryMember>();
  for (const enrollment of active(records.enrollments.records)) {
    const { id, classId, userId, role } = enrollment;
    if (groups.has(classId) && people.has(userId)) {
      members.set(`${classId}\n${userId}\n${role}`, { groupId: classId, personId: userId, role, enrollmentId: id });
      continue;
    }
    // reported already, as a person; what the tables hold of them stays
    if (unreadablePeople.has(userId)) continue;
    report("enrollment", id, groups.has(classId) ? "unknownPerson" : "unknownClass");
  }

  return {
    people: [...people.values()],
    affiliations,
    groups: [...groups.values()],
    members: [...members.values()],
    problems: [...records.users.problems, ...records.classes.problems, ...records.enrollments.problems, ...problems],
    unreadable: {
      people: [...unreadablePeople],
      groups: idsOf(records.classes.problems),
      enrollments: idsOf(records.enrollments.problems),
    },
    removable: {
      people: allNamed(records.users.problems),
      groups: allNamed(records.classes.problems),
      enrollments: allNamed(records.enrollments.problems),
    },
  };
}

/** The last one counts if a list holds a record twice. */
function active<T extends { readonly id: string; readonly active: boolean }>(records: readonly T[]): T[] {
  return [...new Map(records.map((record) => [record.id, record])).values()].filter((record) => record.active);
}

const idsOf = (problems: readonly RecordProblem[]): string[] =>
  problems.map((problem) => problem.recordId).filter((id) => id !== "");
const allNamed = (problems: readonly RecordProblem[]): boolean => problems.every((problem) => problem.recordId !== "");
