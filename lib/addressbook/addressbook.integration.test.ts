// Guarantee: what the lists, counts and searches of a school hold is exactly what its people may see, checked against a
// count by hand over random schools; and the columns that are searched follow every write.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import { canContact } from "#lib/policy/oracle.ts";
import { encodeCells, type MatrixCells } from "#lib/policy/cells.ts";
import { ROLES, type Role } from "#lib/policy/roles.ts";
import { addGroup, addPerson, addSchool } from "#test/school.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { fold } from "./fold.ts";
import { countPeople, findGroup, listFolder, listGroups, listMembers } from "./people.ts";
import { parseText, searchPeople, type SearchWish } from "./search.ts";
import { foldersOf } from "./tree.ts";
import type { Scope } from "./types.ts";
import { asking } from "./view.ts";
import { SEES_EVERYBODY, visibilityOf } from "./visibility.ts";

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  db = database.db;
});
afterAll(async () => {
  await database.stop();
});

const newId = (): string => randomUUID().slice(0, 8);
const everybody = (schoolId: string): Scope => ({ schoolId, visibility: SEES_EVERYBODY, viewerId: null });
const wish = (text: string, more: Partial<SearchWish> = {}): SearchWish => ({
  text,
  role: null,
  groupId: null,
  state: null,
  after: null,
  ...more,
});
const found = async (schoolId: string, text: string, more: Partial<SearchWish> = {}): Promise<string[]> =>
  (await searchPeople(asking(db), everybody(schoolId), wish(text, more))).people.map(({ name }) => name);

/** A school with people of these names, all teachers unless said otherwise. */
async function schoolOf(names: readonly (readonly [given: string, family: string, role?: Role])[]): Promise<string> {
  const schoolId = `S-${newId()}`;
  await addSchool(db, schoolId);
  for (const [givenName, familyName, role] of names) {
    const id = newId();
    await addPerson(db, { id, roles: { [schoolId]: [role ?? "teacher"] } });
    await db.person.update({ where: { id }, data: { givenName, familyName, displayName: "" } });
  }
  return schoolId;
}

test("the database folds as the code does", async () => {
  const samples = fc.sample(fc.string({ unit: "grapheme", maxLength: 20 }), 400);
  const letters = fc.sample(
    fc.string({ unit: fc.constantFrom(..."aeouäöüßÄÖÜẞéİıŁØÆœ-' _%ЁйΣς"), maxLength: 12 }),
    400,
  );
  const all = [...samples, ...letters, "Aee", "ÄE", "ﬁ", "Ⅷ", "½"].filter((text) => !text.includes("\0"));
  const rows = z
    .array(z.object({ name: z.string(), folded: z.string() }))
    .parse(await db.$queryRaw`SELECT name, address_fold(name) AS folded FROM unnest(${all}::text[]) AS t (name)`);
  expect(rows.map(({ folded }) => folded)).toEqual(rows.map(({ name }) => fold(name)));
});

describe("search", () => {
  let schoolId: string;
  beforeAll(async () => {
    schoolId = await schoolOf([
      ["Anna", "Müller"],
      ["Jörg", "Mueller-Groß"],
      ["Anna-Lena", "Öztürk"],
      ["Lena", "Meyer"],
      ["Lena", "Meyer"],
      ["", ""],
      ["محمد", "العلي"],
      ["Ida", "O’Brien"],
      ["100%", "Test_Name"],
    ]);
  });

  test.each([
    ["mueller", ["Mueller-Groß, Jörg", "Müller, Anna"]],
    ["müller anna", ["Müller, Anna"]],
    ["Anna Müller", ["Müller, Anna"]],
    ["MULL", ["Mueller-Groß, Jörg", "Müller, Anna"]],
    ["gross jorg", ["Mueller-Groß, Jörg"]],
    ["annalena", ["Öztürk, Anna-Lena"]],
    ["lena oz", ["Öztürk, Anna-Lena"]],
    ["obrien", ["O’Brien, Ida"]],
    ["محمد", ["العلي, محمد"]],
    ["meyer", ["Meyer, Lena", "Meyer, Lena"]],
    ["%", []],
    ["_", []],
    ["' OR 1=1 --", []],
    ["\0", []],
    ["100%", ["Test_Name, 100%"]],
  ])("%j", async (text, names) => {
    expect(await found(schoolId, text)).toEqual(names);
  });

  test("a slip is forgiven, marked as such, and only where hardly anybody is found without", async () => {
    const answer = await searchPeople(asking(db), everybody(schoolId), wish("Meier"));
    expect(answer.people).toEqual([]);
    expect(answer.similar.map(({ name }) => name)).toEqual(["Meyer, Lena", "Meyer, Lena"]);
    expect((await searchPeople(asking(db), everybody(schoolId), wish("Lena Meier"))).similar).toHaveLength(2);
  });

  test("a person without a name stands in the lists under the id", async () => {
    const { items } = await listFolder(asking(db), everybody(schoolId), "teacher", { after: null, size: 1 });
    expect(items[0]?.name).toBe(items[0]?.id);
  });

  test("10,000 characters are cut, said so, and answered", async () => {
    const text = `anna ${"x".repeat(10_000)}`;
    expect(parseText(text).isCut).toBe(true);
    expect((await searchPeople(asking(db), everybody(schoolId), wish(text))).isCut).toBe(true);
    expect(parseText("anna").isCut).toBe(false);
    expect(parseText("a b c d e f g h i j").isCut).toBe(true);
  });

  test("a foreign cursor is no place: the list begins anew", async () => {
    expect(await found(schoolId, "anna", { after: "nonsense" })).toEqual(await found(schoolId, "anna"));
  });
});

