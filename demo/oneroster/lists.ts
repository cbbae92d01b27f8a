/** Which list or record a path of the OneRoster server means, in a directory that is kept or in one that is computed. */
import type { DemoDirectory } from "../data/types.ts";
import { OneRosterError } from "./errors.ts";
import { type Page, runQuery, runSizedQuery } from "./query.ts";
import { SIZED_COLLECTIONS, type SizedDirectory } from "./sized-directory.ts";
import { type DemoVersion, inVersion } from "./versions.ts";

export type Found =
  | {
      readonly envelope: string;
      /** One of the lists below a school. */
      readonly ofSchool: boolean;
      readonly query: (parameters: URLSearchParams) => Page<object>;
    }
  | { readonly envelope: string; readonly record: object };
export type ListPath = readonly [name: string, id?: string, inside?: string, ...rest: readonly string[]];
type ListOptions = { readonly schoolUsers: boolean; readonly version: DemoVersion };

const collections = ["orgs", "schools", "users", "students", "teachers", "classes", "enrollments"] as const;
type Collection = (typeof collections)[number];
const schoolCollections: ReadonlySet<string> = new Set(["users", "students", "teachers", "classes", "enrollments"]);

const envelopes: Readonly<Record<Collection, readonly [plural: string, singular: string]>> = {
  orgs: ["orgs", "org"],
  schools: ["orgs", "org"],
  users: ["users", "user"],
  students: ["users", "user"],
  teachers: ["users", "user"],
  classes: ["classes", "class"],
  enrollments: ["enrollments", "enrollment"],
};

const nothingThere = (): OneRosterError => new OneRosterError(404, "unknownobject", "There is nothing at this path.");

/** @throws {OneRosterError} for a path outside of `root` */
export function pathBelow(root: string, path: string): ListPath {
  if (!path.startsWith(`${root}/`)) throw nothingThere();
  const [name = "", ...rest] = path
    .slice(root.length + 1)
    .split("/")
    .map(decodeSegment);
  return [name, ...rest];
}

/** @throws {OneRosterError} if there is nothing */
export function findList(directory: DemoDirectory | SizedDirectory, path: ListPath, options: ListOptions): Found {
  const [name, id, inside, ...rest] = path;
  const collection = collections.find((known) => known === name);
  if (collection === undefined || rest.length > 0) throw nothingThere();
  if (inside === undefined) {
    if (id !== undefined) return findRecord(directory, collection, id, options.version);
    return listOf(directory, collection, { listedAs: collection, schoolId: undefined, version: options.version });
  }
  const ofSchool = collections.find((known) => known === inside);
  const isOffered =
    collection === "schools" && schoolCollections.has(inside) && (options.schoolUsers || inside !== "users");
  if (ofSchool === undefined || id === undefined || !isOffered) throw nothingThere();
  findRecord(directory, "schools", id, options.version);
  return listOf(directory, ofSchool, { listedAs: "schools", schoolId: id, version: options.version });
}

function findRecord(
  directory: DemoDirectory | SizedDirectory,
  collection: Collection,
  id: string,
  version: DemoVersion,
): Found {
  const isOrg = collection === "orgs" || collection === "schools";
  const record =
    "list" in directory
      ? isOrg
        ? directory.findSchool(id)
        : null
      : recordsOf(directory, collection).find((candidate) => candidate.sourcedId === id);
  if (record === null || record === undefined) throw nothingThere();
  return { envelope: envelopes[collection][1], record: inVersion(record, version) };
}

type Wanted = {
  readonly listedAs: Collection;
  readonly schoolId: string | undefined;
  readonly version: DemoVersion;
};

function listOf(
  directory: DemoDirectory | SizedDirectory,
  collection: Collection,
  { listedAs, schoolId, version }: Wanted,
): Found {
  const head = { envelope: envelopes[collection][0], ofSchool: listedAs === "schools" };
  if ("list" in directory) {
    const [plural] = envelopes[collection];
    const sized = SIZED_COLLECTIONS.find((known) => known === plural);
    const isWhole = collection === sized || collection === "schools";
    if (sized === undefined || !isWhole) throw nothingThere();
    return {
      ...head,
      query: (parameters) => runSizedQuery(directory, sized, schoolId, parameters, (one) => inVersion(one, version)),
    };
  }
  const records = recordsOf(directory, collection);
  const own = schoolId === undefined ? records : records.filter((candidate) => belongsTo(candidate, schoolId));
  return {
    ...head,
    query: (parameters) =>
      runQuery<object>(
        own.map((one) => inVersion(one, version)),
        parameters,
      ),
  };
}

function recordsOf(directory: DemoDirectory, collection: Collection) {
  switch (collection) {
    case "orgs":
    case "schools":
      return directory.orgs;
    case "users":
      return directory.users;
    case "students":
    case "teachers":
      return directory.users.filter((user) => `${user.role}s` === collection);
    case "classes":
      return directory.classes;
    case "enrollments":
      return directory.enrollments;
  }
}

function belongsTo(record: ReturnType<typeof recordsOf>[number], schoolId: string): boolean {
  if ("orgs" in record) return record.orgs.some((org) => org.href === schoolId);
  return "school" in record && record.school.href === schoolId;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
