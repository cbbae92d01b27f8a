/** The three demo schools: a large one, a small one, and one for which the directory has not switched the messenger on. */
import { DEMO_SERVICE_ID } from "./records.ts";

export const LARGE_SCHOOL_ID = "DE-RP-SN-80808";
export const SMALL_SCHOOL_ID = "DE-RP-SN-70707";
export const UNSERVED_SCHOOL_ID = "DE-RP-SN-60606";

const SCHOOL_YEAR = "(2026/2027)";
export const classTitle = (name: string): string => `${name} ${SCHOOL_YEAR}`;

export type SchoolPlan = {
  readonly id: string;
  readonly name: string;
  readonly services: readonly string[];
  readonly seed: number;
  readonly homerooms: readonly string[];
  readonly courses: readonly string[];
  /** Subject teachers of a homeroom class, beside its class teacher. */
  readonly subjectTeachers: number;
  /** People of the school in each group, named characters included. Somebody with two roles counts in each. */
  readonly people: {
    readonly student: number;
    readonly teacher: number;
    readonly guardian: number;
    readonly secretariat: number;
    readonly socialWork: number;
    readonly schoolManagement: number;
    readonly parentsCouncil: number;
  };
};

const parallel = (year: number, letters: readonly string[]): string[] =>
  letters.map((letter) => `${String(year)}${letter}`);

export const schoolPlans: readonly SchoolPlan[] = [
  {
    id: LARGE_SCHOOL_ID,
    name: "Gymnasium Beispielstadt",
    services: [DEMO_SERVICE_ID],
    seed: 80_808,
    homerooms: [
      ...[5, 6, 7].flatMap((year) => parallel(year, ["a", "b", "c", "d"])),
      ...[8, 9, 10, 11, 12].flatMap((year) => parallel(year, ["a", "b", "c"])),
      "13",
    ],
    courses: [
      "Leistungskurs Mathematik 12",
      "Grundkurs Französisch 11",
      "Evangelische Religion 9",
      "Ethik 7",
      "AG Schülerzeitung",
      "Großer Chor",
    ],
    subjectTeachers: 5,
    people: {
      student: 700,
      teacher: 65,
      guardian: 500,
      secretariat: 3,
      socialWork: 2,
      schoolManagement: 3,
      parentsCouncil: 8,
    },
  },
  {
    id: SMALL_SCHOOL_ID,
    name: "Grundschule Am Weinberg",
    services: [DEMO_SERVICE_ID],
    seed: 70_707,
    homerooms: ["1a", "1b", "2a", "3a", "4a"],
    courses: ["Förderkurs Lesen", "Flötengruppe"],
    subjectTeachers: 2,
    people: {
      student: 61,
      teacher: 9,
      guardian: 46,
      secretariat: 1,
      socialWork: 1,
      schoolManagement: 2,
      parentsCouncil: 3,
    },
  },
  {
    id: UNSERVED_SCHOOL_ID,
    name: "Realschule plus Lindenhof",
    services: [],
    seed: 60_606,
    homerooms: ["5a"],
    courses: ["Töpfern"],
    subjectTeachers: 1,
    people: {
      student: 5,
      teacher: 3,
      guardian: 3,
      secretariat: 0,
      socialWork: 0,
      schoolManagement: 1,
      parentsCouncil: 1,
    },
  },
];
