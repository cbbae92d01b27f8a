/** A directory that can change while it is served: every change renews `dateLastModified`, and what goes is `tobedeleted`. */
import { type PersonInput, makeClass, makeEnrollment, makeUser, roleFields, timestamp } from "../data/records.ts";
import type {
  DemoClass,
  DemoDirectory,
  DemoEnrollment,
  DemoOrg,
  DemoRecord,
  DemoRoleAt,
  DemoUser,
} from "../data/types.ts";

export type DirectoryHandle = {
  /** What the server serves now. Change it only through this handle. */
  readonly current: DemoDirectory;
  addPerson(person: PersonInput): DemoUser;
  renamePerson(personId: string, name: { givenName?: string; familyName?: string }): void;
  setRoles(personId: string, roles: readonly DemoRoleAt[]): void;
  setEnabled(personId: string, enabled: boolean): void;
  /** The person and their enrollments become `tobedeleted`. */
  removePerson(personId: string): void;
  /** Takes a removed person back, without their enrollments. */
  restorePerson(personId: string): void;
  addClass(schoolId: string, title: string, classType?: DemoClass["classType"]): DemoClass;
  renameClass(classId: string, title: string): void;
  /** The class and its enrollments become `tobedeleted`. */
  removeClass(classId: string): void;
  enroll(classId: string, personId: string, role: DemoEnrollment["role"]): DemoEnrollment;
  unenroll(classId: string, personId: string): void;
  setEnabledServices(schoolId: string, serviceIds: readonly string[]): void;
  /** Drops everything that is `tobedeleted`, as a provider does after some time: only a full read notices. */
  purge(): void;
  /** Back to the directory of the start; records that changed meanwhile carry a new time. */
  reset(): void;
};

export function createDirectoryHandle(initial: DemoDirectory): DirectoryHandle {
  const current = structuredClone(initial);
  const touch = createClock(current);

  const user = (id: string): DemoUser => find(current.users, id, "person");
  const group = (id: string): DemoClass => find(current.classes, id, "class");

  function change<T extends DemoRecord>(record: T, changes: Partial<T>): void {
    Object.assign(record, changes, { dateLastModified: touch() });
  }
  function removeEnrollments(matches: (enrollment: DemoEnrollment) => boolean): void {
    for (const enrollment of current.enrollments) {
      if (enrollment.status === "active" && matches(enrollment)) change(enrollment, { status: "tobedeleted" });
    }
  }
  /** The position is kept, so that a client in the middle of paging neither misses nor doubles a record. */
  function put<T extends DemoRecord>(records: T[], record: T): T {
    const index = records.findIndex((candidate) => candidate.sourcedId === record.sourcedId);
    if (index === -1) records.push(record);
    else records[index] = record;
    return record;
  }

  return {
    current,
    addPerson(person) {
      const taken = current.users.some((known) => known.username === person.username && known.status === "active");
      if (taken) throw new Error(`There is already a person ${person.username}.`);
      return put(current.users, makeUser(person, touch()));
    },
    renamePerson(personId, name) {
      change(user(personId), name);
    },
    setRoles(personId, roles) {
      const person = user(personId);
      delete person.metadata;
      change(person, roleFields(roles));
      const schools = new Set(roles.map((role) => role.org));
      removeEnrollments(({ user: member, school }) => member.href === personId && !schools.has(school.href));
    },
    setEnabled(personId, enabled) {
      change(user(personId), { enabled });
    },
    removePerson(personId) {
      change(user(personId), { status: "tobedeleted" });
      removeEnrollments((enrollment) => enrollment.user.href === personId);
    },
    restorePerson(personId) {
      change(user(personId), { status: "active" });
    },
    addClass(schoolId, title, classType = "homeroom") {
      return put(current.classes, makeClass({ schoolId, title, classType, modified: touch() }));
    },
    renameClass(classId, title) {
      change(group(classId), { title });
    },
    removeClass(classId) {
      change(group(classId), { status: "tobedeleted" });
      removeEnrollments((enrollment) => enrollment.class.href === classId);
    },
    enroll(classId, personId, role) {
      const ids = { schoolId: group(classId).school.href, classId, userId: user(personId).sourcedId };
      return put(current.enrollments, makeEnrollment({ ...ids, role, modified: touch() }));
    },
    unenroll(classId, personId) {
      removeEnrollments(({ class: of, user: member }) => of.href === classId && member.href === personId);
    },
    setEnabledServices(schoolId, serviceIds) {
      const org: DemoOrg = find(current.orgs, schoolId, "school");
      change(org, { metadata: { ...org.metadata, enabledServices: [...serviceIds] } });
    },
    purge() {
      dropDeleted(current.users);
      dropDeleted(current.classes);
      dropDeleted(current.enrollments);
    },
    reset() {
      restore(current.orgs, initial.orgs, touch);
      restore(current.users, initial.users, touch);
      restore(current.classes, initial.classes, touch);
      restore(current.enrollments, initial.enrollments, touch);
    },
  };
}

function find<T extends DemoRecord>(records: readonly T[], id: string, kind: string): T {
  const record = records.find((candidate) => candidate.sourcedId === id);
  if (record === undefined) throw new Error(`There is no ${kind} ${id} in the demo's directory.`);
  return record;
}

/** Strictly rising and never before a time that is already in the directory, whatever the machine's clock says. */
function createClock(directory: DemoDirectory): () => string {
  const times = [directory.orgs, directory.users, directory.classes, directory.enrollments]
    .flat()
    .map((record) => Date.parse(record.dateLastModified));
  let last = (times.reduce((latest, time) => Math.max(latest, time), 0) + 1) * 1000;
  return () => {
    last = Math.max(last + 1, Date.now() * 1000);
    return timestamp(last);
  };
}

function dropDeleted(records: DemoRecord[]): void {
  const kept = records.filter((record) => record.status === "active");
  records.splice(0, records.length, ...kept);
}

function restore<T extends DemoRecord>(records: T[], initial: readonly T[], touch: () => string): void {
  const before = new Map(records.map((record) => [record.sourcedId, record]));
  const restored = initial.map((record): T => {
    const present = before.get(record.sourcedId);
    before.delete(record.sourcedId);
    if (present !== undefined && sameContent(present, record)) return present;
    return { ...structuredClone(record), dateLastModified: touch() };
  });
  // What was added since leaves as a deletion, so that an incremental reader follows.
  const added = [...before.values()].map((record): T => {
    if (record.status === "tobedeleted") return record;
    return { ...record, status: "tobedeleted", dateLastModified: touch() };
  });
  records.splice(0, records.length, ...restored, ...added);
}

function sameContent(a: DemoRecord, b: DemoRecord): boolean {
  const content = (record: DemoRecord): string => JSON.stringify({ ...record, dateLastModified: "" });
  return content(a) === content(b);
}
