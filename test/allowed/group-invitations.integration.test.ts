// Groups in a room's join rules, by the published client's own requests: the provisioner brings their people in, follows
// who comes and goes, finishes what the client's removal left, and touches nobody who was invited personally.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  aliasOf,
  FIRST_SCHOOL,
  openChatSchool,
  OWN_CLASS,
  setCell,
  type ChatSchool,
  type Part,
} from "../chat-school.ts";
import { groupChat, restrictedTo, SCHOOL_MARKER } from "../published-client.ts";
import { startRoomCare, type RoomCare } from "../room-care.ts";
import { joinedMembers, succeed, waitForProvisioner } from "../rooms.ts";
import { startTestSystem, type TestSystem } from "../system.ts";

let system: TestSystem;
let people: ChatSchool["people"];
let care: RoomCare;
let room: string;

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  ({ people } = await openChatSchool(system));
  await system.database.db.person.updateMany({ data: { accountState: "active" } });
  care = startRoomCare(system);
});
afterAll(async () => {
  await care.stop();
  await system.stop();
});

/** What the published client does when somebody picks a person and a class in the address book. */
beforeEach(async () => {
  const { teacher, colleague } = people;
  await setClass(["pupila", "pupilc"]);
  room = await teacher.openRoom(groupChat());
  await succeed(teacher.setState(room, SCHOOL_MARKER, { name: FIRST_SCHOOL }));
  await succeed(teacher.invite(room, colleague.userId));
  await succeed(teacher.setState(room, "m.room.join_rules", restrictedTo(aliasOf(OWN_CLASS))));
  await waitForProvisioner(system, room);
});

async function setClass(pupils: readonly Part[]): Promise<void> {
  const { db } = system.database;
  await db.groupMember.deleteMany({ where: { groupId: OWN_CLASS, role: "student" } });
  await db.groupMember.createMany({
    data: pupils.map((personId) => ({ groupId: OWN_CLASS, personId, role: "student", enrollmentId: `7b-${personId}` })),
  });
}
const removeGroup = () => succeed(people.teacher.setState(room, "m.room.join_rules", restrictedTo()));
const noteTime = () => system.database.db.roomGroup.updateMany({ data: { addedAt: new Date(0) } });

async function expectInside(...parts: readonly Part[]): Promise<void> {
  const joined = (await joinedMembers(system, room)).filter((userId) => userId !== system.provisioner.userId);
  expect(joined.toSorted()).toEqual(parts.map((part) => people[part].userId).toSorted());
}

test("nobody of the group joins by themselves", async () => {
  expect(await people.pupila.join(room)).toMatchObject({ status: 403, errcode: "M_FORBIDDEN" });
  await expectInside("teacher");
});

test("the group comes in, and a second look changes nothing", async () => {
  await care.follow(room);
  await expectInside("teacher", "pupila", "pupilc");
  const before = care.writes();
  await care.follow(room);
  expect(care.writes()).toBe(before);
});

test("joiners come, leavers go, and nobody is brought back who left", async () => {
  await care.follow(room);
  await succeed(people.pupilc.inRoom("POST", room, "leave", {}));
  await setClass(["pupilb", "pupilc"]);
  await care.follow(room);
  await expectInside("teacher", "pupilb");
});

test.each([true, false])(
  "who left and was invited personally stays when the group goes (seen leaving: %s)",
  async (isSeen) => {
    const { teacher, pupila, pupilc } = people;
    await care.follow(room);
    await succeed(pupila.inRoom("POST", room, "leave", {}));
    if (isSeen) await care.follow(room);
    await succeed(teacher.invite(room, pupila.userId));
    await succeed(pupila.join(room));
    await succeed(pupilc.inRoom("POST", room, "leave", {}));
    await removeGroup();
    await care.follow(room);
    await expectInside("teacher", "pupila");
  },
);

test("two looks after a crash in the middle bring everybody once, as people of the group", async () => {
  const { db } = system.database;
  // Synapse had joined pupila, the worker could not write it down any more
  await db.roomGroupPerson.create({ data: { roomId: room, groupId: OWN_CLASS, personId: "pupila", personal: false } });
  const path = `/_synapse/admin/v1/join/${encodeURIComponent(room)}`;
  await succeed(system.provisioner.request("POST", path, { user_id: people.pupila.userId }));
  await care.follow(room);
  await expectInside("teacher", "pupila", "pupilc");
  await setClass(["pupilc"]);
  await care.follow(room);
  await expectInside("teacher", "pupilc");
});

test("the client's removal is finished: also those go whom the remover does not see, personal guests stay", async () => {
  const { teacher, colleague, pupilb, pupilc } = people;
  await succeed(teacher.invite(room, pupilb.userId));
  await succeed(pupilb.join(room));
  await succeed(colleague.join(room));
  await setClass(["pupila", "pupilb", "pupilc"]);
  await care.follow(room);
  await expectInside("teacher", "colleague", "pupila", "pupilb", "pupilc");
  await removeGroup();
  await succeed(teacher.inRoom("POST", room, "kick", { user_id: pupilc.userId }));
  await noteTime();
  await care.follow(room);
  await expectInside("teacher", "colleague", "pupilb");
  expect(await system.database.db.roomGroup.count({ where: { roomId: room } })).toBe(0);
});

test("when the cell closes the room keeps its people and takes no new joiners; when it opens, they come", async () => {
  const { db } = system.database;
  await care.follow(room);
  await setCell(db, { from: "teacher", to: "groups" }, false);
  try {
    await setClass(["pupila", "pupilb", "pupilc"]);
    await care.follow(room);
    await expectInside("teacher", "pupila", "pupilc");
  } finally {
    await setCell(db, { from: "teacher", to: "groups" }, true);
  }
  await care.follow(room);
  await expectInside("teacher", "pupila", "pupilb", "pupilc");
});

test("a protected classmate comes with a teacher of the class, not with a pupil", async () => {
  const { pupila, teacher, protectedpupil } = people;
  await setClass(["pupila", "pupilc", "protectedpupil"]);
  await care.follow(room);
  await expectInside("teacher", "pupila", "pupilc", "protectedpupil");

  room = await pupila.openRoom(groupChat());
  await succeed(pupila.invite(room, teacher.userId));
  await succeed(teacher.join(room));
  await waitForProvisioner(system, room);
  const { body } = await succeed(pupila.inRoom("GET", room, "state/m.room.power_levels/"));
  const users = { ...(body["users"] as Record<string, number>), [teacher.userId]: 100 };
  await succeed(pupila.setState(room, "m.room.power_levels", { ...body, users }));
  await succeed(pupila.setState(room, "m.room.join_rules", restrictedTo(aliasOf(OWN_CLASS))));
  await care.follow(room);
  await expectInside("pupila", "teacher", "pupilc");
  expect(await joinedMembers(system, room)).not.toContain(protectedpupil.userId);
});

test("the deletion of a room by the client leaves nobody of the group behind", async () => {
  const { teacher, pupila, pupilc } = people;
  await care.follow(room);
  await removeGroup();
  for (const { userId } of [pupila, pupilc]) await succeed(teacher.inRoom("POST", room, "kick", { user_id: userId }));
  await succeed(teacher.inRoom("POST", room, "kick", { user_id: people.colleague.userId }));
  await succeed(teacher.inRoom("POST", room, "leave", {}));
  await care.follow(room);
  await expectInside();
});
