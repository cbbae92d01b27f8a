// Guarantee: accounts are done in lots at a real Synapse, each for itself: looked up together where our module is there,
// never taken over from somebody else, and only those that failed are tried again.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MatrixCallError } from "#lib/matrix/errors.ts";
import { startCuttingProxy, type CuttingProxy, type ProxiedCall } from "#test/cutting-proxy.ts";
import { openKeeper, type Keeper } from "#test/keeper.ts";
import { MatrixSession } from "#test/matrix-session.ts";
import { succeed } from "#test/rooms.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";
import { provisionAccounts } from "./accounts.ts";

const SCHOOL = "DE-RP-SN-33001";
const KNOWN_ACCOUNTS = "/_synapse/schulchat/known_accounts";

let system: TestSystem;
let proxy: CuttingProxy;
let keeper: Keeper;
let lots = 0;

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  proxy = await startCuttingProxy(system.synapseUrl);
  keeper = openKeeper(system, { baseUrl: proxy.baseUrl });
  await addSchool(keeper.db, SCHOOL);
}, 180_000);
afterAll(async () => {
  await keeper.stop();
  await proxy.stop();
  await system.stop();
});
beforeEach(() => {
  proxy.reset();
});

/** Pupils without an account. */
async function newPupils(count: number): Promise<readonly string[]> {
  lots += 1;
  const ids = Array.from({ length: count }, (_, index) => `p${String(lots)}x${String(index)}`);
  for (const id of ids) await addPerson(keeper.db, { id, roles: { [SCHOOL]: ["student"] } });
  return ids;
}
const states = async (ids: readonly string[]) =>
  (await keeper.db.person.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: "asc" } })).map(
    ({ accountState }) => accountState,
  );
const isLookUp = ({ method, path }: ProxiedCall): boolean => method === "GET" && path.includes("/v2/users/");
const isCreation = ({ method, path }: ProxiedCall): boolean => method === "PUT" && path.includes("/v2/users/");
const made = () => proxy.calls.filter(isCreation).length;

/** As an administrator of Synapse, past us. */
async function createElsewhere(id: string, authProvider: string): Promise<void> {
  const body = {
    displayname: "Somebody",
    external_ids: [{ auth_provider: authProvider, external_id: `theirs-${id}` }],
  };
  const path = `/_synapse/admin/v2/users/${encodeURIComponent(keeper.userOf(id))}`;
  const { status } = await system.provisioner.request("PUT", path, body);
  expect(status).toBe(201);
}

describe("a lot of new accounts", () => {
  test("is looked up in one request, and each is made by one", async () => {
    const ids = await newPupils(5);
    expect(await provisionAccounts(keeper.tools, ids)).toEqual(new Map());
    expect(await states(ids)).toEqual(ids.map(() => "active"));
    expect(proxy.calls.filter(({ path }) => path === KNOWN_ACCOUNTS)).toHaveLength(1);
    expect(proxy.calls).toHaveLength(1 + ids.length);
    proxy.reset();
    expect(await provisionAccounts(keeper.tools, ids)).toEqual(new Map());
    expect(proxy.calls).toEqual([]);
  });

  test("of which one call fails: the others are recorded, and only that one is tried again", async () => {
    const ids = await newPupils(4);
    const [first = "", unlucky = "", ...others] = ids;
    const isUnlucky = (call: ProxiedCall) => isCreation(call) && call.path.includes(`u-${unlucky}`);
    proxy.cutOnce({ mode: "error500", at: isUnlucky });
    const failures = await provisionAccounts(keeper.tools, ids);
    expect([...failures.keys()]).toEqual([unlucky]);
    expect(failures.get(unlucky)).toBeInstanceOf(MatrixCallError);
    expect(await states([first, ...others])).toEqual(["active", "active", "active"]);
    expect(await states([unlucky])).toEqual(["absent"]);
    proxy.reset();
    expect(await provisionAccounts(keeper.tools, ids)).toEqual(new Map());
    expect(await states(ids)).toEqual(ids.map(() => "active"));
    // Synapse had done it before it answered 500: it is found, and nothing is made twice
    expect(proxy.calls.filter(({ path }) => !path.includes(`u-${unlucky}`) && path !== KNOWN_ACCOUNTS)).toEqual([]);
    expect(made()).toBe(0);
  });

  test("where our module does not answer, each is looked up by itself", async () => {
    const ids = await newPupils(3);
    proxy.cutOnce({ mode: "unrecognized", at: ({ path }) => path === KNOWN_ACCOUNTS });
    expect(await provisionAccounts(keeper.tools, ids)).toEqual(new Map());
    expect(proxy.hasCut()).toBe(true);
    expect(proxy.calls.filter(isLookUp)).toHaveLength(ids.length);
    expect(await states(ids)).toEqual(ids.map(() => "active"));
  });

  test.each(["with our module", "without it"])(
    "an account of somebody else is shown and never taken over, %s",
    async (how) => {
      const [theirs = "", ours = ""] = await newPupils(2);
      await createElsewhere(theirs, "oidc-elsewhere");
      if (how === "without it") proxy.cutOnce({ mode: "unrecognized", at: ({ path }) => path === KNOWN_ACCOUNTS });
      expect(await provisionAccounts(keeper.tools, [theirs, ours])).toEqual(new Map());
      const conflict = { accountState: "conflict", accountProblem: "foreignAccount" };
      expect(await keeper.db.person.findUnique({ where: { id: theirs } })).toMatchObject(conflict);
      const untouched = { displayName: "Somebody", subjects: [], hasForeignLogin: true };
      expect(await keeper.accounts.find(keeper.userOf(theirs))).toMatchObject(untouched);
      expect(made()).toBe(1);
      expect(await states([ours])).toEqual(["active"]);
    },
  );
});

