// Guarantee: where the cell is off, a pupil's token never yields another pupil, by none of the ways in which an address
// book could tell: lists, search, cursors, members, ETags, time, counts. And who lives under a protected address is
// there for nobody but administrators and staff who share a class.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { placeOf } from "#lib/addressbook/cursor.ts";
import { API, BOOK, startClientGate, USER_SEARCH, type ClientAnswer, type ClientGate } from "#test/client-gate.ts";
import { addGroup, addPerson, addSchool, setCell } from "#test/school.ts";
import * as schemas from "./schemas.ts";

const SCHOOL = `${API}/schools/A`;
/** In every hidden pupil's name, and in nobody else's. */
const SECRET = "Verborgen";
const OWN_GROUP = "7b";
const FOREIGN_GROUP = "large";
const FOREIGN_MEMBERS = 300;

const statementName = z.object({ name: z.string() });

let gate: ClientGate;
let hidden = 0;

async function addHiddenPupil(groupId?: string): Promise<string> {
  const { db } = gate.database;
  const id = `hidden${String((hidden += 1))}`;
  await addPerson(db, { id, roles: { A: ["student"] } });
  await db.person.update({
    where: { id },
    data: { familyName: SECRET, givenName: `Kind ${id}`, displayName: `${SECRET} ${id}` },
  });
  if (groupId !== undefined) {
    await db.groupMember.create({ data: { groupId, personId: id, role: "student", enrollmentId: `${groupId}-${id}` } });
  }
  return id;
}

beforeAll(async () => {
  gate = await startClientGate();
  const { db } = gate.database;
  for (const id of ["A", "B"]) await addSchool(db, id);
  await setCell(gate.database.url, "A", "student", "teacher", true);
  await addPerson(db, { id: "pupil", roles: { A: ["student"] } });
  for (const id of ["t1", "t2", "t3"]) await addPerson(db, { id, roles: { A: ["teacher"] } });
  // her cell is on as a teacher; that she is a guardian as well is nothing for pupils
  await addPerson(db, { id: "mother", roles: { A: ["teacher", "guardian"] } });
  await addGroup(db, OWN_GROUP, "A", ["pupil", "t1"]);
  await addGroup(db, FOREIGN_GROUP, "A", ["t2"]);
  for (let index = 0; index < 3; index += 1) await addHiddenPupil(OWN_GROUP);
  for (let index = 0; index < FOREIGN_MEMBERS; index += 1) await addHiddenPupil(FOREIGN_GROUP);
  await addPerson(db, { id: "pupil-b", roles: { B: ["student"] } });
});
afterAll(async () => {
  await gate.stop();
});

const asPupil = (path: string, body?: unknown): Promise<ClientAnswer> =>
  gate.as("pupil")(path, body === undefined ? {} : { method: "POST", body });
const searchPath = (text: string) => `${SCHOOL}/search?q=${encodeURIComponent(text)}`;

const EVERYTHING = [
  BOOK,
  `${API}/addressbook`,
  `${SCHOOL}/groups`,
  `${SCHOOL}/groups/${OWN_GROUP}`,
  ...[
    "teacher",
    "student",
    "guardian",
    "schoolManagement",
    "secretariat",
    "socialWork",
    "parentsCouncil",
    "orgAdmin",
  ].map((folder) => `${SCHOOL}/folders/${folder}?limit=500`),
  searchPath(SECRET),
  searchPath("kind"),
  searchPath("test"),
];

function expectNobodyHidden({ text }: ClientAnswer): void {
  expect(text).not.toMatch(/hidden\d|verborgen/i);
}

test("the eyes of these tests: where the cell is on, everything here shows them", async () => {
  await setCell(gate.database.url, "A", "student", "student", true);
  for (const path of [BOOK, `${SCHOOL}/folders/student`, `${SCHOOL}/groups/${OWN_GROUP}`, searchPath(SECRET)]) {
    expect((await asPupil(path)).text).toMatch(/hidden\d/);
  }
  expect((await asPupil(USER_SEARCH, { search_term: SECRET })).text).toMatch(/hidden\d/);
  await setCell(gate.database.url, "A", "student", "student", false);
});

