// Guarantee: an LDAP answer that takes away too much at once changes nothing until somebody releases it who may; a dry run
// shows what would be done and leaves nothing; neither hides what the directory's own syncs did. On a real OpenLDAP.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { performAction } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { READER_DN, READER_PASSWORD, startOpenLdap, SUFFIX, type TestLdap } from "#test/openldap.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { releaseHeldChangesCommand, requestSyncCommand } from "../commands.ts";
import { readHolds } from "../holds.ts";
import { findFreshDryRun, findHeldChanges, findRunReports, findSchoolRuns } from "../queries.ts";
import { syncLdap, type LdapRequest } from "./ldap.ts";
import { ldapGroupsSchema, ldapPeopleSchema } from "./ldap-groups.ts";

const SCHOOL = "S";
const PEOPLE = `ou=people,${SUFFIX}`;
const GROUPS = `ou=groups,${SUFFIX}`;
const EVERYBODY = Array.from({ length: 10 }, (_, index) => `kind${String(index)}`);
const HALF = EVERYBODY.slice(0, 4);

let ldap: TestLdap;
let database: TestDatabase;
let jobs: JobSender;
let manager: Principal;

const unit = (name: string) => `dn: ou=${name},${SUFFIX}\nobjectClass: organizationalUnit\nou: ${name}\n`;
const person = (uid: string) =>
  `dn: uid=${uid},${PEOPLE}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: Test\n`;
const lines = (uids: readonly string[]) => uids.map((uid) => `member: uid=${uid},${PEOPLE}\n`).join("");
const group = (cn: string, uids: readonly string[]) =>
  `dn: cn=${cn},${GROUPS}\nobjectClass: groupOfNames\ncn: ${cn}\n${lines(uids)}`;
const setMembers = (cn: string, uids: readonly string[]) =>
  ldap.apply(`dn: cn=${cn},${GROUPS}\nchangetype: modify\nreplace: member\n${lines(uids)}-\n`);

async function sync(names: readonly string[] = ["chor", "band", "ag"], request: LdapRequest = {}) {
  const groups = names.map((cn) => {
    return { school: SCHOOL, group: `ldap-${cn}`, title: cn, base: GROUPS, filter: `(cn=${cn})` };
  });
  return await syncLdap(
    {
      db: database.db,
      ldap: { url: ldap.url, bindDn: READER_DN, password: READER_PASSWORD, ca: ldap.ca, timeoutMs: 5_000 },
      people: ldapPeopleSchema.parse({ base: PEOPLE }),
      groups: ldapGroupsSchema.parse(groups),
      onSchoolChanged: (_, change) => Promise.resolve(change.groupIds.length),
    },
    request,
  );
}
const count = (groupId: string) => database.db.groupMember.count({ where: { groupId } });
const held = () => findHeldChanges(database.db, manager, SCHOOL);
const act = { db: () => ({ db: database.db, jobs }), who: () => Promise.resolve(manager) };
async function releaseAll() {
  const holds = (await held()).map(({ id }) => id);
  return await performAction(act.db(), releaseHeldChangesCommand, act.who, { schoolId: SCHOOL, holds });
}
async function queued(): Promise<unknown> {
  return await database.db.$queryRaw`
    DELETE FROM pgboss.job WHERE name IN ('ldap-sync', 'directory-sync') RETURNING name, data`;
}

beforeAll(async () => {
  [ldap, database] = await Promise.all([startOpenLdap(), startTestDatabase()]);
  jobs = new JobSender(database.url);
  await addSchool(database.db, SCHOOL);
  await addPerson(database.db, { id: "manager", roles: { [SCHOOL]: ["schoolManagement"] } });
  manager = await signIn(database.db, "manager");
  for (const id of EVERYBODY) {
    await addPerson(database.db, { id, roles: { [SCHOOL]: ["student"] } });
    await database.db.person.update({ where: { id }, data: { username: id } });
  }
  const groups = [group("chor", EVERYBODY), group("band", HALF), group("ag", HALF)];
  await ldap.apply([unit("people"), unit("groups"), ...EVERYBODY.map(person), ...groups].join("\n"));
}, 60_000);
afterAll(async () => {
  await jobs.stop();
  await ldap.stop();
  await database.stop();
});
beforeEach(async () => {
  const { db } = database;
  await db.syncHold.deleteMany();
  await db.syncRun.deleteMany();
  await db.groupMember.deleteMany();
  await db.group.deleteMany();
  await setMembers("chor", EVERYBODY);
  await setMembers("band", HALF);
  await setMembers("ag", HALF);
  await sync();
  await queued();
});

