// The address book over HTTP: who is let in, what travels, and what becomes of requests that no honest client sends.
import { gunzipSync } from "node:zlib";
import { get } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { API, BOOK, startClientGate, USER_SEARCH, type ClientGate } from "#test/client-gate.ts";
import { addGroup, addPerson, addSchool } from "#test/school.ts";
import * as schemas from "./schemas.ts";

const SCHOOL = `${API}/schools/A`;
const people = (body: unknown): string[] => schemas.peopleAnswer.parse(body).people.map(({ name }) => name);

let gate: ClientGate;
beforeAll(async () => {
  gate = await startClientGate();
  const { db } = gate.database;
  for (const id of ["A", "B", "off"]) await addSchool(db, id);
  await db.school.update({ where: { id: "off" }, data: { stateEnabled: false } });
  await addPerson(db, { id: "teacher", roles: { A: ["teacher"] } });
  await addPerson(db, { id: "both", roles: { A: ["teacher"], B: ["teacher"] } });
  await addPerson(db, { id: "teacher-b", roles: { B: ["teacher"] } });
  await addPerson(db, { id: "teacher-off", roles: { off: ["teacher"] } });
  await addPerson(db, { id: "locked", roles: { A: ["teacher"] } });
  await db.person.update({ where: { id: "locked" }, data: { enabled: false } });
  const pupils: readonly (readonly [id: string, familyName: string, givenName: string])[] = [
    ["p1", "Meyer", "Lena"],
    ["p2", "Meyer", "Lena"],
    ["p3", "العلي", "محمد"],
    ["p4", "", ""],
    ["p5", "Müller-Groß", "Jörg"],
    ["p6", "100%", "O'Brien_"],
  ];
  for (const [id, familyName, givenName] of pupils) {
    await addPerson(db, { id, roles: { A: ["student"] } });
    await db.person.update({
      where: { id },
      data: { familyName, givenName, displayName: `${givenName} ${familyName}`.trim() },
    });
  }
  await addGroup(db, "7b", "A", ["p1", "p2", "teacher"]);
});
afterAll(async () => {
  await gate.stop();
});

describe("who asks", () => {
  test.each<[string, string | null]>([
    ["no token", null],
    ["an empty one", "Bearer "],
    ["another scheme", "Basic dGVhY2hlcjp0ZWFjaGVy"],
    ["two", "Bearer a b"],
    ["one that is too long", `Bearer ${"x".repeat(5_000)}`],
  ])("%s: not asked at Synapse", async (_, authorization) => {
    const before = gate.synapse.asked();
    for (const path of [BOOK, `${API}/addressbook`]) {
      expect(await gate.with(authorization)(path)).toMatchObject({ status: 401, body: { errcode: "M_MISSING_TOKEN" } });
    }
    expect(gate.synapse.asked()).toBe(before);
  });

  test("an unknown token, and one of another server", async () => {
    gate.synapse.tokens.set("foreign", "@u-teacher:elsewhere.example");
    for (const token of ["guessed", "foreign"]) {
      const answer = await gate.with(`Bearer ${token}`)(BOOK);
      expect(answer).toMatchObject({ status: 401, body: { errcode: "M_UNKNOWN_TOKEN" } });
      expect(answer.text).not.toContain("Test,");
    }
  });

  test("a token in the address is none", async () => {
    gate.as("teacher");
    expect((await gate.with(null)(`${BOOK}?access_token=token-of-teacher`)).status).toBe(401);
  });

  test("nobody of the directory, a locked person and a school that is off: an empty book", async () => {
    for (const id of ["stranger", "locked", "teacher-off"]) {
      expect((await gate.as(id)(BOOK)).text).toBe('{"users":{}}');
      expect((await gate.as(id)(`${API}/addressbook`)).body).toEqual({ schools: [] });
      expect(await gate.as(id)(`${SCHOOL}/groups`)).toMatchObject({ status: 404, body: { errcode: "M_NOT_FOUND" } });
    }
  });

  test("a person of two schools sees both, and nobody sees across them", async () => {
    const { body } = await gate.as("both")(`${API}/addressbook`);
    expect(schemas.bookAnswer.parse(body).schools.map(({ id }) => id)).toEqual(["A", "B"]);
    expect((await gate.as("teacher-b")(BOOK)).text).not.toContain("Meyer");
    expect((await gate.as("teacher-b")(`${SCHOOL}/folders/student`)).status).toBe(404);
  });

  test("a change of the school counts at the next request", async () => {
    const { db } = gate.database;
    await db.school.update({ where: { id: "B" }, data: { schoolEnabled: false } });
    expect((await gate.as("teacher-b")(BOOK)).text).toBe('{"users":{}}');
    await db.school.update({ where: { id: "B" }, data: { schoolEnabled: true } });
    expect((await gate.as("teacher-b")(BOOK)).text).toContain("u-both");
  });
});

