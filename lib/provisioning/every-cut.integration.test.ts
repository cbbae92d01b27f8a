// Guarantee: whichever call to Synapse, and whichever transaction, a sync is interrupted at, and however, the end is the
// same: every room exists once, and everybody has come into it once. Every call and every transaction that the sync
// makes is counted first and then interrupted, none is chosen by hand.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RoomId } from "#lib/ids/ids.ts";
import { comingsInto, countRooms } from "#test/comings.ts";
import { startCuttingDatabaseProxy, type CuttingDatabaseProxy } from "#test/cutting-database-proxy.ts";
import { startCuttingProxy, type CuttingProxy } from "#test/cutting-proxy.ts";
import { addClass, openKeeper, type Keeper } from "#test/keeper.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";

const MODES = ["beforeRequest", "afterRequest", "beforeAnswer"] as const;
const TIMEOUT_MS = 600_000;
/** Calls, and transactions, that a sync of this size cannot do without: else the counting is broken. */
const LEAST = 10;
/** As often as the queue of a room or an account. */
const RETRIES = 20;

let system: TestSystem;
let synapse: CuttingProxy;
let database: CuttingDatabaseProxy;
let keeper: Keeper;
let schools = 0;

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  synapse = await startCuttingProxy(system.synapseUrl);
  database = await startCuttingDatabaseProxy(system.database.url);
  keeper = openKeeper(system, { baseUrl: synapse.baseUrl, databaseUrl: database.url, retries: RETRIES });
  await syncNewSchool(); // what a process asks only once
}, TIMEOUT_MS);
afterAll(async () => {
  await keeper.stop();
  await Promise.all([synapse.stop(), database.stop()]);
  await system.stop();
});

type World = { readonly school: string; readonly group: string; readonly people: readonly string[] };

/** A school with a class, its teacher, a pupil, and a space. Nobody has an account yet. */
async function newSchool(): Promise<World> {
  schools += 1;
  const { db } = system.database;
  const school = `DE-RP-SN-6${String(schools).padStart(4, "0")}`;
  const [teacher, pupil, group] = [`t${String(schools)}`, `p${String(schools)}`, `k${String(schools)}`];
  await addSchool(db, school);
  await db.school.update({ where: { id: school }, data: { staffroomEnabled: false, spaceEnabled: true } });
  await addPerson(db, { id: teacher, roles: { [school]: ["teacher"] } });
  await addPerson(db, { id: pupil, roles: { [school]: ["student"] } });
  await addClass(db, { id: group, schoolId: school, teachers: [teacher], pupils: [pupil] });
  return { school, group, people: [teacher, pupil] };
}

/** The provisioning of a school as a sync asks for it, with every job that follows, each tried again as its queue does. */
async function provision({ school }: World): Promise<void> {
  await system.database.db.$transaction((tx) => keeper.jobs.send(tx, "provision-school", { schoolId: school }, school));
  await keeper.work();
}

type Taken = { readonly calls: number; readonly commits: number };

/** @returns how many calls and writing transactions it took */
async function counted(work: () => Promise<void>, cut?: () => void): Promise<Taken> {
  synapse.reset();
  database.reset();
  cut?.();
  await work();
  expect(synapse.hasCut() || database.hasCut()).toBe(cut !== undefined);
  return { calls: synapse.calls.length, commits: database.commits().length };
}

/** Who came how often, who has a level, and what the room shows; people by their part. */
async function describeRoom(room: RoomId, people: readonly string[]) {
  const names = new Map(people.map((id, index) => [String(keeper.userOf(id)), index === 0 ? "teacher" : "pupil"]));
  const lines = (entries: Iterable<readonly [string, number]>) =>
    [...entries].map(([who, number]) => `${names.get(who) ?? "provisioner"} ${String(number)}`).sort();
  const state = (await keeper.keeping.stateOf(room)) ?? [];
  return {
    came: lines(await comingsInto(system, room)),
    levels: lines(Object.entries((await keeper.levels(room)).users)),
    children: state.filter(({ type }) => type === "m.space.child").length,
  };
}

const EVERYBODY_ONCE = ["provisioner 1", "pupil 1", "teacher 1"];
const MODERATED = ["provisioner 150", "teacher 100"];
const END = [
  { kind: "group", came: EVERYBODY_ONCE, levels: MODERATED, children: 0 },
  { kind: "channel", came: EVERYBODY_ONCE, levels: MODERATED, children: 0 },
  { kind: "space", came: EVERYBODY_ONCE, levels: ["provisioner 150"], children: 1 },
];

