// The guarantees of the message intake, on a real RabbitMQ: what each message does, that doing it twice or crashing in
// between changes nothing, and that what cannot be used is kept with its reason.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { AT_HEADER, deadLetterQueueOf, QUEUE_HEADER, REASON_HEADER } from "#lib/amqp/queues.ts";
import { matrixId, prepareIntakeWorld, SERVER_NAME } from "#test/intake-world.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { until } from "#test/until.ts";
import { adoptIntakePeople } from "./adopt.ts";
import { findIntakeProblems } from "./problems.ts";

const intake = prepareIntakeWorld();
const { world, db, idOf } = intake;

const course = (more: object = {}) => ({ type: "course", id: `c${world().school}`, name: "Mathe", ...more });
const courseId = () => `course_c${world().school}`;
const addUser = (localpart: string, name: string | undefined, rooms: readonly object[] = []) => ({
  method: "addUser",
  user: { id: matrixId(localpart), name, email: "marla@example.org", password: "hush-hush" },
  rooms,
});
const addRoom = (members: readonly unknown[], room: object = course()) => ({ method: "addRoom", room, members });
const member = (localpart: string, more: object = {}) => ({ id: matrixId(localpart), ...more });

test("somebody known only from messages has an account and rooms, but no role anywhere", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  const localpart = `sso_only-${world().school.toLowerCase()}`;
  await intake.publish(addUser(localpart, "Marla Mathe", [course({ is_moderator: true, description: "Kurs" })]));
  await intake.settled();

  const person = await db().person.findUniqueOrThrow({
    where: { localpart },
    include: { affiliations: true, sources: true },
  });
  expect(person).toMatchObject({
    source: "amqp",
    displayName: "Marla Mathe",
    enabled: true,
    subject: localpart.slice(4),
  });
  expect(person.affiliations).toEqual([]);
  expect(person.sources).toMatchObject([{ source: "amqp", schoolId: world().school, externalId: matrixId(localpart) }]);
  expect(await intake.members()).toEqual([`${courseId()} ${person.id} moderator`]);
  expect(await db().group.findUniqueOrThrow({ where: { id: courseId() } })).toMatchObject({
    source: "amqp",
    kind: "course",
    title: "Mathe",
    description: "Kurs",
    bidirectional: false,
  });
  expect(world().changes).toEqual([{ schoolId: world().school, personIds: [person.id], groupIds: [courseId()] }]);
  // neither the password nor the address is in any column
  expect(JSON.stringify(await db().person.findMany())).not.toMatch(/hush-hush|marla@example/);
  const role = { personId: person.id, schoolId: world().school, role: "teacher" as const, since: new Date() };
  await expect(db().affiliation.create({ data: role })).rejects.toThrow(/SC011|no role/);
});

test("somebody of the directory is the same person in messages, by the operator's rule, and keeps name and login", async () => {
  await db().person.update({ where: { id: idOf("lehrerin") }, data: { username: "l.kuehn" } });
  await intake.startIntake({ match: "username" });
  await intake.makeQueue();
  await intake.publish(addUser("sso_l.kuehn", "Anderer Name", [course({ is_moderator: true })]));
  await intake.publish(
    addRoom([member(`u-${idOf("schueler")}`)], { type: "team", id: `t${world().school}`, name: "AG" }),
  );
  await intake.settled();
  expect(await intake.members()).toEqual([
    `${courseId()} ${idOf("lehrerin")} moderator`,
    `team_t${world().school} ${idOf("schueler")}`,
  ]);
  expect(await db().person.findUniqueOrThrow({ where: { id: idOf("lehrerin") } })).toMatchObject({
    source: "oneroster",
    displayName: `Test, ${idOf("lehrerin")}`,
    localpart: `u-${idOf("lehrerin")}`,
  });
  expect(await db().person.count({ where: { source: "amqp", sources: { some: { schoolId: world().school } } } })).toBe(
    0,
  );
});

test("whom messages knew first becomes the directory's person, with localpart, account and rooms", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  const key = `early-${world().school.toLowerCase()}`;
  await intake.publish(addUser(`sso_${key}`, "Frühe Person", [course()]));
  await intake.settled();
  const adopted = await db().$transaction((tx) =>
    adoptIntakePeople(tx, [{ id: `directory-${key}`, subject: key, username: "" }]),
  );
  expect(adopted).toBe(1);
  expect(await db().person.findUniqueOrThrow({ where: { id: `directory-${key}` } })).toMatchObject({
    localpart: `sso_${key}`,
  });
  expect(await intake.members()).toEqual([`${courseId()} directory-${key}`]);
  // and the next message still finds the same person
  await intake.publish(addUser(`sso_${key}`, "Frühe Person", [course({ is_moderator: true })]));
  await intake.settled();
  expect(await intake.members()).toEqual([`${courseId()} directory-${key} moderator`]);
});

