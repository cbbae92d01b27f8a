/**
 * A directory of a given size whose records are computed from their number whenever they are asked for: the same on every
 * machine, and nothing but some changes is kept in memory, however large it is.
 */
import { adultNames, childNames, familyNames, usernameFor } from "../data/names.ts";
import { classReference, DEMO_SERVICE_ID, emailOf, orgReference, timestamp, userReference } from "../data/records.ts";
import type { DemoClass, DemoEnrollment, DemoOrg, DemoRecord, DemoRole, DemoUser } from "../data/types.ts";

export const SIZES = {
  S: { schools: 2, people: 1_200, classes: 108, enrollments: 3_600 },
  M: { schools: 20, people: 12_000, classes: 1_080, enrollments: 36_000 },
  L: { schools: 1_600, people: 500_000, classes: 45_000, enrollments: 1_500_000 },
} as const;
export type SizeName = keyof typeof SIZES;
export type Size = { readonly [part in keyof (typeof SIZES)["L"]]: number };

export const SIZED_COLLECTIONS = ["orgs", "users", "classes", "enrollments"] as const;
export type SizedCollection = (typeof SIZED_COLLECTIONS)[number];

/** Records with consecutive numbers, or those of them that changed. */
export type SizedList = { readonly total: number; readonly slice: (from: number, to: number) => readonly DemoRecord[] };

export type SizedDirectory = {
  /** @param schoolId undefined for those of all schools. @returns null for a school that does not exist */
  list(collection: SizedCollection, schoolId: string | undefined, changedSinceMs: number | undefined): SizedList | null;
  findSchool(schoolId: string): DemoRecord | null;
  /** Renames people and classes, and ends or takes back enrollments: so many records in all, spread over so many schools. */
  change(records: number, schools: number): void;
};

/** All records of the beginning are older than this. */
const BEGIN_MS = Date.UTC(2026, 7, 3);
const SHARES = { people: 0.6, classes: 0.1 } as const;
/** From a small primary school to a vocational school with ten times as many people; the mean is 1. */
const WEIGHTS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 2.8] as const;
const TEACHERS = 0.09;
const STUDENTS = 0.8;
const TEACHERS_OF_CLASS = 2;
/** Of each school, in this order, the first people who are not teachers alone. */
const OFFICES: readonly DemoRole[] = ["schoolManagement", "orgAdmin", "secretariat", "socialWork"];

type Change = { readonly modified: string; readonly times: number };

