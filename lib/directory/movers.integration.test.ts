// Guarantee: who moves from one school to another is at both for a moment and at the new one in the end, also if only the
// new one speaks of it, and whatever happens between the two.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEMO_SERVICE_ID, makeOrg, timestamp } from "#demo/data/records.ts";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { SCHOOL } from "#test/small-directory.ts";

const OTHER = "DE-RP-SN-67890";
const DELTA = { full: false } as const;
const LAST_RUN = new Date("2026-08-10");
/** After the last run, and before anything that a cursor reads twice to be sure. */
const CHANGED = { dateLastModified: timestamp(Date.UTC(2026, 7, 20) * 1_000) };

let world: DirectoryWorld;
let mover: string;
let neighbour: string;
let leaver: string;
afterEach(() => world.stop());

async function startWith(filters: "everywhere" | "perSchool"): Promise<void> {
  world = await startDirectoryWorld({ filters });
  const { directory } = world.server;
  const modified = timestamp(Date.UTC(2026, 7, 3) * 1_000);
  directory.current.orgs.push(makeOrg({ id: OTHER, name: "Andere", services: [DEMO_SERVICE_ID], modified }));
  const pupil = (username: string): string =>
    directory.addPerson({ username, givenName: username, familyName: "Zug", roles: [{ org: OTHER, role: "student" }] })
      .sourcedId;
  [mover, neighbour, leaver] = [pupil("mover"), pupil("neighbour"), pupil("leaver")];
  const { sourcedId } = directory.addClass(OTHER, "5a");
  for (const id of [mover, neighbour, leaver]) directory.enroll(sourcedId, id, "student");
  await world.sync();
  await world.database.db.syncCursor.updateMany({ data: { cursorAt: LAST_RUN } });
}

const record = (id: string) => world.server.directory.current.users.find(({ sourcedId }) => sourcedId === id) ?? {};
function move(): void {
  world.server.directory.setRoles(mover, [{ org: SCHOOL, role: "student" }]);
  Object.assign(record(mover), CHANGED);
}
const schoolsOf = async (personId: string) => {
  const { db } = world.database;
  const held = await db.affiliation.findMany({ where: { personId }, orderBy: { schoolId: "asc" } });
  return held.map(({ schoolId }) => schoolId);
};
const person = (id: string) => world.database.db.person.findUniqueOrThrow({ where: { id } });
const groupsOf = (personId: string) => world.database.db.groupMember.count({ where: { personId } });
const cursorOf = async (scope: string) =>
  (await world.database.db.syncCursor.findFirst({ where: { source: "oneroster", scope } }))?.cursorAt;

test.each(["everywhere", "perSchool"] as const)(
  "with changes of the former school in the same run, with filters %s",
  async (filters) => {
    await startWith(filters);
    move();
    world.server.directory.renamePerson(neighbour, { familyName: "Neu" });
    world.server.directory.removePerson(leaver);
    expect(await world.sync(DELTA)).toMatchObject({ kind: "delta", failure: null, counts: { peopleLeft: 1, held: 0 } });
    expect(await schoolsOf(mover)).toEqual([SCHOOL]);
    expect(await groupsOf(mover)).toBe(0);
    expect(await person(mover)).toMatchObject({ leftAt: null });
    expect((await person(leaver)).leftAt).not.toBeNull();
    expect(await person(neighbour)).toMatchObject({ familyName: "Neu" });
  },
);

describe("read school by school", () => {
  beforeEach(() => startWith("perSchool"));

  test("a failure at the former school: the next run completes it", async () => {
    move();
    world.server.setFailure("down", { pathEnd: `${OTHER}/users` });
    expect(await world.sync(DELTA)).toMatchObject({ kind: "delta", failure: "unreachable" });
    expect(await schoolsOf(mover)).toEqual([SCHOOL, OTHER]);
    expect(await cursorOf(SCHOOL)).toEqual(LAST_RUN);
    world.server.setFailure("none");
    expect(await world.sync(DELTA)).toMatchObject({ kind: "delta", failure: null });
    expect(await schoolsOf(mover)).toEqual([SCHOOL]);
    expect((await cursorOf(SCHOOL))?.getTime()).toBeGreaterThan(LAST_RUN.getTime());
  });

  test("a removal that cannot be stored: the next run completes it", async () => {
    move();
    const { onSchoolChanged } = world.dependencies;
    const failing: typeof onSchoolChanged = async (tx, change) => {
      const isGone = (await tx.affiliation.count({ where: { personId: mover, schoolId: OTHER } })) === 0;
      if (isGone) throw new Error("cut off");
      return await onSchoolChanged(tx, change);
    };
    expect(await world.sync(DELTA, { onSchoolChanged: failing })).toMatchObject({ failure: "unexpected" });
    expect(await schoolsOf(mover)).toEqual([SCHOOL, OTHER]);
    expect(await world.sync(DELTA)).toMatchObject({ failure: null });
    expect(await schoolsOf(mover)).toEqual([SCHOOL]);
  });

  test("whoever comes back to the former school in the same run stays there", async () => {
    const { directory } = world.server;
    move();
    const { pull } = world.dependencies;
    // between the two lists
    const comingBack = () => {
      const inner = pull();
      const users: typeof inner.users = (schoolId, since) => {
        if (schoolId === OTHER) directory.setRoles(mover, [{ org: OTHER, role: "student" }]);
        return inner.users(schoolId, since);
      };
      return { ...inner, users };
    };
    expect(await world.sync(DELTA, { pull: comingBack })).toMatchObject({ kind: "delta", failure: null });
    expect(await schoolsOf(mover)).toEqual([OTHER]);
  });

  test("removals that the changes of several schools say count together", async () => {
    const { directory } = world.server;
    const { db } = world.database;
    const pupils = Array.from({ length: 6 }, (_, at) => {
      const names = { username: `p${String(at)}`, givenName: "Kind", familyName: String(at) };
      return directory.addPerson({ ...names, roles: [{ org: OTHER, role: "student" }] }).sourcedId;
    });
    await world.sync();
    await db.syncCursor.updateMany({ data: { cursorAt: LAST_RUN } });
    for (const id of pupils.slice(0, 3)) directory.setRoles(id, [{ org: SCHOOL, role: "student" }]);
    for (const id of pupils.slice(3)) directory.removePerson(id);
    expect(await world.sync(DELTA)).toMatchObject({ failure: null, counts: { held: 3 } });
  });
});

test.each(["everywhere", "perSchool"] as const)(
  "whoever cannot be stored is waited for by the cursor, with filters %s",
  async (filters) => {
    await startWith(filters);
    const recent = new Date(Date.now() - 3_600_000);
    const { directory } = world.server;
    const { sourcedId } = directory.addPerson({
      ...{ username: "twin", givenName: "Zwilling", familyName: "Zug" },
      roles: [{ org: OTHER, role: "student" }],
    });
    // whichever of the two is stored first
    for (const id of [sourcedId, world.small.classmate]) {
      Object.assign(record(id), { username: "öztürk", dateLastModified: recent.toISOString() });
    }
    for (const request of [{ full: true }, DELTA]) {
      const { problems } = await world.sync(request, { subject: "username" });
      expect(new Set(problems.map(({ reason }) => reason))).toEqual(new Set(["subjectTaken"]));
      const scope = filters === "everywhere" ? "*" : (problems[0]?.schoolId ?? "");
      expect(await cursorOf(scope)).toEqual(new Date(recent.getTime() - 1));
    }
  },
);