test("pages follow each other without a gap, and more than 100 is not counted", async () => {
  const schoolId = `S-${newId()}`;
  await addSchool(db, schoolId);
  await db.$executeRaw`INSERT INTO person (id, source, family_name, given_name, display_name, subject, localpart)
    SELECT ${schoolId} || n, 'oneroster', 'Gleich', 'Name', '', ${schoolId} || n, ${schoolId} || n FROM generate_series(1, 120) AS n`;
  await db.$executeRaw`INSERT INTO affiliation (person_id, school_id, role, since)
    SELECT ${schoolId} || n, ${schoolId}, 'student', now() FROM generate_series(1, 120) AS n`;
  const ids: string[] = [];
  let total: unknown;
  for (let after: string | null = null; ;) {
    const answer = await searchPeople(asking(db), everybody(schoolId), wish("gleich", { after }));
    total ??= answer.total;
    ids.push(...answer.people.map(({ id }) => id));
    if (answer.next === null) break;
    after = answer.next;
  }
  expect(total).toBe("more");
  expect(new Set(ids).size).toBe(120);
  expect(ids).toHaveLength(120);
});

describe("the rows follow every write", () => {
  const names = async (schoolId: string): Promise<string[]> => found(schoolId, "", { role: "teacher" });

  test("a new name, a lock, a role that goes, a person who goes", async () => {
    const schoolId = await schoolOf([["Anna", "Alt"]]);
    const { personId } = await db.affiliation.findFirstOrThrow({ where: { schoolId } });
    await db.person.update({ where: { id: personId }, data: { familyName: "Neu" } });
    expect(await names(schoolId)).toEqual(["Neu, Anna"]);
    await db.person.update({ where: { id: personId }, data: { enabled: false } });
    expect(await names(schoolId)).toEqual([]);
    expect(await found(schoolId, "neu", { state: "locked" })).toEqual(["Neu, Anna"]);
    await db.person.update({ where: { id: personId }, data: { enabled: true } });
    await db.affiliation.create({ data: { personId, schoolId, role: "guardian", since: new Date() } });
    expect(await found(schoolId, "", { role: "guardian" })).toEqual(["Neu, Anna"]);
    await db.affiliation.deleteMany({ where: { personId, role: "teacher" } });
    expect(await names(schoolId)).toEqual([]);
    await db.affiliation.deleteMany({ where: { personId } });
    expect(await db.addressEntry.count({ where: { personId } })).toBe(0);
  });

  test("a name and a role written at the same time both arrive", async () => {
    const schoolId = await schoolOf([["Anna", "Alt"]]);
    const other = await schoolOf([]);
    const { personId } = await db.affiliation.findFirstOrThrow({ where: { schoolId } });
    let renamed: (() => void) | undefined;
    const isRenamed = new Promise<void>((resolve) => (renamed = resolve));
    const renaming = db.$transaction(async (tx) => {
      await tx.person.update({ where: { id: personId }, data: { familyName: "Neu" } });
      renamed?.();
      await waitForLockedQuery();
    });
    await isRenamed;
    await db.affiliation.create({ data: { personId, schoolId: other, role: "teacher", since: new Date() } });
    await renaming;
    expect(await names(other)).toEqual(["Neu, Anna"]);
  });

  test("nobody writes the rows by hand", async () => {
    await expect(db.$executeRaw`DELETE FROM address_entry`).rejects.toThrow();
  });

  test("a name of any length is no obstacle", async () => {
    const schoolId = await schoolOf([["Ä".repeat(5_000), "𝔘".repeat(5_000)]]);
    expect(await names(schoolId)).toHaveLength(1);
  });
});