test("addUser raises a level and never lowers one; addRoom raises and lowers", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  const teacher = `sso_${idOf("lehrerin")}`;
  const states: string[] = [];
  for (const message of [
    addUser(teacher, undefined, [course()]),
    addUser(teacher, undefined, [course({ is_moderator: true })]),
    addUser(teacher, undefined, [course({ is_moderator: false })]),
    addRoom([member(teacher)]),
    addRoom([member(teacher, { is_moderator: true })]),
  ]) {
    await intake.publish(message);
    await intake.settled();
    states.push((await intake.members()).join());
  }
  const [plain, raised] = [`${courseId()} ${idOf("lehrerin")}`, `${courseId()} ${idOf("lehrerin")} moderator`];
  expect(states).toEqual([plain, raised, raised, plain, raised]);
});

test("addRoom removes whoever is not named, and sets name, topic and writing mode", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  await intake.publish(addRoom([member(`sso_${idOf("lehrerin")}`), member(`sso_${idOf("schueler")}`)]));
  await intake.settled();
  expect(await intake.members()).toHaveLength(2);
  await intake.publish(addRoom([member(`sso_${idOf("lehrerin")}`)], course({ name: "Mathe II", bidirectional: true })));
  await intake.settled();
  expect(await intake.members()).toEqual([`${courseId()} ${idOf("lehrerin")}`]);
  expect(await db().group.findUniqueOrThrow({ where: { id: courseId() } })).toMatchObject({
    title: "Mathe II",
    bidirectional: true,
  });
  await intake.publish(addRoom([member(`sso_${idOf("lehrerin")}`)]));
  await intake.settled();
  expect(await db().group.findUniqueOrThrow({ where: { id: courseId() } })).toMatchObject({
    title: "Mathe",
    bidirectional: false,
  });
});

test("the same message twice changes nothing and queues nothing", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  const messages = [
    addUser(`sso_twice-${world().school.toLowerCase()}`, "Zweimal", [course({ is_moderator: true })]),
    addRoom([member(`sso_${idOf("lehrerin")}`, { is_moderator: true }), member(`sso_${idOf("schueler")}`)]),
    { method: "removeRoom", room: { type: "course", id: `c${world().school}` } },
    { method: "removeUser", user: { id: matrixId(`sso_twice-${world().school.toLowerCase()}`) } },
  ];
  for (const message of messages) {
    await intake.publish(message);
    await intake.settled();
    const before = { members: await intake.members(), changes: world().changes.length, left: world().left.length };
    await intake.publish(message);
    await intake.settled();
    expect({ members: await intake.members(), changes: world().changes.length, left: world().left.length }).toEqual(
      before,
    );
  }
  expect(await intake.problems()).toEqual([]);
  expect(world().left).toHaveLength(1);
});

test("an unknown member without a name waits for one and never becomes 'New User'", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  const localpart = `sso_later-${world().school.toLowerCase()}`;
  await intake.publish(addRoom([member(localpart), member(`sso_${idOf("schueler")}`)]));
  await intake.settled();
  const waiting = await db().person.findUniqueOrThrow({ where: { localpart } });
  expect(waiting).toMatchObject({ enabled: false, displayName: localpart });
  expect(await intake.members()).toHaveLength(2);
  expect(await intake.problems()).toMatchObject([
    { recordType: "user", recordId: matrixId(localpart), reason: "nameUnknown" },
  ]);

  await intake.publish(addUser(localpart, "Spät Benannt"));
  await intake.settled();
  expect(await db().person.findUniqueOrThrow({ where: { localpart } })).toMatchObject({
    enabled: true,
    displayName: "Spät Benannt",
  });
  expect(world().changes.at(-1)).toEqual({ schoolId: world().school, personIds: [waiting.id], groupIds: [courseId()] });
  expect(await intake.problems()).toEqual([]);
  // a list without names takes none away
  await intake.publish(addRoom([member(localpart)]));
  await intake.settled();
  expect((await db().person.findUniqueOrThrow({ where: { localpart } })).displayName).toBe("Spät Benannt");
  const names = await db().person.findMany({ select: { displayName: true } });
  expect(names.map((person) => person.displayName)).not.toContain("New User");
});

