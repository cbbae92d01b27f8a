// Guarantee: whoever belongs to a department belongs to its school, whether everything is read, only what changed, or one
// school.
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeUser, orgReference, timestamp } from "#demo/data/records.ts";
import { createOneRosterClient } from "#lib/oneroster/client.ts";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { SCHOOL } from "#test/small-directory.ts";

const DEPARTMENT = "D-1";
let world: DirectoryWorld;
let member: string;

beforeEach(async () => {
  world = await startDirectoryWorld({ schoolUsers: false });
  const { directory } = world.server;
  const [school] = directory.current.orgs;
  if (school === undefined) throw new Error("no school");
  // below another department: its own parent is not in the list of changes either
  for (const [id, parent] of [
    ["D-0", SCHOOL],
    [DEPARTMENT, "D-0"],
  ] as const) {
    const fields = { type: "department", parent: orgReference(parent), metadata: { enabledServices: [] } };
    directory.current.orgs.push(Object.assign({ ...school, sourcedId: id, name: id }, fields));
  }
  const modified = timestamp(Date.UTC(2026, 7, 3) * 1_000);
  const roles = [{ org: DEPARTMENT, role: "teacher" as const }];
  const user = makeUser({ username: "fach", givenName: "Fach", familyName: "Kraft", roles }, modified);
  directory.current.users.push(user);
  member = user.sourcedId;
  await sync({ full: true });
  await world.database.db.syncCursor.updateMany({ data: { cursorAt: new Date("2026-08-10") } });
});
afterEach(() => world.stop());

function sync(request: { full: boolean; schoolId?: string }) {
  const { baseUrl, tokenUrl } = world.server;
  const credentials = { clientId: "console", clientSecret: "small directory" };
  const { pull } = createOneRosterClient({ baseUrl, tokenUrl, ...credentials, organisations: "orgs" });
  return world.sync(request, { pull });
}
const rolesOf = async () => {
  const held = await world.database.db.affiliation.findMany({ where: { personId: member } });
  return held.map(({ schoolId, role }) => `${role} ${schoolId}`);
};

test.each([{ full: false }, { full: true, schoolId: SCHOOL }, { full: true }])(
  "somebody of a department who is renamed keeps the role, by %o",
  async (request) => {
    expect(await rolesOf()).toEqual([`teacher ${SCHOOL}`]);
    world.server.directory.renamePerson(member, { familyName: "Neu" });
    expect(await sync(request)).toMatchObject({ failure: null, counts: { peopleLeft: 0, held: 0 } });
    expect(await rolesOf()).toEqual([`teacher ${SCHOOL}`]);
    expect(await world.database.db.person.findUnique({ where: { id: member } })).toMatchObject({ familyName: "Neu" });
  },
);

test("a new department is known from the changes on; one that is gone takes its people's roles along", async () => {
  const { orgs } = world.server.directory.current;
  const department = orgs.find(({ sourcedId }) => sourcedId === DEPARTMENT);
  if (department === undefined) throw new Error("no department");
  const dateLastModified = new Date().toISOString();
  orgs.push({ ...department, sourcedId: "D-2", name: "D-2", dateLastModified });
  world.server.directory.setRoles(member, [{ org: "D-2", role: "teacher" }]);
  expect(await sync({ full: false })).toMatchObject({ failure: null, counts: { peopleLeft: 0 } });
  expect(await rolesOf()).toEqual([`teacher ${SCHOOL}`]);
  expect(await world.database.db.syncOrganisation.count()).toBe(3);
  for (const org of orgs.filter(({ sourcedId }) => sourcedId === "D-2")) Object.assign(org, { status: "tobedeleted" });
  await sync({ full: true });
  expect(await rolesOf()).toEqual([]);
  expect(await world.database.db.syncOrganisation.count()).toBe(2);
});
