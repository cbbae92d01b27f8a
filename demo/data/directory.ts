/** Builds the demo's directory: three schools with their people, classes and enrollments, the same on every machine. */
import { adultNames, childNames, familyNames, usernameFor } from "./names.ts";
import { directoryCharacters } from "./people.ts";
import { createRandom, type Random } from "./random.ts";
import { makeClass, makeEnrollment, makeOrg, makeUser, timestamp } from "./records.ts";
import { classTitle, LARGE_SCHOOL_ID, SMALL_SCHOOL_ID, schoolPlans, type SchoolPlan } from "./schools.ts";
import type { DemoClass, DemoDirectory, DemoEnrollment, DemoRole, DemoRoleAt } from "./types.ts";

type Person = {
  readonly username: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly roles: DemoRoleAt[];
  readonly homerooms: readonly string[];
  enabled: boolean;
};

/** Families with children at both schools. */
const SHARED_GUARDIANS = 4;

export function buildDemoDirectory(): DemoDirectory {
  const nextTimestamp = createTimestamps();
  const people = new Map<string, Person>();
  for (const login of directoryCharacters) {
    people.set(login.username, { ...login, roles: [...login.roles], enabled: true });
  }
  const orgs = schoolPlans.map((plan) => makeOrg({ ...plan, modified: nextTimestamp() }));
  for (const plan of schoolPlans) populate(plan, people, createRandom(plan.seed));

  const users = [...people.values()].map((person) => makeUser(person, nextTimestamp()));
  const idOf = new Map(users.map((user) => [user.username, user.sourcedId]));
  const classes: DemoClass[] = [];
  const enrollments: DemoEnrollment[] = [];
  for (const plan of schoolPlans) {
    for (const group of planGroups(plan, [...people.values()], createRandom(plan.seed + 1))) {
      const record = makeClass({ schoolId: plan.id, ...group, modified: nextTimestamp() });
      classes.push(record);
      for (const [role, members] of [
        ["teacher", group.teachers],
        ["student", group.students],
      ] as const) {
        for (const member of members) {
          const userId = idOf.get(member.username);
          if (userId === undefined) throw new Error(`${member.username} is enrolled, but not in the directory.`);
          const ids = { schoolId: plan.id, classId: record.sourcedId, userId };
          enrollments.push(makeEnrollment({ ...ids, role, modified: nextTimestamp() }));
        }
      }
    }
  }
  return { orgs, users, classes, enrollments };
}

/** Distinct and rising, so that every boundary of an incremental read can be tested. */
function createTimestamps(): () => string {
  let microseconds = Date.UTC(2026, 7, 3, 6) * 1000;
  return () => timestamp((microseconds += 1_370_417));
}

function populate(plan: SchoolPlan, people: Map<string, Person>, random: Random): void {
  const holding = (role: DemoRole): Person[] => [...people.values()].filter((person) => holds(person, plan.id, role));
  const fill = (role: DemoRole, count: number, firstNames: readonly string[], families: readonly string[]): void => {
    for (let missing = count - holding(role).length; missing > 0; missing -= 1) {
      add(people, random.pick(firstNames), random.pick(families), [{ org: plan.id, role }]);
    }
  };

  if (plan.id === SMALL_SCHOOL_ID) {
    const elsewhere = [...people.values()].filter((person) => onlyRole(person, LARGE_SCHOOL_ID, "guardian"));
    for (const person of elsewhere.slice(20, 20 + SHARED_GUARDIANS)) {
      person.roles.push({ org: plan.id, role: "guardian" });
    }
  }
  for (const role of ["teacher", "schoolManagement", "secretariat", "socialWork", "guardian"] as const) {
    fill(role, plan.people[role], adultNames, familyNames);
  }
  const council = plan.people.parentsCouncil - holding("parentsCouncil").length;
  const willing = holding("guardian").filter((person) => onlyRole(person, plan.id, "guardian") && isGenerated(person));
  for (const person of willing.slice(0, council)) person.roles.push({ org: plan.id, role: "parentsCouncil" });

  const guardianNames = holding("guardian").map((person) => person.familyName);
  fill("student", plan.people.student, childNames, guardianNames);

  if (plan.id === LARGE_SCHOOL_ID) {
    // Somebody on a long leave and a pupil abroad: known, but hidden and not contactable.
    for (const role of ["teacher", "student"] as const) {
      const last = holding(role).at(-1);
      if (last !== undefined) last.enabled = false;
    }
  }
}

function add(people: Map<string, Person>, givenName: string, familyName: string, roles: DemoRoleAt[]): void {
  const base = usernameFor(givenName, familyName);
  let username = base;
  for (let count = 2; people.has(username); count += 1) username = `${base}${String(count)}`;
  people.set(username, { username, givenName, familyName, roles, homerooms: [], enabled: true });
}

type GroupPlan = {
  readonly title: string;
  readonly classType: DemoClass["classType"];
  readonly teachers: readonly Person[];
  readonly students: readonly Person[];
};

function planGroups(plan: SchoolPlan, people: readonly Person[], random: Random): GroupPlan[] {
  const teachers = people.filter((person) => holds(person, plan.id, "teacher"));
  const students = people.filter((person) => holds(person, plan.id, "student"));
  const classOf = new Map<Person, string>();
  for (const [index, student] of students.entries()) {
    const homeroom = student.homerooms[0] ?? plan.homerooms[index % plan.homerooms.length];
    if (homeroom !== undefined) classOf.set(student, homeroom);
  }

  const homerooms = plan.homerooms.map((name, index): GroupPlan => {
    const own = teachers.filter((teacher) => teacher.homerooms.includes(name));
    const classTeacher = teachers[index % teachers.length];
    const team = own.length > 0 || classTeacher === undefined ? own : [classTeacher];
    return {
      title: classTitle(name),
      classType: "homeroom",
      teachers: widen(team, teachers, team.length + plan.subjectTeachers, random),
      students: students.filter((student) => classOf.get(student) === name),
    };
  });

  const courses = plan.courses.map((name, index): GroupPlan => {
    const year = /\d+$/.exec(name)?.[0] ?? "";
    const eligible = students.filter((student) => classOf.get(student)?.startsWith(year) === true);
    const generatedManagers = people.filter((person) => onlyRole(person, plan.id, "schoolManagement"));
    // School management that teaches a course without being a teacher in the directory: enrolled, and staff all the same.
    const team = index === 0 ? generatedManagers.filter(isGenerated) : [];
    return {
      title: classTitle(name),
      classType: "scheduled",
      teachers: widen(team, teachers, team.length + 1, random),
      students: widen([], eligible, Math.min(eligible.length, 12 + random.below(14)), random),
    };
  });
  return [...homerooms, ...courses];
}

/** `start` and further people from `pool`, nobody twice, up to `size` if there are that many. */
function widen(start: readonly Person[], pool: readonly Person[], size: number, random: Random): Person[] {
  const chosen = new Set(start);
  const rest = pool.filter((person) => !chosen.has(person));
  while (chosen.size < size && rest.length > 0) {
    const [person] = rest.splice(random.below(rest.length), 1);
    if (person !== undefined) chosen.add(person);
  }
  return [...chosen];
}

const characterNames = new Set(directoryCharacters.map((login) => login.username));
const isGenerated = (person: Person): boolean => !characterNames.has(person.username);

const holds = (person: Person, org: string, role: DemoRole): boolean =>
  person.roles.some((entry) => entry.org === org && entry.role === role);

const onlyRole = (person: Person, org: string, role: DemoRole): boolean =>
  person.roles.length === 1 && holds(person, org, role);