test("removeUser ends what messages brought; the directory's people stay people", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  const localpart = `sso_gone-${world().school.toLowerCase()}`;
  await intake.publish(addUser(localpart, "Geht Bald", [course()]));
  await intake.publish(addUser(`sso_${idOf("lehrerin")}`, undefined, [course()]));
  await intake.publish({ method: "removeUser", user: { id: matrixId(localpart) } });
  await intake.publish({ method: "removeUser", user: { id: matrixId(`sso_${idOf("lehrerin")}`) } });
  await intake.settled();
  const gone = await db().person.findUniqueOrThrow({ where: { localpart } });
  expect(gone.leftAt).not.toBeNull();
  expect(world().left).toEqual([[gone.id]]);
  expect((await db().person.findUniqueOrThrow({ where: { id: idOf("lehrerin") } })).leftAt).toBeNull();
  expect(await intake.members()).toEqual([]);

  await intake.publish(addUser(localpart, "Wieder Da", [course()]));
  await intake.settled();
  expect(await db().person.findUniqueOrThrow({ where: { localpart } })).toMatchObject({
    leftAt: null,
    displayName: "Wieder Da",
  });
});

test("removeRoom ends the room; a room that nobody knows is reported; a later addUser brings back only itself", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  await intake.publish(addRoom([member(`sso_${idOf("lehrerin")}`)]));
  await intake.publish({ METHOD: "removeRoom", room: { type: "course", id: `c${world().school}` } });
  await intake.publish({ method: "removeRoom", room: { id: "never" } });
  await intake.settled();
  expect((await db().group.findUniqueOrThrow({ where: { id: courseId() } })).leftAt).not.toBeNull();
  expect(await intake.problems()).toMatchObject([
    { recordType: "room", recordId: "room_never", reason: "unknownRoom" },
  ]);
  await intake.publish(addUser(`sso_${idOf("schueler")}`, undefined, [course()]));
  await intake.settled();
  expect((await db().group.findUniqueOrThrow({ where: { id: courseId() } })).leftAt).toBeNull();
  expect(await intake.members()).toEqual([`${courseId()} ${idOf("schueler")}`]);
});

test("a queue writes to its own school and its own rooms only", async () => {
  const elsewhere = `${world().school}-elsewhere`;
  await addSchool(db(), elsewhere);
  await addPerson(db(), { id: `foreign-${world().school.toLowerCase()}`, roles: { [elsewhere]: ["teacher"] } });
  const data = { title: "fremd", kind: "course", schoolId: elsewhere, source: "amqp", bidirectional: false };
  await db().group.create({ data: { ...data, id: `course_x${world().school}` } });
  await db().group.create({
    data: { id: `course_y${world().school}`, title: "7a", kind: "homeroom", schoolId: world().school },
  });
  await intake.startIntake();
  await intake.makeQueue();
  const rooms = ["x", "y"].map((id) => course({ id: `${id}${world().school}` }));
  await intake.publish(addUser(`sso_foreign-${world().school.toLowerCase()}`, undefined, [...rooms, course()]));
  await intake.publish({ method: "removeRoom", room: { type: "course", id: `x${world().school}` } });
  await intake.publish(addRoom([], rooms[0]));
  await intake.settled();
  expect(await intake.members()).toEqual([`${courseId()} foreign-${world().school.toLowerCase()}`]);
  expect((await db().group.findUniqueOrThrow({ where: { id: `course_x${world().school}` } })).leftAt).toBeNull();
  expect((await intake.problems()).map(({ reason }) => reason).sort()).toEqual([
    "groupOfAnotherSchool",
    "groupOfAnotherSchool",
    "groupOfAnotherSource",
  ]);
  // in the list, but not of the school: shown, and let in by nobody
  const { strangers } = await findIntakeProblems(db(), world().school);
  expect(strangers).toEqual([{ groupId: courseId(), personId: `foreign-${world().school.toLowerCase()}` }]);
});

test("one bad member or room does not keep the others out, and a nameless record removes nobody", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  await intake.publish(addRoom([member(`sso_${idOf("lehrerin")}`)]));
  await intake.publish(
    addRoom([
      member(`sso_${idOf("schueler")}`),
      { id: "@sso_other:elsewhere.example" },
      { id: matrixId("idm_provisioning_bot") },
      { id: matrixId("u-not-yet-known") },
      { id: matrixId("Big:Trouble") },
      { name: "ohne Kennung" },
      7,
    ]),
  );
  await intake.settled();
  expect(await intake.members()).toEqual([`${courseId()} ${idOf("lehrerin")}`, `${courseId()} ${idOf("schueler")}`]);
  expect((await intake.problems()).map(({ recordId, reason }) => `${recordId} ${reason}`).sort()).toEqual([
    " fieldsInvalid: ",
    " fieldsInvalid: id",
    "@Big:Trouble:chat.example foreignServer",
    "@idm_provisioning_bot:chat.example reservedLocalpart",
    "@sso_other:elsewhere.example foreignServer",
    "@u-not-yet-known:chat.example reservedLocalpart",
  ]);
  // the next good list about the same room clears them
  await intake.publish(addRoom([member(`sso_${idOf("schueler")}`)]));
  await intake.settled();
  expect(await intake.problems()).toEqual([]);
  expect(await intake.members()).toEqual([`${courseId()} ${idOf("schueler")}`]);
});