describe("a pupil's token never yields another pupil", () => {
  test("by list", async () => {
    for (const path of EVERYTHING) {
      const answer = await asPupil(path);
      expect(answer.status).toBe(200);
      expectNobodyHidden(answer);
    }
    // whom the cell allows is there
    expect((await asPupil(BOOK)).text).toContain("u-t1");
  });

  test.each([
    SECRET,
    SECRET.slice(0, 3),
    "verborgne",
    "kind hidden1",
    "hidden1",
    "u-hidden1",
    "@u-hidden1:chat.example",
    "%",
    "_",
    "",
  ])("by search for %j", async (text) => {
    for (const path of [searchPath(text), `${searchPath(text)}&role=student`]) expectNobodyHidden(await asPupil(path));
    for (const limit of [1, 50, 10_000]) expectNobodyHidden(await asPupil(USER_SEARCH, { search_term: text, limit }));
  });

  test("by a paging cursor, ours or a forged one", async () => {
    const seen = new Set<string>();
    for (let after = ""; ;) {
      const answer = await asPupil(`${SCHOOL}/folders/teacher?limit=1${after}`);
      expectNobodyHidden(answer);
      const page = schemas.peopleAnswer.parse(answer.body);
      for (const { userId } of page.people) seen.add(userId);
      if (page.next === null) break;
      expect(placeOf(page.next)?.id).not.toMatch(/hidden/);
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    expect(seen.size).toBe(4);
    const forged = Buffer.from(JSON.stringify(["verborgen", "hidden1"])).toString("base64url");
    for (const path of [`${SCHOOL}/folders/student?`, `${SCHOOL}/groups/${OWN_GROUP}?`, `${searchPath(SECRET)}&`]) {
      expectNobodyHidden(await asPupil(`${path}after=${forged}`));
    }
  });

  test("by the members of a group", async () => {
    const own = schemas.groupAnswer.parse((await asPupil(`${SCHOOL}/groups/${OWN_GROUP}`)).body);
    expect(own.people.map(({ userId }) => userId)).toEqual(["@u-t1:chat.example"]);
    expect(own.group).toMatchObject({ members: 1, isOwn: true });
    expect((await asPupil(`${SCHOOL}/groups/${FOREIGN_GROUP}`)).status).toBe(404);
    const { groups } = schemas.groupsAnswer.parse((await asPupil(`${SCHOOL}/groups`)).body);
    expect(groups.map(({ id, members }) => [id, members])).toEqual([[OWN_GROUP, 1]]);
  });

  test("by a second role of somebody who may be seen", async () => {
    expect((await asPupil(`${SCHOOL}/folders/guardian`)).body).toEqual({ people: [], next: null });
    expect((await asPupil(searchPath("mother"))).body).toMatchObject({ people: [{ folders: ["teacher"] }] });
    expect((await asPupil(BOOK)).body).toMatchObject({ A: { parents: [] } });
  });

  test("by comparing ETags while pupils come, change, sign in and go", async () => {
    const tags = async () =>
      await Promise.all(EVERYTHING.map(async (path) => (await asPupil(path)).headers.get("etag")));
    const before = await tags();
    expect(before).not.toContain(null);
    const { db } = gate.database;
    const id = await addHiddenPupil(OWN_GROUP);
    expect(await tags()).toEqual(before);
    await db.person.update({ where: { id }, data: { familyName: `${SECRET}er`, firstSeenAt: new Date() } });
    expect(await tags()).toEqual(before);
    await db.person.update({ where: { id }, data: { enabled: false } });
    expect(await tags()).toEqual(before);
    await db.person.delete({ where: { id } });
    expect(await tags()).toEqual(before);
  });

  test("by the counts of folders, groups and hits", async () => {
    const { schools } = schemas.bookAnswer.parse((await asPupil(`${API}/addressbook`)).body);
    expect(schools).toEqual([
      {
        id: "A",
        name: "Schule A",
        folders: [
          { folder: "teacher", entries: 4 },
          { folder: "groups", entries: 1 },
        ],
      },
    ]);
    expect((await asPupil(searchPath(SECRET))).body).toMatchObject({ total: 0, next: null });
    expect((await asPupil(USER_SEARCH, { search_term: SECRET, limit: 1 })).body).toEqual({
      limited: false,
      results: [],
    });
  });

  describe("by the difference between hidden and not there", () => {
    const pairs: readonly (readonly [
      what: string,
      hidden: () => Promise<ClientAnswer>,
      missing: () => Promise<ClientAnswer>,
    ])[] = [
      ["group", () => asPupil(`${SCHOOL}/groups/${FOREIGN_GROUP}`), () => asPupil(`${SCHOOL}/groups/nosuch`)],
      ["school", () => asPupil(`${API}/schools/B/groups/x`), () => asPupil(`${API}/schools/Z/groups/x`)],
      ["name", () => asPupil(searchPath(`${SECRET} hidden1`)), () => asPupil(searchPath(`Erfunden hidden1`))],
      [
        "name in the people search",
        () => asPupil(USER_SEARCH, { search_term: `${SECRET} hidden1` }),
        () => asPupil(USER_SEARCH, { search_term: "Erfunden hidden1" }),
      ],
    ];
    const withoutId = ({ status, text }: ClientAnswer) => [status, text.replace(/\([2-9A-Z]{10}\)/, "(id)")];

    test.each(pairs)(
      "of a %s: the same answer, after the same questions to the database",
      async (_, hiddenOne, missing) => {
        const query = vi.spyOn(pg.Pool.prototype, "query");
        const asked = async (ask: () => Promise<ClientAnswer>) => {
          query.mockClear();
          const answer = withoutId(await ask());
          return { answer, statements: query.mock.calls.map(([statement]) => statementName.parse(statement).name) };
        };
        await hiddenOne(); // the token is known from here on
        expect(await asked(hiddenOne)).toEqual(await asked(missing));
        query.mockRestore();
      },
    );

    test.each(pairs)("of a %s: no difference in time that many tries would show", async (_, hiddenOne, missing) => {
      const times = { hidden: new Array<number>(), missing: new Array<number>() };
      const measure = async (ask: () => Promise<unknown>) => {
        const start = performance.now();
        await ask();
        return performance.now() - start;
      };
      for (let turn = 0; turn < 120; turn += 1) {
        // the order changes, so that neither is always the one after the other
        const order = turn % 2 === 0 ? (["hidden", "missing"] as const) : (["missing", "hidden"] as const);
        for (const which of order) times[which].push(await measure(which === "hidden" ? hiddenOne : missing));
      }
      const typical = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length / 4] ?? Number.NaN;
      const [whenHidden, whenMissing] = [typical(times.hidden), typical(times.missing)];
      expect(Math.abs(whenHidden - whenMissing)).toBeLessThan(Math.max(0.5, 0.25 * whenMissing));
    });
  });
});