async function expectProvisioned({ school, people }: World): Promise<void> {
  const { db } = system.database;
  const rows = await db.managedRoom.findMany({ where: { schoolId: school }, orderBy: { kind: "asc" } });
  const found = [];
  for (const { alias, kind, problem } of rows) {
    const room = await keeper.find(alias);
    expect(problem).toBeNull();
    expect(await keeper.rooms.resolveAlias(`#${alias}:${system.serverName}`)).toBe(room);
    found.push({ kind, ...(await describeRoom(room, people)) });
  }
  expect(found).toEqual(END);
  for (const id of people) expect(await keeper.accounts.find(keeper.userOf(id))).toMatchObject({ subjects: [id] });
}

async function expectNothingLeft(world: World): Promise<void> {
  expect(await counted(() => provision(world))).toMatchObject({ calls: 0 });
}

/** One whole sync of a new school, with what it must end in. */
async function syncNewSchool(cut?: () => void): Promise<Taken> {
  const roomsBefore = await countRooms(system);
  const world = await newSchool();
  const taken = await counted(() => provision(world), cut);
  expect((await countRooms(system)) - roomsBefore).toBe(END.length);
  await expectProvisioned(world);
  await expectNothingLeft(world);
  return taken;
}

describe("the first sync of a school", () => {
  let taken: Taken;
  beforeAll(async () => {
    taken = await syncNewSchool();
    expect(taken.calls).toBeGreaterThanOrEqual(LEAST);
    expect(taken.commits).toBeGreaterThanOrEqual(LEAST);
  }, TIMEOUT_MS);

  test.each(MODES)(
    "cut at each of its calls: %s",
    async (mode) => {
      for (let at = 1; at <= taken.calls; at += 1) {
        await syncNewSchool(() => synapse.cutOnce({ mode, at }));
      }
    },
    TIMEOUT_MS,
  );

  test.each(MODES)(
    "cut off from the database at the end of each of its transactions: %s",
    async (mode) => {
      for (let at = 1; at <= taken.commits; at += 1) await syncNewSchool(() => database.cutOnce(mode, at));
    },
    TIMEOUT_MS,
  );
});

describe("a sync that finds another title, another teacher and another pupil", () => {
  let world: World;
  let rooms: readonly RoomId[];
  let taken: Taken;
  let turns = 0;

  /** What the directory says is one of two in turn. Whoever comes in has come once more, and nobody else has. */
  async function turn(cut?: () => void): Promise<Taken> {
    const { db } = system.database;
    turns += 1;
    const [leaving, coming] = turns % 2 === 0 ? ["x", ""] : ["", "x"];
    const before = await Promise.all(rooms.map((room) => comingsInto(system, room)));
    await db.$transaction(async (tx) => {
      await tx.group.update({ where: { id: world.group }, data: { title: `Klasse ${coming}` } });
      for (const id of world.people) {
        const member = { groupId: world.group, personId: `${id}${leaving}` };
        await tx.groupMember.updateMany({ where: member, data: { personId: `${id}${coming}` } });
      }
    });
    const result = await counted(() => provision(world), cut);
    const cameIn = world.people.map((id) => String(keeper.userOf(`${id}${coming}`)));
    for (const [index, room] of rooms.entries()) {
      const came = before[index] ?? new Map<string, number>();
      for (const userId of cameIn) came.set(userId, (came.get(userId) ?? 0) + 1);
      expect(await comingsInto(system, room)).toEqual(came);
      expect(await keeper.joined(room)).toEqual([system.provisioner.userId, ...cameIn].sort());
      const [teacher = ""] = cameIn;
      expect((await keeper.levels(room)).users).toEqual({ [system.provisioner.userId]: 150, [teacher]: 100 });
      expect(await keeper.rooms.state(room, "m.room.name")).toEqual({ name: `Klasse ${coming}` });
    }
    await expectNothingLeft(world);
    return result;
  }

  beforeAll(async () => {
    world = await newSchool();
    const { db } = system.database;
    const [teacher = "", pupil = ""] = world.people;
    await addPerson(db, { id: `${teacher}x`, roles: { [world.school]: ["teacher"] } });
    await addPerson(db, { id: `${pupil}x`, roles: { [world.school]: ["student"] } });
    await provision(world);
    rooms = [
      await keeper.find(`${world.school}--${world.group}`),
      await keeper.find(`${world.school}--${world.group}--chat`),
    ];
    const there = await turn();
    taken = await turn();
    expect(taken).toEqual(there);
    expect(taken.calls).toBeGreaterThanOrEqual(LEAST);
    expect(taken.commits).toBeGreaterThanOrEqual(LEAST);
  }, TIMEOUT_MS);

  test.each(MODES)(
    "cut at each of its calls: %s",
    async (mode) => {
      for (let at = 1; at <= taken.calls; at += 1) await turn(() => synapse.cutOnce({ mode, at }));
    },
    TIMEOUT_MS,
  );

  test.each(MODES)(
    "cut off from the database at the end of each of its transactions: %s",
    async (mode) => {
      for (let at = 1; at <= taken.commits; at += 1) await turn(() => database.cutOnce(mode, at));
    },
    TIMEOUT_MS,
  );
});
