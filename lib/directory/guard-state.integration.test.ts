// Guarantee: a sync that takes little from each school and much from the state is held back, and so is a list of schools
// that has lost some (design §6).
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEMO_SERVICE_ID, makeOrg, timestamp } from "#demo/data/records.ts";
import { performAction } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { grantConsoleRole } from "#lib/setup/console-roles.ts";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { SCHOOL } from "#test/small-directory.ts";
import { releaseHeldChangesCommand } from "./commands.ts";
import { findGuardReleasers, findHeldChanges } from "./queries.ts";

const OTHER = "DE-RP-SN-67890";
let world: DirectoryWorld;
let pupils: Record<string, string[]>;

beforeEach(async () => {
  world = await startDirectoryWorld();
  const { directory } = world.server;
  const modified = timestamp(Date.UTC(2026, 7, 3) * 1_000);
  directory.current.orgs.push(makeOrg({ id: OTHER, name: "Andere", services: [DEMO_SERVICE_ID], modified }));
  const people = (school: string) =>
    Array.from({ length: 8 }, (_, at) => {
      const names = { username: `${school}-${String(at)}`, givenName: "Kind", familyName: String(at) };
      return directory.addPerson({ ...names, roles: [{ org: school, role: "student" }] }).sourcedId;
    });
  pupils = { [SCHOOL]: people(SCHOOL), [OTHER]: people(OTHER) };
  await world.sync();
});
afterEach(() => world.stop());

async function landAdmin(subject = "land"): Promise<Principal> {
  const { db } = world.database;
  await grantConsoleRole(db, { subject, familyName: "Land", givenName: "Eins" }, "landAdmin");
  const { id } = await db.person.findUniqueOrThrow({ where: { subject } });
  const roles = { schoolRoles: [], consoleRoles: ["landAdmin" as const] };
  return { personId: id, displayName: "", sessionId: "s", authenticatedAt: new Date(), ...roles };
}

const release = (land: Principal, holds: readonly string[]) =>
  performAction({ db: world.database.db, jobs: world.jobs }, releaseHeldChangesCommand, () => Promise.resolve(land), {
    schoolId: OTHER,
    holds,
  });

const ofPupils = () =>
  world.database.db.affiliation.count({ where: { personId: { in: Object.values(pupils).flat() } } });

test("four people of each of two schools are too many for the state; whoever moves has not left it", async () => {
  const { directory } = world.server;
  const four = Object.values(pupils).map((ids) => ids.slice(0, 4));
  for (const id of four.flat()) directory.removePerson(id);
  const [, , , , , mover = ""] = pupils[SCHOOL] ?? [];
  directory.setRoles(mover, [{ org: OTHER, role: "student" }]);
  const { counts } = await world.sync();
  const land = await landAdmin();
  const held = await findHeldChanges(world.database.db, land, null);
  expect(held.map(({ rule }) => rule)).toEqual(Array.from({ length: 9 }, () => "peopleOfState"));
  expect(counts).toMatchObject({ held: 9, peopleLeft: 0 });
  expect(await ofPupils()).toBe(17); // the mover is at both for now
  // little enough goes on
  for (const id of four.flat().slice(3)) directory.restorePerson(id);
  await world.sync();
  expect(await ofPupils()).toBe(16 - 3);
  expect(await findHeldChanges(world.database.db, land, null)).toEqual([]);
});

test("what is released while a sync runs is done by that sync, and everybody who released it is remembered", async () => {
  const { db } = world.database;
  const { directory } = world.server;
  const land = await landAdmin();
  const [here = [], there = []] = [SCHOOL, OTHER].map((school) => (pupils[school] ?? []).slice(0, 4));
  for (const id of [...here, ...there]) directory.removePerson(id);
  await world.sync();
  const held = (await findHeldChanges(db, land, null)).filter(({ schoolId }) => schoolId === OTHER);
  expect(held).toHaveLength(4);
  // the smaller school has been stored, and its removals wait for the other one
  const pull = () => {
    const inner = world.dependencies.pull();
    const users: typeof inner.users = async (schoolId, since) => {
      const ids = held.map(({ id }) => id);
      if (schoolId === SCHOOL) expect(await release(land, ids)).toMatchObject({ ok: true });
      return await inner.users(schoolId, since);
    };
    return { ...inner, users };
  };
  expect(await world.sync({ full: true }, { pull })).toMatchObject({ failure: null, counts: { peopleLeft: 4 } });
  expect(await ofPupils()).toBe(12);
  const atOther = { where: { schoolId: OTHER }, select: { status: true, releasedById: true } };
  const released = { releasedById: land.personId };
  expect(await db.syncHold.findMany(atOther)).toEqual(held.map(() => ({ status: "applied", ...released })));

  // back, and gone once more, with two others
  for (const id of there) directory.restorePerson(id);
  await world.sync();
  for (const id of [...there, ...(pupils[SCHOOL] ?? []).slice(4, 6)]) directory.removePerson(id);
  await world.sync();
  expect(await db.syncHold.findMany(atOther)).toEqual(held.map(() => ({ status: "open", ...released })));
  const other = await landAdmin("land-2");
  const again = held.map(({ id }) => id);
  expect(await release(other, again)).toMatchObject({ ok: true });
  const [pupil = ""] = there;
  const releasers = [land.personId, other.personId];
  expect(await findGuardReleasers(db, OTHER, [pupil, ...releasers])).toEqual(new Set(releasers));
  expect(await findGuardReleasers(db, SCHOOL, releasers)).toEqual(new Set());
});

test("a school that the list has lost stays until the state has released it", async () => {
  const { db } = world.database;
  const { orgs } = world.server.directory.current;
  orgs.splice(1, 1);
  expect(await world.sync()).toMatchObject({ failure: null, counts: { held: 1, schoolsRemoved: 0 } });
  expect(await db.school.findUnique({ where: { id: OTHER } })).toMatchObject({ leftAt: null, serviceEnabled: true });
  const land = await landAdmin();
  const [held] = await findHeldChanges(db, land, null);
  expect(held).toMatchObject({ kind: "schoolRemoved", schoolId: OTHER });
  expect(await release(land, [held?.id ?? ""])).toMatchObject({ ok: true });
  expect(await world.sync()).toMatchObject({ counts: { schoolsRemoved: 1 } });
  expect((await db.school.findUniqueOrThrow({ where: { id: OTHER } })).leftAt).not.toBeNull();
  expect(await ofPupils()).toBe(8); // those of the other one have left
});