describe("a protected address", () => {
  const NAME = "Geheim";
  const ways: readonly (readonly [string, (personId: string) => Promise<ClientAnswer>])[] = [
    ["the published book", (id) => gate.as(id)(BOOK)],
    ["the folder", (id) => gate.as(id)(`${API}/schools/C/folders/student`)],
    ["the class", (id) => gate.as(id)(`${API}/schools/C/groups/c1`)],
    ["the search", (id) => gate.as(id)(`${API}/schools/C/search?q=${NAME}`)],
    ["the search with a slip", (id) => gate.as(id)(`${API}/schools/C/search?q=Geheem`)],
    ["the people search", (id) => gate.as(id)(USER_SEARCH, { method: "POST", body: { search_term: NAME } })],
  ];
  beforeAll(async () => {
    const { db } = gate.database;
    await addSchool(db, "C");
    for (const role of ["student", "guardian", "teacher"] as const)
      await setCell(gate.database.url, "C", role, "student", true);
    await addPerson(db, { id: "safe", roles: { C: ["student"] }, addressProtected: true });
    await db.person.update({ where: { id: "safe" }, data: { familyName: NAME, displayName: NAME } });
    await addPerson(db, { id: "class-teacher", roles: { C: ["teacher"] } });
    await addPerson(db, { id: "other-teacher", roles: { C: ["teacher"] } });
    await addPerson(db, { id: "former-teacher", roles: { C: ["teacher"] } });
    await addPerson(db, { id: "classmate", roles: { C: ["student"] } });
    await addPerson(db, { id: "class-guardian", roles: { C: ["guardian"] } });
    await addPerson(db, { id: "admin", roles: { C: ["orgAdmin"] } });
    await addPerson(db, { id: "head", roles: { C: ["schoolManagement"] } });
    await addGroup(db, "c1", "C", ["safe", "class-teacher", "classmate", "class-guardian"]);
    await addGroup(db, "c0", "C", ["safe", "former-teacher"]);
    await db.group.update({ where: { id: "c0" }, data: { leftAt: new Date() } });
  });

  test.each(ways)("in %s: administrators and staff who share a class", async (_, ask) => {
    for (const id of ["class-teacher", "admin", "head"])
      expect([id, (await ask(id)).text]).toEqual([id, expect.stringContaining("u-safe")]);
  });

  test.each(ways)("in %s: nobody else", async (_, ask) => {
    for (const id of ["other-teacher", "former-teacher", "classmate", "class-guardian"]) {
      expect((await ask(id)).text).not.toMatch(/u-safe|Geheim/);
    }
  });

  test("nor in the counts", async () => {
    const pupils = async (id: string) =>
      schemas.bookAnswer
        .parse((await gate.as(id)(`${API}/addressbook`)).body)
        .schools[0]?.folders.find(({ folder }) => folder === "student")?.entries;
    expect([await pupils("class-teacher"), await pupils("other-teacher")]).toEqual([2, 1]);
  });
});
