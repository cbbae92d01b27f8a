// The guarantees of the LDAP intake, on a real OpenLDAP: who is in a group, that only a whole answer removes anybody, and
// that no password leaves without TLS.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Role } from "#lib/policy/roles.ts";
import { withLdap, type LdapOptions } from "#lib/ldap/client.ts";
import {
  LIMITED_DN,
  READER_DN,
  READER_PASSWORD,
  SIZE_LIMIT,
  startOpenLdap,
  SUFFIX,
  type TestLdap,
} from "#test/openldap.ts";
import { addGroup, addPerson, addSchool } from "#test/school.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import type { SchoolChange } from "../types.ts";
import { syncLdap, type LdapSyncResult } from "./ldap.ts";
import { ldapGroupsSchema, ldapPeopleSchema } from "./ldap-groups.ts";

const SCHOOL = "S";
const CROWD = SIZE_LIMIT * 2 + 30;
const PEOPLE = `ou=people,${SUFFIX}`;
const GROUPS = `ou=groups,${SUFFIX}`;

let ldap: TestLdap;
let database: TestDatabase;
let changes: SchoolChange[] = [];
const login = (more: Partial<LdapOptions> = {}): LdapOptions => ({
  url: ldap.url,
  bindDn: READER_DN,
  password: READER_PASSWORD,
  ca: ldap.ca,
  timeoutMs: 5_000,
  ...more,
});

const unit = (name: string) => `dn: ou=${name},${SUFFIX}\nobjectClass: organizationalUnit\nou: ${name}\n`;
const person = (uid: string) =>
  `dn: uid=${uid},${PEOPLE}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: Test\nmail: ${uid}@schule.example\n`;
const group = (cn: string, uids: readonly string[]) =>
  `dn: cn=${cn},${GROUPS}\nobjectClass: groupOfNames\ncn: ${cn}\n${uids.map((uid) => `member: UID=${uid}, ${PEOPLE}\n`).join("")}`;
const replaceMembers = (cn: string, uids: readonly string[]) =>
  `dn: cn=${cn},${GROUPS}\nchangetype: modify\nreplace: member\n${uids.map((uid) => `member: uid=${uid},${PEOPLE}\n`).join("")}-\n`;

const configured = (cn: string, more: object = {}) => ({
  ...{ school: SCHOOL, group: `ldap-${cn}`, title: `Gruppe ${cn}`, base: GROUPS, filter: `(cn=${cn})` },
  ...more,
});

async function sync(groups: readonly object[], more: Partial<LdapOptions> = {}): Promise<LdapSyncResult> {
  return await syncLdap({
    db: database.db,
    ldap: login(more),
    people: ldapPeopleSchema.parse({ base: PEOPLE }),
    groups: ldapGroupsSchema.parse(groups),
    onSchoolChanged: (_, change) => {
      changes.push(change);
      return Promise.resolve(change.groupIds.length);
    },
  });
}

async function members(groupId: string): Promise<readonly string[]> {
  const rows = await database.db.groupMember.findMany({
    where: { groupId },
    orderBy: [{ role: "desc" }, { personId: "asc" }],
  });
  return rows.map(({ personId, role }) => `${personId} ${role}`);
}

beforeAll(async () => {
  [ldap, database] = await Promise.all([startOpenLdap(), startTestDatabase()]);
  await addSchool(database.db, SCHOOL);
  const known: [string, Role][] = [
    ["kuehn", "teacher"],
    ["klein", "student"],
    ["oeztuerk", "student"],
  ];
  for (const [id, role] of known) {
    await addPerson(database.db, { id, roles: { [SCHOOL]: [role] } });
    await database.db.person.update({ where: { id }, data: { username: id } });
  }
  await addPerson(database.db, { id: "fern", roles: {} });
  await database.db.person.update({ where: { id: "fern" }, data: { username: "fern" } });
  const crowd = Array.from({ length: CROWD }, (_, index) => person(`viele${String(index)}`));
  const everybody = ["kuehn", "klein", "oeztuerk", "fern", "fremd"].map(person);
  await ldap.apply([unit("people"), unit("groups"), unit("empty"), ...everybody, ...crowd].join("\n"));
  await ldap.apply([group("schach", ["kuehn", "klein"]), group("schach-leitung", ["kuehn"])].join("\n"));
}, 60_000);
afterAll(async () => {
  await ldap.stop();
  await database.stop();
});
beforeEach(() => {
  changes = [];
});