/** Until some query of this database waits for a lock: the one under test. */
async function waitForLockedQuery(): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const rows = await db.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()`;
    if (rows.length > 0) return;
    if (Date.now() > deadline) throw new Error("no query waited");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("against a count by hand", () => {
  type WorldPerson = { roles: Role[]; locked: boolean; isProtected: boolean; groups: number[] };
  const person = fc.record<WorldPerson>({
    roles: fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 3 }),
    locked: fc.boolean(),
    isProtected: fc.boolean(),
    groups: fc.uniqueArray(fc.constantFrom(0, 1), { maxLength: 2 }),
  });
  const world = fc.record({
    people: fc.array(person, { minLength: 2, maxLength: 7 }),
    cells: fc
      .array(fc.boolean(), { minLength: 72, maxLength: 72 })
      .map((on): MatrixCells => encodeCells(() => ({ allowed: on.shift() ?? false, origin: "school" }))),
  });

  const STAFF: readonly Role[] = ["teacher", "schoolManagement", "secretariat", "socialWork", "orgAdmin"];
  /** Design §4.3 and the sentence about protected addresses of §7, person by person. */
  function mustSee(cells: MatrixCells, actor: WorldPerson, other: WorldPerson): boolean {
    if (actor === other || other.locked || !canContact(cells, actor.roles, other.roles)) return false;
    if (!other.isProtected) return true;
    if (actor.roles.includes("orgAdmin") || actor.roles.includes("schoolManagement")) return true;
    const isStaff = actor.roles.some((role) => STAFF.includes(role));
    return isStaff && actor.groups.some((group) => other.groups.includes(group));
  }

  test("lists, counts, members and searches hold exactly those who may be contacted", async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ people, cells }) => {
        const schoolId = `s-${newId()}`;
        const elsewhere = `s-${newId()}`;
        await addSchool(db, schoolId);
        await addSchool(db, elsewhere);
        const ids = people.map((_, index) => `p${index}-${newId()}`);
        for (const [index, one] of people.entries()) {
          const id = ids[index] ?? "";
          await addPerson(db, {
            id,
            roles: { [schoolId]: one.roles, [elsewhere]: ROLES },
            addressProtected: one.isProtected,
          });
          if (one.locked) await db.person.update({ where: { id }, data: { enabled: false } });
        }
        for (const group of [0, 1]) {
          const members = ids.filter((_, index) => people[index]?.groups.includes(group));
          await addGroup(db, `${schoolId}-${group}`, schoolId, members);
        }
        // sharing a group of another school counts for nothing here
        await addGroup(db, `${elsewhere}-0`, elsewhere, ids);
        const ask = asking(db);
        for (const [index, actor] of people.entries()) {
          const viewerId = ids[index] ?? "";
          const visibility = visibilityOf(cells, new Set(actor.roles));
          const scope: Scope = { schoolId, visibility, viewerId };
          const expected = ids.filter((_, other) => mustSee(cells, actor, people[other] ?? actor)).toSorted();

          const listed = new Set<string>();
          const wishAll = { after: null, size: 100 };
          const folders = foldersOf(
            await countPeople(ask, scope),
            { total: 0, added: 0, removed: 0 },
            visibility,
            visibility,
          );
          for (const role of ROLES) {
            const { items } = await listFolder(ask, scope, role, wishAll);
            expect(items.length).toBe(folders.find(({ name }) => name === role)?.total ?? 0);
            for (const { id } of items) listed.add(id);
          }
          expect([...listed].toSorted()).toEqual(expected);

          const searched = await searchPeople(ask, scope, wish("test"));
          expect(searched.people.map(({ id }) => id).toSorted()).toEqual(expected);
          expect(searched.total).toBe(expected.length);
          const withSlip = await searchPeople(ask, scope, wish("tesst"));
          expect(withSlip.similar.every(({ id }) => expected.includes(id))).toBe(true);

          const isOwn = (group: number) => actor.groups.includes(group);
          const reach = visibility.groups;
          const seenGroups = [0, 1].filter((group) => reach === "every" || (reach === "own" && isOwn(group)));
          const groups = await listGroups(ask, scope, wishAll);
          expect(groups.items.map(({ id }) => id)).toEqual(seenGroups.map((group) => `${schoolId}-${group}`));
          for (const group of [0, 1]) {
            const groupId = `${schoolId}-${group}`;
            const inGroup = expected.filter((id) => people[ids.indexOf(id)]?.groups.includes(group));
            const members = seenGroups.includes(group) ? inGroup : [];
            expect((await listMembers(ask, scope, groupId, wishAll)).items.map(({ id }) => id).toSorted()).toEqual(
              members,
            );
            const filtered = await searchPeople(ask, scope, wish("", { groupId }));
            expect(filtered.people.map(({ id }) => id).toSorted()).toEqual(members);
            expect((await findGroup(ask, scope, groupId))?.members ?? 0).toBe(members.length);
          }
          expect((await listMembers(ask, scope, `${elsewhere}-0`, wishAll)).items).toEqual([]);
        }
      }),
      { numRuns: 12 },
    );
  });
});

test("groups are sorted as people count: 7b before 10a", async () => {
  const schoolId = `s-${newId()}`;
  await addSchool(db, schoolId);
  for (const title of ["10a", "7b", "Chor", "7a"]) {
    await db.group.create({ data: { id: `${schoolId}-${title}`, schoolId, title, kind: "homeroom" } });
  }
  const { items } = await listGroups(asking(db), everybody(schoolId), { after: null, size: 100 });
  expect(items.map(({ title }) => title)).toEqual(["7a", "7b", "10a", "Chor"]);
});
