// Rule table, row "join": only on an invitation that is still allowed. Always M_FORBIDDEN: with any other code the
// published client leaves the room, and the invitation is gone.
import { afterEach, describe } from "vitest";
import { MatrixSession } from "../system.ts";
import { restrictedTo } from "../published-client.ts";
import { setCell, setLocked, setServed, type ChatSchool, type Part } from "../chat-school.ts";
import {
  CONTACT_REFUSED,
  expectRefused,
  JOIN_REFUSED,
  joinRule,
  managedRoom,
  NOT_INVITED,
  ownRoom,
  roomsOf,
  stateOf,
  test,
} from "./world.ts";
import type { ExpectedRefusal } from "./refused.ts";

type Join = { readonly room: string; readonly by: Part; readonly how?: "state" | "alias path" };

async function expectNoJoin({ system, people }: ChatSchool, { room, by, how }: Join, refusal: ExpectedRefusal) {
  const person = people[by];
  const request = () => {
    if (how === "state") return person.setState(room, "m.room.member", { membership: "join" }, person.userId);
    if (how === "alias path") return person.request("POST", `/_matrix/client/v3/join/${encodeURIComponent(room)}`, {});
    return person.join(room);
  };
  await expectRefused({ system, request, witnesses: [stateOf(system, room), roomsOf(person)] }, refusal);
}

describe("an invitation that is no longer allowed", () => {
  const undo: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0)) await step();
  });

  test("the cell was closed meanwhile", async ({ school }) => {
    const { system, people } = school;
    const { db } = system.database;
    const room = await ownRoom(system, people.pupila, { invited: [people.teacher] });
    undo.push(() => setCell(db, { from: "student", to: "teacher" }, true));
    await setCell(db, { from: "student", to: "teacher" }, false);
    await expectNoJoin(school, { room, by: "teacher" }, JOIN_REFUSED);
    await expectNoJoin(school, { room, by: "teacher", how: "state" }, JOIN_REFUSED);
    await expectNoJoin(school, { room, by: "teacher", how: "alias path" }, JOIN_REFUSED);
  });

  test("whoever invited was locked meanwhile", async ({ school }) => {
    const { system, people } = school;
    const { db } = system.database;
    const room = await ownRoom(system, people.colleague, { invited: [people.pupilc] });
    undo.push(() => setLocked(db, "colleague", false));
    await setLocked(db, "colleague", true);
    await expectNoJoin(school, { room, by: "pupilc" }, JOIN_REFUSED);
  });

  test("the school was switched off meanwhile", async ({ school }) => {
    const { system, people } = school;
    const { db } = system.database;
    const room = await ownRoom(system, people.teacher, { invited: [people.pupilc] });
    undo.push(() => setServed(db, true));
    await setServed(db, false);
    await expectNoJoin(school, { room, by: "pupilc" }, JOIN_REFUSED);
  });
});

/** The admin API is reached behind the proxy only. */
async function expectNoAdminJoin({ system, people }: ChatSchool, room: string, refusal: ExpectedRefusal) {
  const { userId, accessToken } = people.serveradmin;
  const admin = new MatrixSession(system.synapseUrl, userId, accessToken);
  const path = `/_synapse/admin/v1/join/${encodeURIComponent(room)}`;
  const request = () => admin.request("POST", path, { user_id: people.pupilc.userId });
  await expectRefused({ system, request, witnesses: [stateOf(system, room), roomsOf(people.pupilc)] }, refusal);
}

describe("without an invitation", () => {
  test("into a public room", async ({ school }) => {
    const room = await managedRoom(school.system, { state: [joinRule({ join_rule: "public" })] });
    await expectNoJoin(school, { room, by: "pupila" }, NOT_INVITED);
    await expectNoJoin(school, { room, by: "pupila", how: "state" }, NOT_INVITED);
    await expectNoJoin(school, { room, by: "pupila", how: "alias path" }, NOT_INVITED);
  });

  test("by a restricted join rule that names a genuine room", async ({ school }) => {
    const { system, people } = school;
    const door = await managedRoom(system, { members: [people.pupila] });
    const room = await managedRoom(system, { state: [joinRule(restrictedTo(door))] });
    await expectNoJoin(school, { room, by: "pupila" }, NOT_INVITED);
  });

  test("a server admin is nobody special", async ({ school }) => {
    const room = await managedRoom(school.system, { state: [joinRule({ join_rule: "public" })] });
    await expectNoJoin(school, { room, by: "serveradmin" }, NOT_INVITED);
  });

  test("a server admin lets somebody in by the admin API", async ({ school }) => {
    const { system, people } = school;
    const { serveradmin } = people;
    const room = await managedRoom(system, { members: [serveradmin], levels: { [serveradmin.userId]: 100 } });
    // the call invites first
    await expectNoAdminJoin(school, room, CONTACT_REFUSED);
  });

  test("a server admin lets somebody into a public room, where the call invites nobody", async ({ school }) => {
    const room = await managedRoom(school.system, { state: [joinRule({ join_rule: "public" })] });
    await expectNoAdminJoin(school, room, NOT_INVITED);
  });
});