test("every spelling of the method is understood; what is not a message is dead-lettered with reason and priority", async () => {
  await intake.startIntake();
  await intake.makeQueue();
  for (const method of ["ADDUSER", "adduser", "Add_User"]) {
    await intake.publish({
      method,
      user: { id: matrixId(`sso_${idOf("lehrerin")}`) },
      rooms: [course({ id: method, type: "team" })],
    });
  }
  await intake.publish({ Method: "AddRoom", room: course(), members: [] });
  const poison: [unknown, string][] = [
    ["<html>502 Bad Gateway</html>", "notJson"],
    [Buffer.from([0xff, 0xfe, 0x00]), "notJson"],
    ["[]", "notJson"],
    [{ user: {} }, "methodMissing"],
    [{ method: "dropDatabase" }, "unknownMethod: dropdatabase"],
    [{ method: "addUser", user: { name: "ohne" } }, "fieldsInvalid: user.id"],
    [{ method: "addRoom", room: course() }, "fieldsInvalid: members"],
    [addRoom([], course({ type: "a_b" })), "fieldsInvalid: room.type"],
    [addRoom([], course({ name: "x".repeat(300) })), "fieldsInvalid: room.name"],
    [addUser("sso_x:y", "Fremd"), "foreignServer"],
  ];
  for (const [body] of poison) await intake.publish(body, { priority: 2 });
  await intake.settled();
  const letters = await intake.deadLetters();
  expect(letters.map(({ properties }): unknown => properties.headers?.[REASON_HEADER])).toEqual(
    poison.map(([, reason]) => reason),
  );
  for (const { properties } of letters) {
    expect(properties.priority).toBe(2);
    expect(properties.headers).toMatchObject({ origin: "test", [QUEUE_HEADER]: world().queue });
    expect(properties.headers).toHaveProperty(AT_HEADER);
    expect(properties.headers).not.toHaveProperty("CC");
  }
  expect(letters[0]?.content.toString()).toBe("<html>502 Bad Gateway</html>");
  expect((await intake.problems()).every(({ deadLettered }) => deadLettered)).toBe(true);
  expect(await intake.problems()).toHaveLength(poison.length);
  expect((await db().group.findMany({ where: { schoolId: world().school } })).map(({ id }) => id).sort()).toEqual(
    [courseId(), "team_ADDUSER", "team_Add_User", "team_adduser"].sort(),
  );
});

test("what fails twice is dead-lettered once, with its priority, and leaves nothing half done", async () => {
  let calls = 0;
  const failing = () => {
    calls += 1;
    return Promise.reject(new Error("broken on purpose"));
  };
  await intake.startIntake({ onSchoolChanged: failing });
  await intake.makeQueue();
  await intake.publish(addRoom([member(`sso_${idOf("lehrerin")}`)]), { priority: 1 });
  await intake.settled();
  const letters = await intake.deadLetters();
  expect(letters).toHaveLength(1);
  expect(letters[0]?.properties).toMatchObject({ priority: 1, headers: { [REASON_HEADER]: "failed" } });
  expect(calls).toBe(2);
  expect(await intake.members()).toEqual([]);
  expect(await db().group.count({ where: { schoolId: world().school } })).toBe(0);
});

test("what fails once is done at the second attempt, together with its jobs", async () => {
  let calls = 0;
  const { onSchoolChanged } = intake.dependencies();
  await intake.startIntake({
    onSchoolChanged: async (tx, change) => {
      const jobs = await onSchoolChanged(tx, change);
      calls += 1;
      if (calls === 1) throw new Error("broken on purpose");
      return jobs;
    },
  });
  await intake.makeQueue();
  await intake.publish(addRoom([member(`sso_${idOf("lehrerin")}`)]));
  await intake.settled();
  expect(await intake.deadLetters()).toEqual([]);
  expect(await intake.members()).toHaveLength(1);
  const waiting: unknown = await db().$queryRaw`
    SELECT count(*)::int AS jobs FROM pgboss.job WHERE name = 'provision-room' AND singleton_key = ${courseId()}`;
  expect(waiting).toEqual([{ jobs: 1 }]);
});