describe("how it travels", () => {
  test("an ETag over the content: 304 while it is the same, for the person whose it is", async () => {
    const ask = gate.as("teacher");
    const first = await ask(BOOK);
    const tag = first.headers.get("etag") ?? "";
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(first.headers.get("cache-control")).toBe("private, no-cache");
    for (const known of [tag, tag.slice(2), `"x", ${tag}`, "*"]) {
      expect(await ask(BOOK, { headers: { "if-none-match": known } })).toMatchObject({ status: 304, text: "" });
    }
    expect((await ask(BOOK, { headers: { "if-none-match": 'W/"another"' } })).status).toBe(200);
    expect((await gate.with(null)(BOOK, { headers: { "if-none-match": tag } })).status).toBe(401);
    await gate.database.db.person.update({ where: { id: "p1" }, data: { givenName: "Lea" } });
    expect((await ask(BOOK, { headers: { "if-none-match": tag } })).status).toBe(200);
    await gate.database.db.person.update({ where: { id: "p1" }, data: { givenName: "Lena" } });
  });

  const raw = (path: string, encoding: string) =>
    new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
      gate.as("teacher");
      const headers = { authorization: "Bearer token-of-teacher", "accept-encoding": encoding };
      get(`${gate.url}${path}`, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(chunks) }),
        );
      }).on("error", reject);
    });

  test("compressed for whoever takes it", async () => {
    const path = `${API}/openapi.json`;
    const plain = await raw(path, "identity");
    expect(plain.encoding).toBeUndefined();
    for (const accepted of ["gzip", "br, gzip;q=0.5", "*"]) {
      const packed = await raw(path, accepted);
      expect(packed.encoding).toBe("gzip");
      expect(packed.body.length).toBeLessThan(plain.body.length / 4);
      expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    }
    expect((await raw(path, "gzip;q=0")).encoding).toBeUndefined();
  });

  test("web clients of another origin may read it", async () => {
    const answer = await gate.as("teacher")(BOOK, { headers: { origin: "https://web.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    const preflight = await gate.with(null)(BOOK, { method: "OPTIONS" });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("Authorization");
  });

  test("HEAD answers like GET, without a body", async () => {
    const [head, whole] = [await gate.as("teacher")(BOOK, { method: "HEAD" }), await gate.as("teacher")(BOOK)];
    expect(head).toMatchObject({ status: 200, text: "" });
    expect(head.headers.get("etag")).toBe(whole.headers.get("etag"));
  });
});

describe("pages", () => {
  test("folders with their counts, in the published client's order", async () => {
    const { body } = await gate.as("teacher")(`${API}/addressbook`);
    expect(schemas.bookAnswer.parse(body).schools[0]?.folders).toEqual([
      { folder: "teacher", entries: 1 },
      { folder: "groups", entries: 1 },
      { folder: "student", entries: 6 },
    ]);
  });

  test("page by page everybody comes once, same names and right-to-left names included", async () => {
    const seen: string[] = [];
    let after = "";
    do {
      const { body } = await gate.as("teacher")(`${SCHOOL}/folders/student?limit=2${after}`);
      const page = schemas.peopleAnswer.parse(body);
      expect(page.people.length).toBeLessThanOrEqual(2);
      seen.push(...page.people.map(({ userId }) => userId));
      after = page.next === null ? "" : `&after=${encodeURIComponent(page.next)}`;
    } while (after !== "");
    expect(seen.toSorted()).toEqual(["p1", "p2", "p3", "p4", "p5", "p6"].map((id) => `@u-${id}:chat.example`));
  });

  test("a group and its members", async () => {
    const { body } = await gate.as("both")(`${SCHOOL}/groups/7b`);
    const answer = schemas.groupAnswer.parse(body);
    expect(answer.group).toMatchObject({ id: "7b", members: 3, isOwn: false });
    expect(answer.people.map(({ userId }) => userId)).toHaveLength(3);
    const { body: groups } = await gate.as("both")(`${SCHOOL}/groups`);
    expect(schemas.groupsAnswer.parse(groups).groups).toEqual([answer.group]);
  });

  test.each([
    ["muller", ["Müller-Groß, Jörg"]],
    ["Jörg MUELLER", ["Müller-Groß, Jörg"]],
    ["محمد", ["العلي, محمد"]],
    ["meyer lena", ["Meyer, Lena", "Meyer, Lena"]],
    ["100%", ["100%, O'Brien_"]],
    ["%", []],
    ["_", []],
    ["'; DROP TABLE person; --", []],
    ["\\", []],
    ["\u0000\u0007\u202e", []],
    ["", []],
  ])("search for %j", async (text, names) => {
    const { body } = await gate.as("teacher")(`${SCHOOL}/search?q=${encodeURIComponent(text)}`);
    expect(schemas.searchAnswer.parse(body).people.map(({ name }) => name)).toEqual(names);
  });

  test("10,000 characters are cut, said so, and answered", async () => {
    const { body } = await gate.as("teacher")(`${SCHOOL}/search?q=${"a".repeat(10_000)}`);
    expect(schemas.searchAnswer.parse(body)).toMatchObject({ people: [], isCut: true });
  });

  test("the document of it all needs no token", async () => {
    expect((await gate.with(null)(`${API}/openapi.json`)).body).toMatchObject({ openapi: "3.1.0" });
  });
});

describe("people search of Matrix clients", () => {
  const search = async (body: unknown, version = "v3") =>
    gate.as("both")(USER_SEARCH.replace("v3", version), { method: "POST", body });
  const results = (body: unknown) => schemas.userSearchAnswer.parse(body).results;

  test("people of all the caller's schools, by any version of the address", async () => {
    for (const version of ["v3", "r0", "unstable"]) {
      const { status, body } = await search({ search_term: "test" }, version);
      expect(status).toBe(200);
      expect(results(body).map(({ user_id: id }) => id)).toEqual([
        "@u-teacher:chat.example",
        "@u-teacher-b:chat.example",
      ]);
    }
    expect(results((await search({ search_term: "jorg" })).body)).toEqual([
      { user_id: "@u-p5:chat.example", display_name: "Jörg Müller-Groß" },
    ]);
  });

  test("no more than asked for, and it says that there are more", async () => {
    expect(schemas.userSearchAnswer.parse((await search({ search_term: "lena", limit: 1 })).body)).toMatchObject({
      limited: true,
      results: [{ display_name: "Lena Meyer" }],
    });
  });

  test.each<[string, unknown]>([
    ["no body", ""],
    ["no JSON", "<html>"],
    ["no term", {}],
    ["a term that is no text", { search_term: ["a"] }],
    ["a limit that is none", { search_term: "a", limit: -1 }],
  ])("%s", async (_, body) => {
    expect(await search(body)).toMatchObject({ status: 400, body: { errcode: "M_BAD_JSON" } });
  });

  test("too much, and 10,000 characters", async () => {
    expect((await search({ search_term: "x".repeat(10_000) })).status).toBe(200);
    expect((await search({ search_term: "x".repeat(300_000) })).status).toBe(413);
  });

  test("needs a token; public rooms, asked before, are none", async () => {
    expect((await gate.with(null)(USER_SEARCH, { method: "POST", body: { search_term: "lena" } })).status).toBe(401);
    expect((await gate.with(null)("/_matrix/client/r0/publicRooms", { method: "POST", body: {} })).body).toMatchObject({
      chunk: [],
    });
  });
});

describe("what no honest client sends", () => {
  test.each<[string, string, number]>([
    ["an unknown address", `${API}/people`, 404],
    ["the root", `${API}/`, 404],
    ["another client call", "/_matrix/client/v3/sync", 404],
    ["a folder that is none", `${SCHOOL}/folders/everybody`, 400],
    ["a page of nothing", `${SCHOOL}/folders/student?limit=0`, 400],
    ["a page too large", `${SCHOOL}/folders/student?limit=501`, 400],
    ["an unknown field", `${SCHOOL}/folders/student?state=locked`, 400],
    ["a field twice", `${SCHOOL}/search?q=a&q=b`, 400],
    ["no question", `${SCHOOL}/search`, 400],
    ["a broken escape", `${API}/schools/%E4/groups`, 400],
    ["a group with NUL", `${SCHOOL}/groups/=00`, 404],
    ["a group with an odd spelling", `${SCHOOL}/groups/=37b`, 404],
    ["another school", `${API}/schools/B/folders/teacher`, 404],
    ["no school", `${API}/schools/Z/folders/teacher`, 404],
  ])("%s", async (_, path, status) => {
    const answer = await gate.as("teacher")(path);
    expect(answer.status).toBe(status);
    expect(z.object({ errcode: z.string(), error: z.string() }).parse(answer.body).error).toMatch(/\([2-9A-Z]{10}\)$/);
  });

  test.each(["x", "", "W10", Buffer.from('["a"]').toString("base64url"), "%00", "😀", "x".repeat(3_000)])(
    "a cursor of nobody's making (%s) begins anew",
    async (cursor) => {
      const { status, body } = await gate.as("teacher")(
        `${SCHOOL}/folders/student?after=${encodeURIComponent(cursor)}`,
      );
      expect(status).toBe(200);
      expect(people(body)).toHaveLength(6);
    },
  );

  test("another method", async () => {
    for (const [path, method] of [
      [BOOK, "POST"],
      [USER_SEARCH, "GET"],
      [`${SCHOOL}/groups`, "DELETE"],
    ] as const) {
      expect(await gate.as("teacher")(path, { method })).toMatchObject({ status: 405 });
    }
  });
});

test("Synapse is away: the client keeps what it shows, and the next request asks again", async () => {
  const away = await startClientGate();
  try {
    const ask = away.as("teacher");
    await away.synapse.stop();
    expect(await ask(BOOK)).toMatchObject({ status: 503, body: { errcode: "M_UNKNOWN" } });
  } finally {
    await away.stop();
  }
});