test("entries fill the configured groups; a second pull changes nothing", async () => {
  const groups = [
    configured("schach"),
    configured("schach-leitung", { group: "ldap-schach", title: "Gruppe schach", role: "teacher" }),
  ];
  const first = await sync(groups);
  expect(first).toMatchObject({ failure: null, problems: [] });
  // more people than the server gives at once were read to know them by name
  expect(first.counts.people).toBe(CROWD + 5);
  expect(await members("ldap-schach")).toEqual(["kuehn teacher", "klein student", "kuehn student"]);
  expect(await database.db.group.findUniqueOrThrow({ where: { id: "ldap-schach" } })).toMatchObject({
    source: "ldap",
    title: "Gruppe schach",
    bidirectional: null,
  });
  expect(changes).toEqual([{ schoolId: SCHOOL, personIds: [], groupIds: ["ldap-schach"] }]);
  const second = await sync(groups);
  expect(second.counts).toMatchObject({ groupsChanged: 0, membersChanged: 0, jobs: 0 });
  expect(changes).toHaveLength(1);
});

test("who is in the group no more is removed, and unknown people are reported, not invented", async () => {
  await ldap.apply(group("chor", ["klein", "oeztuerk"]));
  await sync([configured("chor")]);
  await ldap.apply(replaceMembers("chor", ["oeztuerk", "fremd", "fern", "nirgends"]));
  const { failure, problems } = await sync([configured("chor")]);
  expect(failure).toBeNull();
  expect(await members("ldap-chor")).toEqual(["fern student", "oeztuerk student"]);
  expect(problems.map(({ recordId, reason }) => `${recordId} ${reason}`).sort()).toEqual([
    "fern notOfThisSchool",
    "fremd unknownPerson",
    `uid=nirgends,${PEOPLE} unknownEntry`,
  ]);
  expect(await database.db.person.count({ where: { username: "fremd" } })).toBe(0);
  const run = await database.db.syncRun.findFirstOrThrow({ where: { source: "ldap" }, orderBy: { startedAt: "desc" } });
  expect(await database.db.syncProblem.count({ where: { runId: run.id } })).toBe(3);
});

test("members may be values, or the entries that a filter finds", async () => {
  const byMail = configured("werte", { base: PEOPLE, filter: "(uid=kl*)", members: "value", memberAttribute: "uid" });
  const byFilter = configured("filter", { base: PEOPLE, filter: "(|(uid=kuehn)(uid=klein))", members: "entry" });
  expect(await sync([byMail, byFilter])).toMatchObject({ failure: null, problems: [] });
  expect(await members("ldap-werte")).toEqual(["klein student"]);
  expect(await members("ldap-filter")).toEqual(["klein student", "kuehn student"]);
});

test("a group that is not found keeps its members; those that are configured no more wait for a release", async () => {
  await ldap.apply(group("theater", ["klein"]));
  await sync([configured("theater")]);
  await ldap.apply(`dn: cn=theater,${GROUPS}\nchangetype: delete\n`);
  const gone = await sync([configured("theater")]);
  expect(gone.problems).toMatchObject([{ recordId: "ldap-theater", reason: "groupMissing" }]);
  const noBase = await sync([configured("theater", { base: `ou=nowhere,${SUFFIX}` })]);
  expect(noBase).toMatchObject({ failure: null, problems: [{ recordId: "ldap-theater", reason: "groupMissing" }] });
  expect(await members("ldap-theater")).toEqual(["klein student"]);
  expect((await sync([configured("schach")])).counts.held).toBeGreaterThan(0);
  expect((await database.db.group.findUniqueOrThrow({ where: { id: "ldap-theater" } })).leftAt).toBeNull();
});