export function createSizedDirectory(size: Size): SizedDirectory {
  const cumulated = Array.from({ length: size.schools + 1 }, (_, school) => {
    const [rounds, rest] = [Math.floor(school / WEIGHTS.length), school % WEIGHTS.length];
    return rounds * WEIGHTS.length + WEIGHTS.slice(0, rest).reduce((sum, weight) => sum + weight, 0);
  });
  const all = cumulated.at(-1) ?? 1;
  /** Number of the first record of each school, and behind the last one. */
  const startsOf = (total: number): number[] => cumulated.map((weight) => Math.round((total * weight) / all));
  const starts = {
    orgs: cumulated.map((_, school) => school),
    users: startsOf(size.people),
    classes: startsOf(size.classes),
    enrollments: startsOf(size.enrollments),
  } satisfies Record<SizedCollection, number[]>;
  const changes = {
    orgs: new Map<number, Change>(),
    users: new Map<number, Change>(),
    classes: new Map<number, Change>(),
    enrollments: new Map<number, Change>(),
  };
  let lastChangeMs = BEGIN_MS + 1;

  const range = (collection: SizedCollection, school: number) => ({
    first: starts[collection][school] ?? 0,
    end: starts[collection][school + 1] ?? 0,
  });
  function schoolOf(collection: SizedCollection, number: number): number {
    let [low, high] = [0, size.schools - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[collection][middle] ?? 0) <= number) low = middle;
      else high = middle - 1;
    }
    return low;
  }
  const stateOf = (collection: SizedCollection, number: number) => {
    const change = changes[collection].get(number);
    return { modified: change?.modified ?? timestamp(BEGIN_MS * 1_000 - 1 - number), times: change?.times ?? 0 };
  };

  function org(number: number): DemoOrg {
    return {
      sourcedId: schoolIdOf(number),
      status: "active",
      dateLastModified: stateOf("orgs", number).modified,
      identifier: String(10_000 + number),
      name: `Schule ${String(number + 1)}`,
      type: "school",
      metadata: { enabledServices: [DEMO_SERVICE_ID] },
    };
  }

  function user(number: number): DemoUser {
    const school = schoolOf("users", number);
    const { first, end } = range("users", school);
    const { modified, times } = stateOf("users", number);
    const place = number - first;
    const role = plainRoleOf(place, end - first);
    const given = pick(role === "student" ? childNames : adultNames, number);
    const familyName = pick(familyNames, number * 7 + school);
    const username = `${usernameFor(given, familyName)}${String(number)}`;
    const office = OFFICES[place];
    const org = schoolIdOf(school);
    return {
      sourcedId: uuidOf(1, number),
      status: "active",
      dateLastModified: modified,
      username,
      email: emailOf(username),
      enabled: true,
      givenName: times === 0 ? given : `${given} ${String(times)}`,
      familyName,
      role,
      orgs: [orgReference(org)],
      ...(office !== undefined && {
        metadata: {
          roles: [
            { org, role: "teacher" },
            { org, role: office },
          ],
        },
      }),
    };
  }

  function group(number: number): DemoClass {
    const school = schoolOf("classes", number);
    const { modified, times } = stateOf("classes", number);
    const place = number - range("classes", school).first;
    const title = `${String((place % 9) + 5)}${"abcdefgh".charAt(Math.floor(place / 9) % 8)}`;
    return {
      sourcedId: uuidOf(2, number),
      status: "active",
      dateLastModified: modified,
      title: times === 0 ? title : `${title} (${String(times)})`,
      classType: place % 3 === 0 ? "homeroom" : "scheduled",
      school: orgReference(schoolIdOf(school)),
    };
  }

  function enrollment(number: number): DemoEnrollment {
    const school = schoolOf("enrollments", number);
    const { modified, times } = stateOf("enrollments", number);
    const [groups, people] = [range("classes", school), range("users", school)];
    const [place, classes, size] = [
      number - range("enrollments", school).first,
      groups.end - groups.first,
      people.end - people.first,
    ];
    const [ofClass, seat] = [place % classes, Math.floor(place / classes)];
    const { teachers, students } = partsOf(size);
    const isTeacher = seat < TEACHERS_OF_CLASS;
    // neighbours sit together, so nobody is twice in a class
    const member = isTeacher
      ? (ofClass * TEACHERS_OF_CLASS + seat) % teachers
      : teachers + ((ofClass * 11 + seat - TEACHERS_OF_CLASS) % students);
    const [schoolId, classId, userId] = [
      schoolIdOf(school),
      uuidOf(2, groups.first + ofClass),
      uuidOf(1, people.first + member),
    ];
    return {
      sourcedId: `${schoolId},${classId},${userId}`,
      status: times % 2 === 0 ? "active" : "tobedeleted",
      dateLastModified: modified,
      role: isTeacher ? "teacher" : "student",
      user: userReference(userId),
      class: classReference(classId),
      school: orgReference(schoolId),
    };
  }

  const records = { orgs: org, users: user, classes: group, enrollments: enrollment } satisfies Record<
    SizedCollection,
    (number: number) => DemoRecord
  >;
  const schoolNumber = (id: string): number | null => {
    const number = Number(/^DE-GR-SN-(\d{5})$/.exec(id)?.[1] ?? NaN) - 10_000;
    return number >= 0 && number < size.schools ? number : null;
  };

  return {
    list(collection, schoolId, changedSinceMs) {
      const school = schoolId === undefined ? undefined : schoolNumber(schoolId);
      if (school === null) return null;
      const { first, end } =
        school === undefined ? { first: 0, end: starts[collection].at(-1) ?? 0 } : range(collection, school);
      if (changedSinceMs === undefined || changedSinceMs < BEGIN_MS) {
        return { total: end - first, slice: (from, to) => numbers(first + from, Math.min(first + to, end)).map(at) };
      }
      const changed = [...changes[collection]]
        .filter(([number, { modified }]) => number >= first && number < end && Date.parse(modified) >= changedSinceMs)
        .map(([number]) => number)
        .sort((a, b) => a - b);
      return { total: changed.length, slice: (from, to) => changed.slice(from, to).map(at) };
      function at(number: number): DemoRecord {
        return records[collection](number);
      }
    },
    findSchool(schoolId) {
      const school = schoolNumber(schoolId);
      return school === null ? null : org(school);
    },
    change(count, schools) {
      lastChangeMs = Math.max(lastChangeMs + 1, Date.now());
      const modified = timestamp(lastChangeMs * 1_000);
      const parts = {
        users: Math.round(count * SHARES.people),
        classes: Math.round(count * SHARES.classes),
      };
      const counts = { ...parts, enrollments: count - parts.users - parts.classes };
      for (const collection of ["users", "classes", "enrollments"] as const) {
        for (let turn = 0; turn < counts[collection]; turn += 1) {
          const { first, end } = range(collection, Math.floor(((turn % schools) * size.schools) / schools));
          const number = first + (Math.floor(turn / schools) % (end - first));
          const times = (changes[collection].get(number)?.times ?? 0) + 1;
          changes[collection].set(number, { modified, times });
        }
      }
    },
  };
}

const schoolIdOf = (number: number): string => `DE-GR-SN-${String(10_000 + number)}`;

function partsOf(people: number): { readonly teachers: number; readonly students: number } {
  return { teachers: Math.round(people * TEACHERS), students: Math.round(people * STUDENTS) };
}

function plainRoleOf(place: number, people: number): DemoUser["role"] {
  const { teachers, students } = partsOf(people);
  if (place < teachers) return "teacher";
  return place < teachers + students ? "student" : "guardian";
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);

const pick = (names: readonly string[], number: number): string => names[mix(number) % names.length] ?? "";

/** A permutation of the 32-bit numbers (the end of MurmurHash3): no two are mapped to one. */
function mix(number: number): number {
  let value = number >>> 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

const hex = (number: number): string => number.toString(16).padStart(8, "0");

/** Scattered like the ids of a real directory; its first part alone tells two records of a kind apart. */
function uuidOf(kind: number, number: number): string {
  const second = hex(mix(number ^ (kind * 0x9e3779b9)));
  const third = hex(mix(number + kind * 0x7f4a7c15));
  return `${hex(mix(number))}-${second.slice(0, 4)}-5${second.slice(5)}-8${third.slice(0, 3)}-${third.slice(3)}${hex(kind).slice(1)}`;
}
