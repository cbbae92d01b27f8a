// The integrity condition: staff of the room's school stay as long as nobody else could look after the people in it.
// Leaving is refused with M_FORBIDDEN, since with any other code the published client forgets the room.
import { describe } from "vitest";
import { z } from "zod";
import type { ChatSchool, Part } from "../chat-school.ts";
import type { MatrixAnswer } from "../system.ts";
import type { ExpectedRefusal } from "./refused.ts";
import { expectRefused, LAST_MODERATOR, LEAVE_REFUSED, ownRoom, stateOf, succeed, test } from "./world.ts";

const levelsSchema = z.looseObject({ users: z.record(z.string(), z.number()) });

async function levelsOf({ people }: ChatSchool, room: string) {
  return levelsSchema.parse((await succeed(people.teacher.inRoom("GET", room, "state/m.room.power_levels/"))).body);
}

async function expectStays(
  { system }: ChatSchool,
  room: string,
  request: () => Promise<MatrixAnswer>,
  refusal: ExpectedRefusal = LEAVE_REFUSED,
): Promise<void> {
  await expectRefused({ system, request, witnesses: [stateOf(system, room)] }, refusal);
}

describe("the last moderator", () => {
  test.for<[string, { members?: Part[]; invited?: Part[] }]>([
    ["two pupils are in the room", { members: ["pupila", "pupilb"] }],
    ["one is in it and another one invited", { members: ["pupila"], invited: ["pupilb"] }],
    ["only invitations are open", { invited: ["pupila", "pupilb"] }],
    ["the colleague is no moderator", { members: ["colleague", "pupila"] }],
  ])("does not leave while %s", async ([, present], { school }) => {
    const { system, people } = school;
    const sessions = (parts: readonly Part[] = []) => parts.map((part) => people[part]);
    const room = await ownRoom(system, people.teacher, {
      members: sessions(present.members),
      invited: sessions(present.invited),
    });
    await expectStays(school, room, () => people.teacher.inRoom("POST", room, "leave", {}));
  });

  test("does not leave by a member event either", async ({ school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people.teacher, { members: [people.pupila, people.pupilb] });
    const leave = () => people.teacher.setState(room, "m.room.member", { membership: "leave" }, people.teacher.userId);
    await expectStays(school, room, leave);
  });

  test("does not demote oneself", async ({ school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people.teacher, { members: [people.pupila, people.pupilb] });
    const levels = await levelsOf(school, room);
    const users = { ...levels.users, [people.teacher.userId]: 50 };
    const demote = () => people.teacher.setState(room, "m.room.power_levels", { ...levels, users });
    await expectStays(school, room, demote, LAST_MODERATOR);
  });

  test.for(["locked", "suspended"] as const)("does not leave to a moderator who is %s", async (how, { school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people.teacher, { members: [people.colleague, people.pupila] });
    const levels = await levelsOf(school, room);
    const users = { ...levels.users, [people.colleague.userId]: 100 };
    await succeed(people.teacher.setState(room, "m.room.power_levels", { ...levels, users }));
    const set = async (on: boolean) => {
      const user = encodeURIComponent(people.colleague.userId);
      await (how === "locked"
        ? succeed(system.provisioner.request("PUT", `/_synapse/admin/v2/users/${user}`, { locked: on }))
        : succeed(system.provisioner.request("PUT", `/_synapse/admin/v1/suspend/${user}`, { suspend: on })));
    };
    await set(true);
    try {
      await expectStays(school, room, () => people.teacher.inRoom("POST", room, "leave", {}));
    } finally {
      await set(false);
    }
  });
});
