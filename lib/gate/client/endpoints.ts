// What chat clients may ask, as one table: the gate finds the answer by it, and the OpenAPI document is made from it.
import { z } from "zod";
import {
  listSchools,
  pageOfFolder,
  pageOfGroups,
  pageOfMembers,
  searchSchool,
  searchUsers,
  type Book,
} from "./lists.ts";
import { publishedBook } from "./published-book.ts";
import { INVALID, NOT_UNDERSTOOD } from "./refusals.ts";
import * as schemas from "./schemas.ts";
import { schoolOf } from "./view.ts";

export const PREFIX = "/_schulchat/client/v1";
export const OPENAPI_PATH = `${PREFIX}/openapi.json`;

/** A question as it came: segments of the path still encoded, the body null for GET. */
export type Asked = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
};

export type Endpoint = {
  readonly name: string;
  readonly method: "GET" | "POST";
  /** As in OpenAPI: `{name}` stands for one segment. */
  readonly path: string;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodObject | null;
  readonly answers: z.ZodType;
  /** @returns JSON text @throws {ClientRefusal} */
  readonly answer: (book: Book, asked: Asked) => Promise<string>;
};

type Parts<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject, A extends z.ZodType> = {
  readonly name: string;
  readonly path: string;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answers: A;
  readonly read: (
    book: Book,
    asked: { readonly params: z.output<P>; readonly query: z.output<Q>; readonly body: z.output<B> },
  ) => Promise<z.input<A> | { readonly text: string }>;
};

function decode<S extends z.ZodType>(schema: S, value: unknown, refusal: () => Error): z.output<S> {
  const { data, success } = schema.safeParse(value);
  if (!success) throw refusal();
  return data;
}

const nothing = z.strictObject({});
const nobody = z.object({});

function endpoint<
  A extends z.ZodType,
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
  B extends z.ZodObject = typeof nobody,
>(parts: Parts<P, Q, B, A>): Endpoint {
  const { name, path, summary, answers, read } = parts;
  return {
    name,
    method: parts.body ? "POST" : "GET",
    path,
    summary,
    params: parts.params ?? nothing,
    query: parts.query ?? nothing,
    body: parts.body ?? null,
    answers,
    answer: async (book, asked) => {
      const result = await read(book, {
        params: decode((parts.params ?? nothing) as P, asked.params, INVALID),
        query: decode((parts.query ?? nothing) as Q, asked.query, INVALID),
        body: decode((parts.body ?? nobody) as B, asked.body ?? {}, NOT_UNDERSTOOD),
      });
      return isText(result) ? result.text : JSON.stringify(result);
    },
  };
}

function isText(result: unknown): result is { readonly text: string } {
  return z.strictObject({ text: z.string() }).safeParse(result).success;
}

export const endpoints: readonly Endpoint[] = [
  endpoint({
    name: "publishedAddressBook",
    path: "/_matrix/client/unstable/fairkom.fairmessenger.addressbook/addressbook",
    summary: "The whole address book in one document, for the published chat client.",
    answers: schemas.publishedAnswer,
    read: async (book) => ({ text: await publishedBook(book.ask, book.schools) }),
  }),
  endpoint({
    name: "userDirectorySearch",
    path: "/_matrix/client/v3/user_directory/search",
    summary: "The people search of Matrix clients, over all schools of the caller.",
    body: schemas.userSearchBody,
    answers: schemas.userSearchAnswer,
    read: (book, { body }) => searchUsers(book, body),
  }),
  endpoint({
    name: "listSchools",
    path: `${PREFIX}/addressbook`,
    summary: "The caller's schools with their folders.",
    answers: schemas.bookAnswer,
    read: (book) => listSchools(book),
  }),
  endpoint({
    name: "listFolder",
    path: `${PREFIX}/schools/{school}/folders/{folder}`,
    summary: "The people of a folder.",
    params: schemas.folderParams,
    query: schemas.pageQuery,
    answers: schemas.peopleAnswer,
    read: (book, { params, query }) => pageOfFolder(book, schoolOf(book.schools, params.school), params.folder, query),
  }),
  endpoint({
    name: "listGroups",
    path: `${PREFIX}/schools/{school}/groups`,
    summary: "The groups that the caller sees: staff all, others their own.",
    params: schemas.schoolParams,
    query: schemas.pageQuery,
    answers: schemas.groupsAnswer,
    read: (book, { params, query }) => pageOfGroups(book, schoolOf(book.schools, params.school), query),
  }),
  endpoint({
    name: "listMembers",
    path: `${PREFIX}/schools/{school}/groups/{group}`,
    summary: "A group and those of its members whom the caller sees.",
    params: schemas.groupParams,
    query: schemas.pageQuery,
    answers: schemas.groupAnswer,
    read: (book, { params, query }) => pageOfMembers(book, schoolOf(book.schools, params.school), params.group, query),
  }),
  endpoint({
    name: "search",
    path: `${PREFIX}/schools/{school}/search`,
    summary: "People and groups by the words of their names.",
    params: schemas.schoolParams,
    query: schemas.searchQuery,
    answers: schemas.searchAnswer,
    read: (book, { params, query }) => searchSchool(book, schoolOf(book.schools, params.school), query),
  }),
];
