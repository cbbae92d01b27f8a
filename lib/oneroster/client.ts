// Reads the lists of a OneRoster server, of one school or of all, whole or since a time. One `pull` is one pass over the
// directory; lists of all schools come page by page, because nobody has room for half a million people.
import type { z } from "zod";
import { isNotOffered } from "./errors.ts";
import { OneRosterHttp } from "./http.ts";
import { oneRosterOptionsSchema, type OneRosterOptions } from "./options.ts";
import { readPages } from "./paging.ts";
import {
  classSchema,
  decodeRecords,
  enrollmentSchema,
  schoolSchema,
  userSchema,
  type OneRosterClass,
  type OneRosterEnrollment,
  type OneRosterSchool,
  type OneRosterUser,
  type RecordProblem,
  type RecordType,
} from "./records.ts";

export type Pulled<T> = { readonly records: readonly T[]; readonly problems: readonly RecordProblem[] };
export type Pages<T> = AsyncIterable<Pulled<T>>;

/** Where the server can leave out what has not changed since a time. */
export type FilterScope = "topLevel" | "perSchool" | "none";

/** All methods throw {@link OneRosterError} when the list as a whole could not be read. */
export type DirectoryPull = {
  /** Organisations of all types. */
  schools(since?: Date): Promise<Pulled<OneRosterSchool>>;
  /** Null where the server has no list of a school's users: then `allUsers` is the only way to find everybody. */
  users(schoolId: string, since?: Date): Promise<Pulled<OneRosterUser> | null>;
  classes(schoolId: string, since?: Date): Promise<Pulled<OneRosterClass>>;
  enrollments(schoolId: string, since?: Date): Promise<Pulled<OneRosterEnrollment>>;
  allUsers(since?: Date): Pages<OneRosterUser>;
  allClasses(since?: Date): Pages<OneRosterClass>;
  allEnrollments(since?: Date): Pages<OneRosterEnrollment>;
  /** Asks the server, with a school to try it on. */
  findFilterScope(schoolId: string): Promise<FilterScope>;
  /** The server's clock at its last answer. */
  clock(): Date | undefined;
  /** Requests of this pull so far. */
  requests(): number;
};

export type OneRosterClient = { readonly pull: () => DirectoryPull };

/** A record changed after this is a server that does not filter. */
const FAR_FUTURE = new Date("2999-01-01T00:00:00Z");

export function createOneRosterClient(options: OneRosterOptions): OneRosterClient {
  const http = new OneRosterHttp(options);
  const { baseUrl: _url, tokenUrl: _token, clientId: _id, clientSecret: _secret, ...settings } = options;
  const { pageSize, filters, organisations } = oneRosterOptionsSchema.parse(settings);

  async function* pagesOf<T extends { readonly id: string }>(
    path: string,
    envelope: string,
    recordType: RecordType,
    schema: z.ZodType<T>,
    since?: Date,
  ): AsyncGenerator<Pulled<T>, void, void> {
    for await (const page of readPages(http, path, envelope, { pageSize, filter: since && changedSince(since) })) {
      const { records, problems } = decodeRecords(recordType, schema, page.items);
      const repeated = page.repeated.map((recordId) => ({
        ...{ recordType, recordId, reason: "duplicateId", modifiedAt: null },
      }));
      yield { records, problems: [...problems, ...repeated] };
    }
  }
  const ofSchool = (schoolId: string, list: string): string => `/schools/${encodeURIComponent(schoolId)}/${list}`;
  const users = (path: string, since?: Date) => pagesOf(path, "users", "user", userSchema, since);
  const classes = (path: string, since?: Date) => pagesOf(path, "classes", "class", classSchema, since);
  const enrollments = (path: string, since?: Date) =>
    pagesOf(path, "enrollments", "enrollment", enrollmentSchema, since);

  async function isFiltered(path: string): Promise<boolean> {
    try {
      for await (const page of readPages(http, path, path.split("/").at(-1) ?? "", {
        pageSize: 1,
        filter: changedSince(FAR_FUTURE),
      })) {
        return page.items.length === 0;
      }
      return true;
    } catch (error) {
      if (isNotOffered(error)) return false;
      throw error;
    }
  }

  async function findFilterScope(schoolId: string): Promise<FilterScope> {
    if (filters !== "auto") return filters;
    const lists = ["users", "classes", "enrollments"];
    if (await every(lists, (list) => isFiltered(`/${list}`))) return "topLevel";
    return (await every(lists, (list) => isFiltered(ofSchool(schoolId, list)))) ? "perSchool" : "none";
  }

  return {
    pull: () => {
      const before = http.requests;
      let hasSchoolUsers = true;
      return {
        schools: (since) => whole(pagesOf(`/${organisations}`, "orgs", "school", schoolSchema, since)),
        async users(schoolId, since) {
          if (!hasSchoolUsers) return null;
          try {
            return await whole(users(ofSchool(schoolId, "users"), since));
          } catch (error) {
            // the list per school is not in the standard; students and teachers alone would lose guardians and offices
            if (!isNotOffered(error)) throw error;
            hasSchoolUsers = false;
            return null;
          }
        },
        classes: (schoolId, since) => whole(classes(ofSchool(schoolId, "classes"), since)),
        enrollments: (schoolId, since) => whole(enrollments(ofSchool(schoolId, "enrollments"), since)),
        allUsers: (since) => users("/users", since),
        allClasses: (since) => classes("/classes", since),
        allEnrollments: (since) => enrollments("/enrollments", since),
        findFilterScope,
        clock: () => http.clock,
        requests: () => http.requests - before,
      };
    },
  };
}

/** No other clause: a filter on the status would hide what is to be deleted. */
const changedSince = (since: Date): string => `dateLastModified>='${since.toISOString()}'`;

async function whole<T>(pages: Pages<T>): Promise<Pulled<T>> {
  const records: T[] = [];
  const problems: RecordProblem[] = [];
  for await (const page of pages) {
    records.push(...page.records);
    problems.push(...page.problems);
  }
  return { records, problems };
}

async function every<T>(items: readonly T[], isTrue: (item: T) => Promise<boolean>): Promise<boolean> {
  for (const item of items) if (!(await isTrue(item))) return false;
  return true;
}
