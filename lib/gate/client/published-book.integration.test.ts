// Contract: the document of the published client, read as that client reads it and breaking where it would break
// (client contract §1), and holding nobody whom the caller may not contact.
import { afterAll, beforeAll, expect, test } from "vitest";
import { BOOK, startClientGate, type ClientGate } from "#test/client-gate.ts";
import { readPublishedBook, type ShownBook } from "#test/published-address-book.ts";
import { addGroup, addPerson, addSchool, setCell } from "#test/school.ts";
import { publishedAnswer } from "./schemas.ts";

let gate: ClientGate;
beforeAll(async () => {
  gate = await startClientGate();
  const { db } = gate.database;
  for (const id of ["DE-RP-SN-80808", "20", "10", "users", "a--b:c", "off"]) await addSchool(db, id);
  await db.school.update({ where: { id: "DE-RP-SN-80808" }, data: { name: "Gymnasium Beispielstadt" } });
  await db.school.update({ where: { id: "20" }, data: { name: "Anne-Frank-Schule" } });
  await db.school.update({ where: { id: "10" }, data: { name: "  " } });
  await db.school.update({ where: { id: "off" }, data: { schoolEnabled: false } });
  const S = "DE-RP-SN-80808";
  await addPerson(db, { id: "berger", roles: { [S]: ["teacher", "guardian"], "20": ["teacher"] } });
  await addPerson(db, { id: "oeztuerk", roles: { [S]: ["teacher", "orgAdmin"] } });
  await addPerson(db, { id: "adam", roles: { [S]: ["student"] } });
  await addPerson(db, { id: "klein", roles: { [S]: ["student"] } });
  await addPerson(db, { id: "nameless", roles: { [S]: ["secretariat"] } });
  await addPerson(db, {
    id: "everywhere",
    roles: Object.fromEntries(["20", "10", "users", "a--b:c", "off"].map((id) => [id, ["teacher"]])),
  });
  await setCell(gate.database.url, S, "student", "teacher", true);
  for (const [id, familyName, givenName] of [
    ["berger", "Berger", "Anna"],
    ["oeztuerk", "Öztürk", "Cem"],
    ["adam", "Ädäm", "Zoë"],
    ["klein", "Klein", 'Mia "Mi\\a"'],
    ["nameless", "", ""],
  ] as const) {
    const displayName = `${givenName} ${familyName}`.trim();
    await db.person.update({ where: { id }, data: { familyName, givenName, displayName } });
  }
  await addGroup(db, "0a1b2c3d-0000-4000-8000-000000000001", S, ["klein", "adam", "berger"]);
  await addGroup(db, "chat", S, []);
  await addGroup(db, "10a--x", S, ["oeztuerk"]);
  await db.group.update({ where: { id: "0a1b2c3d-0000-4000-8000-000000000001" }, data: { title: "7b" } });
});
afterAll(async () => {
  await gate.stop();
});

async function bookOf(personId: string): Promise<ShownBook> {
  const { status, text, body } = await gate.as(personId)(BOOK);
  expect(status).toBe(200);
  publishedAnswer.parse(body);
  return readPublishedBook(text);
}
const shown = ({ schools }: ShownBook, index = 0) =>
  schools[index]?.folders.map(({ title, people }) => [title, ...people.map(({ name }) => name)]);

test("a teacher's school: folders and people in their order, names as they are sorted, only members who may be seen", async () => {
  await gate.as("klein")(BOOK); // who has opened it once counts as signed in
  const book = await bookOf("oeztuerk");
  expect(book.schools.map(({ id, name }) => [id, name])).toEqual([["DE-RP-SN-80808", "Gymnasium Beispielstadt"]]);
  expect(shown(book)).toEqual([
    ["Lehrer:innen", "Berger, Anna"],
    ["Schüler:innen", "Ädäm, Zoë", 'Klein, Mia "Mi\\a"'],
    ["Sorgeberechtigte", "Berger, Anna"],
    ["Sekretariat", "u-nameless"],
  ]);
  expect(
    book.schools[0]?.groups.map(({ id, name, members }) => [id, name, members.map((person) => person.name)]),
  ).toEqual([
    ["10a=2d-x", "10a--x", []],
    ["0a1b2c3d-0000-4000-8000-000000000001", "7b", ["Ädäm, Zoë", "Berger, Anna", 'Klein, Mia "Mi\\a"']],
    ["=63hat", "chat", []],
  ]);
  const pupils = book.schools[0]?.folders.find(({ title }) => title === "Schüler:innen")?.people;
  expect(pupils?.map(({ isActive }) => isActive)).toEqual([false, true]);
});

test("a direct chat is offered to nobody but those listed, and never with oneself", async () => {
  const { offersChat } = await bookOf("klein");
  expect(offersChat("@u-oeztuerk:chat.example")).toBe(true);
  expect(offersChat("@u-adam:chat.example")).toBe(false);
  expect(offersChat("@u-klein:chat.example")).toBe(false);
});

test("pupils see only their own groups, and of those only whom they may contact", async () => {
  const book = await bookOf("klein");
  expect(shown(book)?.map(([title]) => title)).not.toContain("Schüler:innen");
  for (const { name, members } of book.schools[0]?.groups ?? []) {
    expect([name, members.map(({ id }) => id)]).toEqual(["7b", ["u-berger"]]);
  }
});

test("schools in the order of their names, whatever their ids look like; a switched-off one is not there", async () => {
  const book = await bookOf("everywhere");
  // without a name it is sorted first and shown by its id
  expect(book.schools.map(({ id, name }) => [id, name])).toEqual([
    ["10", "10"],
    ["20", "Anne-Frank-Schule"],
    ["a=2d-b=3ac", "Schule a--b:c"],
    ["=75sers", "Schule users"],
  ]);
  expect(shown(book, 1)).toEqual([["Lehrer:innen", "Berger, Anna"]]);
});

test("ids with commas, quotes and spaces stay whole in the lists of members", async () => {
  const { db } = gate.database;
  const ids = ["reader", 'a,"b" {c}\\', "d e", "NULL", "plain", "locked"];
  await addSchool(db, "odd");
  for (const [number, id] of ids.entries()) {
    await addPerson(db, { id, roles: { odd: ["teacher"] } });
    await db.person.update({ where: { id }, data: { localpart: `u-odd-${String(number)}`, enabled: id !== "locked" } });
  }
  await addGroup(db, "g1", "odd", ids);
  await addGroup(db, "g2", "odd", ["plain", "locked"]);
  const { groups } = (await bookOf("odd-0")).schools[0] ?? {};
  expect(groups?.map(({ id, members }) => [id, members.map((person) => person.id)])).toEqual([
    ["g1", ["u-odd-1", "u-odd-2", "u-odd-3", "u-odd-4"]],
    ["g2", ["u-odd-4"]],
  ]);
});

test("nobody's book is empty, not broken", async () => {
  expect(await bookOf("unknown")).toMatchObject({ schools: [] });
});
