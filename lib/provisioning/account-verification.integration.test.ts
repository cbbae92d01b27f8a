// Guarantee: what somebody does to accounts past us, in a real Synapse, is found by the rotating look and healed or shown,
// and a look that finds nothing changes nothing.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { startCuttingProxy, type CuttingProxy } from "#test/cutting-proxy.ts";
import { openKeeper, type Keeper } from "#test/keeper.ts";
import { succeed } from "#test/rooms.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";
import { until } from "#test/until.ts";
import { queueAccountVerification } from "./account-verification.ts";
import { queueLeavers } from "./queue.ts";

const SCHOOL = "DE-RP-SN-34001";
const PEOPLE = ["anna", "bert", "cem", "dora", "emil"];
const HOUR_MS = 3_600_000;

let system: TestSystem;
let proxy: CuttingProxy;
let keeper: Keeper;

/** In a fresh database Synapse answers 500 to an activation before its index on profiles is there. */
async function hasFinishedUpdates(): Promise<boolean> {
  const { body } = await system.provisioner.request("GET", "/_synapse/admin/v1/background_updates/status");
  return Object.keys(z.object({ current_updates: z.looseObject({}) }).parse(body).current_updates).length === 0;
}

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  proxy = await startCuttingProxy(system.synapseUrl);
  keeper = openKeeper(system, { baseUrl: proxy.baseUrl });
  await addSchool(keeper.db, SCHOOL);
  await keeper.db.school.update({ where: { id: SCHOOL }, data: { staffroomEnabled: false } });
  for (const id of PEOPLE) await addPerson(keeper.db, { id, roles: { [SCHOOL]: ["student"] } });
  await keeper.follow(SCHOOL);
  await until(hasFinishedUpdates, "Synapse has finished its own first work");
}, 180_000);
afterAll(async () => {
  await keeper.stop();
  await proxy.stop();
  await system.stop();
});
beforeEach(() => {
  proxy.reset();
});

const accountOf = (id: string) => keeper.accounts.find(keeper.userOf(id));
const recordOf = (id: string) => keeper.db.person.findUniqueOrThrow({ where: { id } });

/** As an administrator of Synapse, past us. */
async function change(id: string, body: object): Promise<void> {
  const path = `/_synapse/admin/v2/users/${encodeURIComponent(keeper.userOf(id))}`;
  await succeed(system.provisioner.request("PUT", path, body));
}

async function deactivate(id: string): Promise<void> {
  const path = `/_synapse/admin/v1/deactivate/${encodeURIComponent(keeper.userOf(id))}`;
  await succeed(system.provisioner.request("POST", path, {}));
}

async function leave(id: string): Promise<void> {
  const { db, jobs } = keeper;
  await db.affiliation.deleteMany({ where: { personId: id } });
  await db.person.update({ where: { id }, data: { leftAt: new Date() } });
  await db.$transaction((tx) => queueLeavers(tx, jobs, [id]));
  await keeper.work();
}

test("accounts as recorded cost a look each and change nothing; a sync asks Synapse nothing", async () => {
  await keeper.verifyAllAccounts();
  expect(proxy.calls.map(({ method }) => method)).toEqual(PEOPLE.map(() => "GET"));
  proxy.reset();
  expect(await keeper.follow(SCHOOL)).toBe(0);
  expect(proxy.calls).toEqual([]);
});

test("a bounded number at a time, those who waited longest first, nobody twice within 20 hours", async () => {
  const { db, jobs } = keeper;
  const now = Date.now() + 30 * 24 * HOUR_MS;
  const lookedAt = async (hours: number): Promise<number> => {
    const at = new Date(now + hours * HOUR_MS);
    await queueAccountVerification({ db, jobs }, 2, at);
    await keeper.work();
    return await db.person.count({ where: { accountVerifiedAt: at } });
  };
  expect([await lookedAt(0), await lookedAt(1), await lookedAt(2), await lookedAt(3)]).toEqual([2, 2, 1, 0]);
  expect(await lookedAt(20.5)).toBe(2);
});

test("a name that somebody has given is taken back", async () => {
  await change("anna", { displayname: "Schulleitung" });
  await keeper.verifyAllAccounts();
  expect(await accountOf("anna")).toMatchObject({ displayName: "Test, anna" });
  expect(await recordOf("anna")).toMatchObject({ accountState: "active", accountDisplayName: "Test, anna" });
});

test("a leaver whom somebody has unlocked is locked again", async () => {
  await leave("bert");
  expect(await accountOf("bert")).toMatchObject({ locked: true });
  await change("bert", { locked: false });
  await keeper.verifyAllAccounts();
  expect(await accountOf("bert")).toMatchObject({ locked: true });
  expect(await recordOf("bert")).toMatchObject({ accountState: "locked" });
});

test("an account that somebody has deactivated is shown, and not activated", async () => {
  await deactivate("cem");
  await keeper.verifyAllAccounts();
  expect(await recordOf("cem")).toMatchObject({ accountState: "conflict", accountProblem: "deactivated" });
  expect(await accountOf("cem")).toMatchObject({ deactivated: true });
});

test("a login of another provider is shown, and not taken away; once it is gone all is well", async () => {
  const own = { auth_provider: "oidc-school", external_id: "dora" };
  await change("dora", { external_ids: [own, { auth_provider: "oidc-elsewhere", external_id: "mallory" }] });
  await keeper.verifyAllAccounts();
  expect(await recordOf("dora")).toMatchObject({ accountState: "conflict", accountProblem: "foreignAccount" });
  expect(await accountOf("dora")).toMatchObject({ hasForeignLogin: true });
  await change("dora", { external_ids: [own] });
  await keeper.follow(SCHOOL);
  expect(await recordOf("dora")).toMatchObject({ accountState: "active", accountProblem: null });
});

test("a login that somebody has taken away is given back", async () => {
  await change("emil", { external_ids: [] });
  await keeper.verifyAllAccounts();
  expect(await accountOf("emil")).toMatchObject({ subjects: ["emil"] });
});

test("a lock that somebody has set stays", async () => {
  await change("emil", { locked: true });
  await keeper.verifyAllAccounts();
  expect(await accountOf("emil")).toMatchObject({ locked: true });
  await change("emil", { locked: false });
});