describe("which accounts exist", () => {
  const ask = (session: MatrixSession, userIds: unknown) =>
    session.request("POST", KNOWN_ACCOUNTS, { user_ids: userIds });

  test("is told to the provisioner: those of a list that exist, also deactivated ones", async () => {
    const [there = "", gone = "", nobody = ""] = (await newPupils(3)).map((id) => keeper.userOf(id));
    for (const userId of [there, gone]) await system.provisioner.createUser(userId, "Test");
    const end = `/_synapse/admin/v1/deactivate/${encodeURIComponent(gone)}`;
    await succeed(system.provisioner.request("POST", end, {}));
    const { status, body } = await ask(system.provisioner, [there, gone, nobody, "no id at all", "' OR 1=1 --"]);
    expect(status).toBe(200);
    expect(body).toEqual({ known: expect.arrayContaining([there, gone]) as unknown });
    expect(body["known"]).toHaveLength(2);
    expect((await ask(system.provisioner, [])).body).toEqual({ known: [] });
  });

  test("is told to nobody else, server administrators and people without a token included", async () => {
    const { userId, accessToken } = await system.provisioner.createUser(`@curious:${system.serverName}`, "Curious");
    const curious = new MatrixSession(system.synapseUrl, userId, accessToken);
    expect(await ask(curious, [userId])).toMatchObject({ status: 403, errcode: "M_FORBIDDEN" });
    const path = `/_synapse/admin/v2/users/${encodeURIComponent(userId)}`;
    await succeed(system.provisioner.request("PUT", path, { admin: true }));
    expect(await ask(curious, [userId])).toMatchObject({ status: 403 });
    const stranger = new MatrixSession(system.synapseUrl, userId, "not a token");
    expect(await ask(stranger, [userId])).toMatchObject({ status: 401 });
    const anonymous = await fetch(`${system.synapseUrl}${KNOWN_ACCOUNTS}`, { method: "POST", body: '{"user_ids":[]}' });
    expect(anonymous.status).toBe(401);
    await anonymous.body?.cancel();
  });

  test("is not told through the proxy", async () => {
    const { userId, accessToken } = system.provisioner;
    const outside = new MatrixSession(system.chatUrl, userId, accessToken);
    expect(await ask(outside, [userId])).toMatchObject({ status: 404, errcode: "M_UNRECOGNIZED" });
  });

  test.each([
    ["no list", "@a:localhost", "M_BAD_JSON"],
    ["nothing", undefined, "M_BAD_JSON"],
    ["something else than ids", ["@a:localhost", 7], "M_BAD_JSON"],
    ["more than 500", Array.from({ length: 501 }, (_, n) => `@u-${String(n)}:localhost`), "M_TOO_LARGE"],
  ])("is not asked by %s", async (_what, userIds, errcode) => {
    expect(await ask(system.provisioner, userIds)).toMatchObject({ status: 400, errcode });
  });

  test("is asked by a list of 500", async () => {
    const userIds = Array.from({ length: 500 }, (_, n) => `@u-${String(n)}:localhost`);
    expect(await ask(system.provisioner, userIds)).toMatchObject({ status: 200, body: { known: [] } });
  });
});