describe("half an answer", () => {
  beforeEach(() => setMembers("chor", HALF));

  test("removes nobody who would be in no group any more, and is shown; everything else goes on", async () => {
    await setMembers("band", EVERYBODY.slice(0, 3));
    expect(await sync()).toMatchObject({ failure: null, counts: { held: 6, membersChanged: 1 } });
    expect([await count("ldap-chor"), await count("ldap-band")]).toEqual([10, 3]);
    const shown = await held();
    expect(shown).toHaveLength(6);
    expect(shown[0]).toMatchObject({ kind: "personRemoved", rule: "ldapPeople", isReleased: false });
    // a sync of the directory neither sees nor settles it
    expect(await database.db.$transaction((tx) => readHolds(tx, [SCHOOL]))).toEqual([]);
    await sync();
    expect(await held()).toHaveLength(6);
  });

  test("is carried out after a release, and LDAP alone is read anew for it", async () => {
    await sync();
    expect(await releaseAll()).toMatchObject({ ok: true });
    expect(await queued()).toMatchObject([{ name: "ldap-sync", data: { schoolId: SCHOOL } }]);
    expect(await sync()).toMatchObject({ counts: { held: 0, membersChanged: 6 } });
    expect(await count("ldap-chor")).toBe(4);
    expect(await database.db.syncHold.count({ where: { status: "applied" } })).toBe(6);
  });

  test("a release is not lost while a group comes in part, and is dropped when LDAP says otherwise", async () => {
    await sync();
    await releaseAll();
    await ldap.apply(`dn: cn=chor,${GROUPS}\nchangetype: modrdn\nnewrdn: cn=weg\ndeleteoldrdn: 1\n`);
    await sync();
    await ldap.apply(`dn: cn=weg,${GROUPS}\nchangetype: modrdn\nnewrdn: cn=chor\ndeleteoldrdn: 1\n`);
    expect(await database.db.syncHold.count({ where: { status: "released" } })).toBe(6);
    await setMembers("chor", EVERYBODY);
    await sync();
    expect(await database.db.syncHold.count({ where: { status: "dropped" } })).toBe(6);
    expect(await count("ldap-chor")).toBe(10);
  });
});

test("a few who go are no fault", async () => {
  await setMembers("chor", EVERYBODY.slice(0, 6));
  expect(await sync()).toMatchObject({ counts: { held: 0, membersChanged: 4 } });
});

test("two of three groups gone wait for a release; their rooms stay until then", async () => {
  expect(await sync(["chor"])).toMatchObject({ counts: { held: 2, groupsChanged: 0 } });
  expect(await database.db.group.count({ where: { leftAt: null } })).toBe(3);
  expect((await held()).map(({ rule, group: one }) => `${rule} ${one?.title ?? ""}`).sort()).toEqual([
    "ldapGroups ag",
    "ldapGroups band",
  ]);
  await releaseAll();
  await sync(["chor"]);
  expect(await database.db.group.findMany({ where: { leftAt: null }, select: { id: true } })).toEqual([
    { id: "ldap-chor" },
  ]);
});

test("no member left at all is held back, however few there were", async () => {
  for (const cn of ["chor", "band", "ag"]) await setMembers(cn, ["kind0"]);
  await sync();
  await releaseAll();
  await sync();
  expect(await count("ldap-chor")).toBe(1);
  for (const cn of ["chor", "band", "ag"]) await ldap.apply(memberless(cn));
  expect(await sync()).toMatchObject({ failure: null, counts: { held: 1 } });
  expect(await held()).toMatchObject([{ kind: "membersRemoved", rule: "ldapMembers" }]);
  expect(await count("ldap-chor")).toBe(1);
});
/** OpenLDAP lets no group be empty: a placeholder that is nobody. */
const memberless = (cn: string) =>
  `dn: cn=${cn},${GROUPS}\nchangetype: modify\nreplace: member\nmember: cn=niemand,${SUFFIX}\n-\n`;

test("a dry run says what would be done and held back, and does nothing", async () => {
  await setMembers("chor", HALF);
  await setMembers("band", EVERYBODY.slice(0, 3));
  const tables = async () => [await count("ldap-chor"), await count("ldap-band"), await held()];
  const before = await tables();
  const { runId, counts } = await sync(undefined, { dryRun: true, schoolId: SCHOOL, requestedById: "manager" });
  expect(counts).toMatchObject({ held: 6, membersChanged: 1, jobs: 1 });
  expect(await tables()).toEqual(before);
  const [shown] = await findSchoolRuns(database.db, manager, SCHOOL, { kinds: ["dryRun"], source: "ldap" });
  expect(shown).toMatchObject({ id: runId, report: { held: { count: 6 }, membersRemoved: { count: 1 }, jobs: 1 } });
  expect(await findRunReports(database.db, runId)).toHaveLength(1);
  // who switches a school on must have seen the directory's
  expect(await findFreshDryRun(database.db, SCHOOL, new Date())).toBeNull();
});

test("a dry run that the console asks for is one of LDAP too, where LDAP is in use", async () => {
  const { db } = database;
  const ask = () => performAction(act.db(), requestSyncCommand, act.who, { schoolId: SCHOOL, dryRun: true });
  await ask();
  expect(await queued()).toMatchObject([{ name: "directory-sync" }, { name: "ldap-sync", data: { dryRun: true } }]);
  await db.syncRun.deleteMany({ where: { source: "ldap" } });
  await ask();
  expect(await queued()).toMatchObject([{ name: "directory-sync" }]);
});