test("a referral is reported and not followed, and nobody is removed by what may stand behind it", async () => {
  await ldap.apply(group("garten", ["klein", "oeztuerk"]));
  await sync([configured("garten", { base: GROUPS })]);
  await ldap.apply(
    `dn: ou=anderswo,${GROUPS}\nobjectClass: referral\nobjectClass: extensibleObject\nou: anderswo\nref: ldap://127.0.0.1:1/ou=anderswo,${SUFFIX}\n`,
  );
  await ldap.apply(replaceMembers("garten", ["klein"]));
  const { failure, problems } = await sync([configured("garten")]);
  expect(failure).toBeNull();
  expect(problems.map(({ reason }) => reason)).toEqual(["referralNotFollowed"]);
  expect(await members("ldap-garten")).toEqual(["klein student", "oeztuerk student"]);
  // a base behind the referral speaks for nobody
  const behind = await sync([configured("garten", { base: `ou=anderswo,${GROUPS}` })]);
  expect(behind.problems.map(({ reason }) => reason)).toContain("groupMissing");
  expect(await members("ldap-garten")).toEqual(["klein student", "oeztuerk student"]);
  await ldap.apply(`dn: ou=anderswo,${GROUPS}\ncontrol: 2.16.840.1.113730.3.4.2 true\nchangetype: delete\n`);
  await sync([configured("garten")]);
  expect(await members("ldap-garten")).toEqual(["klein student"]);
});

test("nobody at all, and a part for the whole, fail the run and remove nobody", async () => {
  await ldap.apply(group("sport", ["klein"]));
  await sync([configured("sport")]);
  const empty = await syncLdap({
    db: database.db,
    ldap: login(),
    people: ldapPeopleSchema.parse({ base: `ou=empty,${SUFFIX}` }),
    groups: ldapGroupsSchema.parse([configured("sport")]),
    onSchoolChanged: () => Promise.reject(new Error("nothing may follow")),
  });
  expect(empty.failure).toBe("emptyAnswer");
  const wrongPeople = { base: PEOPLE, filter: "(uid=niemand)" };
  const none = await syncLdap({
    db: database.db,
    ldap: login(),
    people: ldapPeopleSchema.parse(wrongPeople),
    groups: ldapGroupsSchema.parse([configured("sport")]),
    onSchoolChanged: () => Promise.reject(new Error("nothing may follow")),
  });
  expect(none.failure).toBe("emptyAnswer");
  await ldap.apply(replaceMembers("sport", ["kuehn"]));
  expect((await sync([configured("sport")], { bindDn: LIMITED_DN })).failure).toBe("incomplete");
  expect(await members("ldap-sport")).toEqual(["klein student"]);
});

test("the password goes to the right server only, and only within TLS", async () => {
  const groups = [configured("schach")];
  expect((await sync(groups, { ca: ldap.otherCa })).failure).toBe("certificateRefused");
  expect((await sync(groups, { url: ldap.secureUrl, ca: ldap.otherCa })).failure).toBe("certificateRefused");
  // the certificate is for another name
  expect((await sync(groups, { url: ldap.secureUrl.replace("localhost", "127.0.0.1") })).failure).toBe(
    "certificateRefused",
  );
  expect((await sync(groups, { isPlain: true })).failure).toBe("unauthorised");
  expect((await sync(groups, { password: "wrong" })).failure).toBe("unauthorised");
  expect((await sync(groups, { url: ldap.secureUrl })).failure).toBeNull();
});

test("a source that is down fails the run and is well again afterwards; one that breaks off does not pass for whole", async () => {
  const groups = [configured("schach")];
  await sync(groups);
  const before = await members("ldap-schach");
  await ldap.pause();
  expect((await sync(groups)).failure).toBe("unreachable");
  expect(await members("ldap-schach")).toEqual(before);
  await ldap.resume();
  expect((await sync(groups)).failure).toBeNull();
  const broken = withLdap(login(), async (reader) => {
    await ldap.pause();
    return await reader.search({ base: PEOPLE, filter: "(uid=*)", attributes: ["uid"] });
  });
  await expect(broken).rejects.toMatchObject({ code: "unreachable" });
  await ldap.resume();
});

test("a group of the directory, or of another school, is not taken over", async () => {
  await addSchool(database.db, "T");
  await addGroup(database.db, "ldap-besetzt", SCHOOL, ["oeztuerk"]);
  await addGroup(database.db, "ldap-fern", "T", []);
  const { problems } = await sync([
    configured("schach", { group: "ldap-besetzt" }),
    configured("schach", { group: "ldap-fern" }),
    configured("schach", { school: "unknown", group: "ldap-nirgends" }),
  ]);
  expect(problems.map(({ recordId, reason }) => `${recordId} ${reason}`)).toEqual([
    "ldap-besetzt groupOfAnotherSource",
    "ldap-fern groupOfAnotherSchool",
    "unknown unknownSchool",
  ]);
  expect(await members("ldap-besetzt")).toEqual(["oeztuerk student"]);
});