test("the order within a room is kept, also when workers change and messages fail in between", async () => {
  const first = await intake.startIntake();
  await intake.makeQueue();
  const names = Array.from({ length: 40 }, (_, index) => `Mathe ${String(index + 1)}`);
  const seen: string[] = [];
  const { onSchoolChanged } = intake.dependencies();
  const noting = async (...[tx, change]: Parameters<typeof onSchoolChanged>) => {
    seen.push((await tx.group.findUniqueOrThrow({ where: { id: courseId() } })).title);
    if (seen.length === 20) throw new Error("broken on purpose");
    return await onSchoolChanged(tx, change);
  };
  for (const name of names.slice(0, 10)) await intake.publish(addRoom([], course({ name })));
  await intake.settled();
  // a second worker stands by: the queue has one consumer only
  const second = await intake.startIntake({ onSchoolChanged: noting });
  await until(() => world().states.includes("queueInUse"), "the second worker stands by");
  expect((await intake.count())?.consumers).toBe(1);
  await first.stop();
  for (const name of names.slice(10)) await intake.publish(addRoom([], course({ name })));
  await intake.settled();
  const done = seen.filter((name, index) => name !== seen[index - 1]);
  expect(done).toEqual(names.slice(10));
  expect((await db().group.findUniqueOrThrow({ where: { id: courseId() } })).title).toBe("Mathe 40");
  await second.stop();
});

test("a queue that exists is used as it is; one that does not is declared durable with two priorities", async () => {
  // arguments that our own declaration would be refused for
  await intake.makeQueue(world().queue, { durable: false, arguments: { "x-max-priority": 5 } });
  await intake.startIntake();
  await intake.publish(addRoom([]));
  await intake.settled();
  expect(await db().group.count({ where: { schoolId: world().school } })).toBe(1);
  // the dead-letter queue was ours to make: only the same arguments are accepted
  await intake.makeQueue(deadLetterQueueOf(world().queue), { durable: true, arguments: { "x-max-priority": 2 } });
  expect(await intake.count(deadLetterQueueOf(world().queue))).not.toBeNull();
});

test("messages wait while their school is unknown, and while the source is down; nothing is lost", async () => {
  const { school, queue } = world();
  await intake.startIntake({ queues: [{ queue, school: `${school}-to-come`, prefix: "sso_", match: "subject" }] });
  await until(() => world().states.at(-1) === "", "the queue is consumed");
  await intake.publish(addRoom([]));
  await until(() => world().states.includes("paused"), "the school is waited for");
  expect(await intake.deadLetters()).toEqual([]);
  await addSchool(db(), `${school}-to-come`);
  await until(
    async () => (await db().group.count({ where: { schoolId: `${school}-to-come` } })) === 1,
    "the room is there",
  );

  await world().rabbit.pause();
  await until(() => ["unreachable", "connectionLost"].includes(world().states.at(-1) ?? ""), "the absence is noticed");
  await world().rabbit.resume();
  Object.assign(world(), { connection: await world().rabbit.connect() });
  await until(() => world().states.at(-1) === "", "the queue is consumed again");
  await intake.publish(addRoom([], course({ name: "Danach" })));
  await until(async () => (await db().group.count({ where: { title: "Danach" } })) === 1, "the next message is done");
});

test("a crash after the commit and before the acknowledgement repeats nothing", async () => {
  await intake.makeQueue(world().queue, { durable: true, arguments: { "x-max-priority": 2 } });
  const localpart = `sso_crash-${world().school.toLowerCase()}`;
  await intake.publish(addUser(localpart, "Nach Absturz", [course({ is_moderator: true })]));
  const settings = {
    DATABASE_URL: world().database.url,
    AMQP_URL: world().rabbit.url,
    QUEUE: world().queue,
    SCHOOL: world().school,
    SERVER_NAME,
  };
  const child = spawn(process.execPath, ["test/crashing-intake.ts"], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
  const before = { members: await intake.members(), people: await db().person.count() };
  expect(before.members).toHaveLength(1);
  await until(async () => (await intake.count())?.messages === 1, "the broker has the message again");

  await intake.startIntake();
  await intake.settled();
  expect({ members: await intake.members(), people: await db().person.count() }).toEqual(before);
  expect(world().changes).toEqual([]);
  expect(await intake.count()).toMatchObject({ messages: 0 });
  expect(await intake.deadLetters()).toEqual([]);
});
