/** The named characters of the demo: one for every role that someone may want to try, with readable usernames. */
import { sourcedIdFor } from "./records.ts";
import { LARGE_SCHOOL_ID, SMALL_SCHOOL_ID, UNSERVED_SCHOOL_ID } from "./schools.ts";
import type { DemoRole, DemoRoleAt } from "./types.ts";

export type DemoConsoleRole = "support" | "landAdmin";

export type DemoLogin = {
  readonly username: string;
  /** What the identity provider calls the person; for people of the directory their `sourcedId`. */
  readonly subject: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly displayName: string;
  /** Roles in the directory; empty for the state's staff, who do not stand in it. */
  readonly roles: readonly DemoRoleAt[];
  readonly schools: readonly string[];
  /** The console role to grant, for the state's staff. */
  readonly consoleRole: DemoConsoleRole | null;
  /** Names of the homeroom classes that the person belongs to, at their first school. */
  readonly homerooms: readonly string[];
  /** One line for lists of demo logins, in German. */
  readonly note: string;
};

const at = (org: string, ...roles: DemoRole[]): DemoRoleAt[] => roles.map((role) => ({ org, role }));

function character(
  username: string,
  name: readonly [givenName: string, familyName: string],
  roles: readonly DemoRoleAt[],
  note: string,
  more: { consoleRole?: DemoConsoleRole; homerooms?: readonly string[] } = {},
): DemoLogin {
  const [givenName, familyName] = name;
  return {
    username,
    subject: sourcedIdFor("person", username),
    givenName,
    familyName,
    displayName: `${givenName} ${familyName}`,
    roles,
    schools: [...new Set(roles.map((role) => role.org))],
    consoleRole: more.consoleRole ?? null,
    homerooms: more.homerooms ?? [],
    note,
  };
}

const LARGE = LARGE_SCHOOL_ID;
const SMALL = SMALL_SCHOOL_ID;
const UNSERVED = UNSERVED_SCHOOL_ID;

/** By what they are good for; the usernames follow from the names. */
export const demoCharacters = {
  orgAdmin: character("anna.berger", ["Anna", "Berger"], at(LARGE, "teacher", "orgAdmin"), "OrganisationsAdmin", {
    homerooms: ["7a"],
  }),
  orgAdminOfTwoSchools: character(
    "jonas.krueger",
    ["Jonas", "Krüger"],
    [...at(LARGE, "teacher", "orgAdmin"), ...at(SMALL, "teacher", "orgAdmin")],
    "OrganisationsAdmin an zwei Schulen",
  ),
  manager: character("martin.vogt", ["Martin", "Vogt"], at(LARGE, "schoolManagement"), "Schulleitung"),
  secondManager: character(
    "ursula.weiss",
    ["Ursula", "Weiß"],
    at(LARGE, "schoolManagement", "teacher"),
    "Stellvertretende Schulleitung, auch Lehrkraft",
  ),
  teacher: character("sabine.koehler", ["Sabine", "Köhler"], at(LARGE, "teacher"), "Lehrkraft der 7a", {
    homerooms: ["7a"],
  }),
  teacherAndGuardian: character(
    "peter.hoffmann-lenz",
    ["Peter", "Hoffmann-Lenz"],
    at(LARGE, "teacher", "guardian"),
    "Lehrkraft, auch Elternteil an der Schule",
  ),
  teacherHereGuardianThere: character(
    "birgit.schaefer",
    ["Birgit", "Schäfer"],
    [...at(LARGE, "teacher"), ...at(SMALL, "guardian")],
    "Lehrkraft, Elternteil an der anderen Schule",
  ),
  teacherOfTwoSchools: character(
    "joerg.strauss",
    ["Jörg", "Strauß"],
    [...at(LARGE, "teacher"), ...at(SMALL, "teacher")],
    "Lehrkraft an zwei Schulen",
  ),
  pupilA: character("lena.schroeder", ["Lena", "Schröder"], at(LARGE, "student"), "Schülerin der 7a", {
    homerooms: ["7a"],
  }),
  pupilB: character("emre.oeztuerk", ["Emre", "Öztürk"], at(LARGE, "student"), "Schüler der 9b", {
    homerooms: ["9b"],
  }),
  guardian: character("katrin.schroeder", ["Katrin", "Schröder"], at(LARGE, "guardian"), "Elternteil"),
  parentsCouncil: character("dirk.jaeger", ["Dirk", "Jäger"], at(LARGE, "guardian", "parentsCouncil"), "Elternbeirat"),
  secretariat: character("monika.graef", ["Monika", "Gräf"], at(LARGE, "secretariat"), "Sekretariat"),
  socialWork: character("nils.brauer", ["Nils", "Brauer"], at(LARGE, "socialWork"), "Schulsozialarbeit"),

  smallSchoolOrgAdmin: character(
    "silke.rueckert",
    ["Silke", "Rückert"],
    at(SMALL, "teacher", "orgAdmin"),
    "OrganisationsAdmin",
    { homerooms: ["3a"] },
  ),
  smallSchoolManager: character("heike.sommer", ["Heike", "Sommer"], at(SMALL, "schoolManagement"), "Schulleitung"),
  smallSchoolPupil: character("mats.bluemel", ["Mats", "Blümel"], at(SMALL, "student"), "Schüler der 3a", {
    homerooms: ["3a"],
  }),

  onlyAdminIsOnlyManager: character(
    "werner.moeller",
    ["Werner", "Möller"],
    at(UNSERVED, "schoolManagement", "orgAdmin"),
    "Einzige Schulleitung und einziger OrganisationsAdmin",
  ),

  support: character("support.eins", ["Carla", "Winter"], [], "Support", { consoleRole: "support" }),
  secondSupport: character("support.zwei", ["Henrik", "Groß"], [], "Support", { consoleRole: "support" }),
  landAdmin: character("land.eins", ["Almut", "Brandt"], [], "Landesverwaltung", { consoleRole: "landAdmin" }),
  secondLandAdmin: character("land.zwei", ["Jürgen", "Prößl"], [], "Landesverwaltung", { consoleRole: "landAdmin" }),
} as const satisfies Readonly<Record<string, DemoLogin>>;

export const demoLogins: readonly DemoLogin[] = Object.values(demoCharacters);

/** Those who stand in the directory. */
export const directoryCharacters = demoLogins.filter((login) => login.roles.length > 0);
