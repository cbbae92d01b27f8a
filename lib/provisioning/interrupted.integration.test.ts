// Guarantee: a call to Synapse that breaks, wherever it breaks, is neither lost nor doubled: the room exists once, and
// everybody has joined it once.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startCuttingProxy, type CutMode, type CuttingProxy } from "#test/cutting-proxy.ts";
import { addClass, openKeeper, type Keeper } from "#test/keeper.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";

/** Long enough for a busy machine, so that only the chosen call is cut. */
const CALL_TIMEOUT_MS = 8_000;
const MODES: readonly CutMode[] = ["beforeRequest", "afterRequest", "beforeAnswer", "error500", "silence"];
const CALLS = {
  "creating the account": ({ method, path }: { method: string; path: string }) =>
    method === "PUT" && path.includes("/v2/users/"),
  "creating the room": ({ path }: { path: string }) => path.endsWith("/createRoom"),
  "joining somebody": ({ path }: { path: string }) => path.includes("/v1/join/"),
};
const timeline = z.object({
  chunk: z.array(z.object({ type: z.string(), state_key: z.string().optional(), content: z.looseObject({}) })),
});

let system: TestSystem;
let proxy: CuttingProxy;
let keeper: Keeper;
let number = 0;

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  proxy = await startCuttingProxy(system.synapseUrl);
  keeper = openKeeper(system, { baseUrl: proxy.baseUrl, callTimeoutMs: CALL_TIMEOUT_MS });
}, 120_000);
afterAll(async () => {
  await keeper.stop();
  await proxy.stop();
  await system.stop();
});

/** How often somebody has come into the room. */
async function joinsOf(room: string, userId: string): Promise<number> {
  const path = `/_synapse/admin/v1/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=200`;
  const { chunk } = timeline.parse((await system.provisioner.request("GET", path)).body);
  const isJoin = (event: (typeof chunk)[number]) =>
    event.type === "m.room.member" && event.state_key === userId && event.content["membership"] === "join";
  return chunk.filter(isJoin).length;
}

/** The job fails and is tried again, as its queue does it. */
async function workWithRetries(school: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await keeper.follow(school);
      return;
    } catch (error) {
      if (tries >= 3) throw error;
    }
  }
}

describe.each(Object.entries(CALLS))("%s", (_what, fits) => {
  test.each(MODES)("cut: %s", async (mode) => {
    number += 1;
    const school = `DE-RP-SN-4${String(number).padStart(4, "0")}`;
    const [teacher, pupil, group] = [`t${String(number)}`, `p${String(number)}`, `k${String(number)}`];
    await addSchool(keeper.db, school);
    await keeper.db.school.update({ where: { id: school }, data: { staffroomEnabled: false } });
    await addPerson(keeper.db, { id: teacher, roles: { [school]: ["teacher"] } });
    await addPerson(keeper.db, { id: pupil, roles: { [school]: ["student"] } });
    await addClass(keeper.db, { id: group, schoolId: school, teachers: [teacher], pupils: [pupil] });
    proxy.reset();
    proxy.cutOnce({ mode, at: fits });
    await workWithRetries(school);
    expect(proxy.hasCut()).toBe(true);
    for (const alias of [`${school}--${group}`, `${school}--${group}--chat`]) {
      const room = await keeper.find(alias);
      expect(await keeper.rooms.resolveAlias(`#${alias}:${system.serverName}`)).toBe(room);
      const everybody = [system.provisioner.userId, keeper.userOf(teacher), keeper.userOf(pupil)].sort();
      expect(await keeper.joined(room)).toEqual(everybody);
      for (const userId of everybody) expect(await joinsOf(room, userId)).toBe(1);
      expect((await keeper.levels(room)).users[keeper.userOf(teacher)]).toBe(100);
    }
    expect(await keeper.accounts.find(keeper.userOf(pupil))).toMatchObject({ locked: false, subjects: [pupil] });
    proxy.reset();
    expect(await keeper.follow(school)).toBe(0);
    expect(proxy.calls).toEqual([]);
  });
});
