// Rule table, row "invite": rule 4.3 at the room's school, by whatever way the invitation is sent; and the marker by
// which a room is bound to a school.
import { describe } from "vitest";
import { SCHOOL_MARKER } from "../published-client.ts";
import { SECOND_SCHOOL, setCell, setLocked, setServed, type ChatSchool, type Part } from "../chat-school.ts";
import {
  CONTACT_REFUSED,
  expectRefused,
  managedRoom,
  ownRoom,
  SETTING_REFUSED,
  stateOf,
  succeed,
  syncOf,
  test,
} from "./world.ts";

type Invitation = { readonly room: string; readonly by: Part; readonly victim: Part; readonly how?: "state" };

async function expectNoInvitation({ system, people }: ChatSchool, { room, by, victim, how }: Invitation) {
  const inviter = people[by];
  const { userId } = people[victim];
  const content = { membership: "invite", reason: "Komm in mein Versteck" };
  await expectRefused(
    {
      system,
      request: () =>
        how === "state"
          ? inviter.setState(room, "m.room.member", content, userId)
          : inviter.inRoom("POST", room, "invite", { user_id: userId, reason: content.reason }),
      witnesses: [stateOf(system, room), syncOf(people[victim])],
    },
    CONTACT_REFUSED,
  );
}

describe("an invitation", () => {
  test.for<[Part, Part, string]>([
    ["pupila", "pupilb", "the matrix is closed from pupils to pupils"],
    ["guardian", "pupilb", "the matrix is closed from guardians to pupils"],
    ["pupila", "guardian", "the matrix is closed from pupils to guardians"],
    ["teacher", "foreignteacher", "somebody of another school"],
    ["teacher", "lockedteacher", "somebody who is locked in the directory"],
    ["teacher", "protectedpupil", "somebody under a protected address without a common class"],
    ["teacher", "unknown", "somebody whom the directory does not know"],
  ])("of %s to %s: %s", async ([by, victim], { school }) => {
    const room = await ownRoom(school.system, school.people[by]);
    await expectNoInvitation(school, { room, by, victim });
  });

  test("sent as a member event", async ({ school }) => {
    const room = await ownRoom(school.system, school.people.pupila);
    await expectNoInvitation(school, { room, by: "pupila", victim: "pupilb", how: "state" });
  });

  test("into a room of the provisioner, by a moderator", async ({ school }) => {
    const { teacher } = school.people;
    const room = await managedRoom(school.system, { members: [teacher], levels: { [teacher.userId]: 100 } });
    await expectNoInvitation(school, { room, by: "teacher", victim: "foreignteacher" });
  });

  test("by a server admin who is not the provisioner", async ({ school }) => {
    const { serveradmin } = school.people;
    const room = await managedRoom(school.system, { members: [serveradmin], levels: { [serveradmin.userId]: 100 } });
    await expectNoInvitation(school, { room, by: "serveradmin", victim: "pupilb" });
  });

  test("by somebody whom the directory has locked meanwhile", async ({ school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people.colleague);
    await setLocked(system.database.db, "colleague", true);
    try {
      await expectNoInvitation(school, { room, by: "colleague", victim: "pupilb" });
    } finally {
      await setLocked(system.database.db, "colleague", false);
    }
  });

  test("after the cell was closed: allowed before, refused from the commit on", async ({ school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people.pupila, { members: [people.teacher] });
    await setCell(system.database.db, { from: "student", to: "teacher" }, false);
    try {
      await expectNoInvitation(school, { room, by: "pupila", victim: "colleague" });
    } finally {
      await setCell(system.database.db, { from: "student", to: "teacher" }, true);
    }
  });

  test("at a school that is switched off", async ({ school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people.teacher);
    await setServed(system.database.db, false);
    try {
      await expectNoInvitation(school, { room, by: "teacher", victim: "pupilb" });
    } finally {
      await setServed(system.database.db, true);
    }
  });

  test("of somebody who does not belong to the room's school", async ({ school }) => {
    const { system, people } = school;
    // the first invitation binds the room; elsewhere the inviter might contact the victim
    const room = await ownRoom(system, people.traveller, { invited: [people.pupila] });
    await expectNoInvitation(school, { room, by: "traveller", victim: "foreignpupil" });
  });
});

describe("the school marker", () => {
  test("of a school to which the sender does not belong", async ({ school: { system, people } }) => {
    const room = await ownRoom(system, people.teacher);
    const request = () => people.teacher.setState(room, SCHOOL_MARKER, { name: SECOND_SCHOOL });
    await expectRefused({ system, request, witnesses: [stateOf(system, room)] }, SETTING_REFUSED);
  });

  test("of another school than the room's", async ({ school: { system, people } }) => {
    const room = await ownRoom(system, people.traveller, { invited: [people.pupila] });
    const request = () => people.traveller.setState(room, SCHOOL_MARKER, { name: SECOND_SCHOOL });
    await expectRefused({ system, request, witnesses: [stateOf(system, room)] }, SETTING_REFUSED);
  });
});

describe("a ban or kick reaches its person with whatever it says", () => {
  const text = { reason: "Niemand mag dich" };

  test("a ban of somebody who never was in the room", async ({ school: { system, people } }) => {
    const room = await ownRoom(system, people.pupila);
    const request = () => people.pupila.inRoom("POST", room, "ban", { user_id: people.pupilb.userId, ...text });
    const witnesses = [stateOf(system, room), syncOf(people.pupilb)];
    await expectRefused({ system, request, witnesses }, SETTING_REFUSED);
  });

  test("the same as a member event", async ({ school: { system, people } }) => {
    const room = await ownRoom(system, people.pupila);
    const content = { membership: "ban", ...text };
    const request = () => people.pupila.setState(room, "m.room.member", content, people.pupilb.userId);
    const witnesses = [stateOf(system, room), syncOf(people.pupilb)];
    await expectRefused({ system, request, witnesses }, SETTING_REFUSED);
  });

  test("a ban with a text of somebody who has left", async ({ school: { system, people } }) => {
    const room = await ownRoom(system, people.teacher, { members: [people.pupila] });
    await succeed(people.pupila.inRoom("POST", room, "leave", {}));
    const request = () => people.teacher.inRoom("POST", room, "ban", { user_id: people.pupila.userId, ...text });
    await expectRefused({ system, request, witnesses: [stateOf(system, room)] }, SETTING_REFUSED);
  });

  test("the end of a ban with a text", async ({ school: { system, people } }) => {
    const room = await ownRoom(system, people.teacher, { members: [people.pupila] });
    await succeed(people.teacher.inRoom("POST", room, "ban", { user_id: people.pupila.userId }));
    const request = () => people.teacher.inRoom("POST", room, "unban", { user_id: people.pupila.userId, ...text });
    await expectRefused({ system, request, witnesses: [stateOf(system, room)] }, SETTING_REFUSED);
  });
});
