// Reads whole lists of a OneRoster 1.1 server, page by page. One `pull` is one consistent pass over the directory.
import { z } from "zod";
import { OneRosterError } from "./errors.ts";
import { OneRosterHttp, type OneRosterOptions } from "./http.ts";
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
} from "./records.ts";

export type Pulled<T> = { readonly records: readonly T[]; readonly problems: readonly RecordProblem[] };

/** All methods throw {@link OneRosterError} when the list as a whole could not be read. */
export type DirectoryPull = {
  schools(): Promise<Pulled<OneRosterSchool>>;
  users(schoolId: string): Promise<Pulled<OneRosterUser>>;
  classes(schoolId: string): Promise<Pulled<OneRosterClass>>;
  enrollments(schoolId: string): Promise<Pulled<OneRosterEnrollment>>;
};

export type OneRosterClient = { readonly pull: () => DirectoryPull };

const PAGE_SIZE = 1_000;
const MAX_PAGES = 10_000;

export function createOneRosterClient(options: OneRosterOptions): OneRosterClient {
  const http = new OneRosterHttp(options);
  return { pull: () => startPull(http) };
}

function startPull(http: OneRosterHttp): DirectoryPull {
  let allUsers: Promise<Pulled<OneRosterUser>> | undefined;
  const path = (schoolId: string, list: string): string => `/schools/${encodeURIComponent(schoolId)}/${list}`;

  async function users(schoolId: string): Promise<Pulled<OneRosterUser>> {
    if (allUsers === undefined) {
      try {
        return decodeRecords("user", userSchema, await readList(http, path(schoolId, "users"), "users"));
      } catch (error) {
        // the list per school is not in the standard; students and teachers alone would lose guardians and offices
        if (!(error instanceof OneRosterError && error.code === "notFound")) throw error;
        allUsers = readList(http, "/users", "users").then((list) => decodeRecords("user", userSchema, list));
      }
    }
    const { records, problems } = await allUsers;
    return { records: records.filter((user) => belongsTo(user, schoolId)), problems };
  }

  return {
    users,
    schools: async () => decodeRecords("school", schoolSchema, await readList(http, "/schools", "orgs")),
    classes: async (schoolId) =>
      decodeRecords("class", classSchema, await readList(http, path(schoolId, "classes"), "classes")),
    enrollments: async (schoolId) =>
      decodeRecords("enrollment", enrollmentSchema, await readList(http, path(schoolId, "enrollments"), "enrollments")),
  };
}

function belongsTo(user: OneRosterUser, schoolId: string): boolean {
  return user.schoolIds.includes(schoolId) || (user.roles?.some((held) => held.schoolId === schoolId) ?? false);
}

const identified = z.object({ sourcedId: z.string() });
const idOf = (record: unknown): string | undefined => identified.safeParse(record).data?.sourcedId;

/**
 * Reads all pages of a list. A server may cap the page below what was asked for and may send neither total nor links,
 * so a short page proves nothing: without either header only an empty page ends the list.
 */
async function readList(http: OneRosterHttp, path: string, envelope: string): Promise<unknown[]> {
  const schema = z.object({ [envelope]: z.array(z.unknown()) });
  const records: unknown[] = [];
  let previousFirstId: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { body, headers } = await http.get(path, { limit: String(PAGE_SIZE), offset: String(records.length) });
    const items = schema.safeParse(body).data?.[envelope];
    if (items === undefined) throw new OneRosterError("notOneRoster", `no list "${envelope}" for ${path}`);
    const firstId = idOf(items[0]);
    if (firstId !== undefined && firstId === previousFirstId) {
      throw new OneRosterError("notOneRoster", `${path} answers the same page again`);
    }
    previousFirstId = firstId;
    records.push(...items);

    const total = totalCount(headers);
    const link = headers.get("link");
    if (total !== undefined && records.length >= total) return complete(records, total, path);
    if (items.length === 0) {
      if (total === undefined) return records;
      throw new OneRosterError("incomplete", `${path} ended after ${String(records.length)} of ${String(total)}`);
    }
    if (total === undefined && link !== null && !/rel="?next"?/.test(link)) return records;
  }
  throw new OneRosterError("notOneRoster", `${path} does not end`);
}

/** A record that slipped to another page while we read would look like a person who has left. */
function complete(records: unknown[], total: number, path: string): unknown[] {
  const ids = records.map(idOf).filter((id) => id !== undefined);
  if (new Set(ids).size < ids.length) throw new OneRosterError("incomplete", `${path} changed while it was read`);
  if (records.length > total) throw new OneRosterError("incomplete", `${path} has more than ${String(total)}`);
  return records;
}

function totalCount(headers: Headers): number | undefined {
  const value = headers.get("x-total-count");
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}
