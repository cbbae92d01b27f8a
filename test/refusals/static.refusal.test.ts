// Rule table, rows "member content" and "knock, publish, alias, upgrade": refused at the proxy, and by Synapse's module
// for whoever gets past the proxy.
import { describe } from "vitest";
import { MatrixSession } from "../system.ts";
import type { ChatSchool } from "../chat-school.ts";
import {
  answerTo,
  expectNoEffect,
  expectRefused,
  joinRule,
  managedRoom,
  ownRoom,
  SETTING_REFUSED,
  stateOf,
  syncOf,
  test,
} from "./world.ts";

type Way = "through the proxy" | "past the proxy";
const WAYS: readonly Way[] = ["through the proxy", "past the proxy"];

function on(way: Way, { system }: ChatSchool, person: MatrixSession): MatrixSession {
  return way === "through the proxy" ? person : new MatrixSession(system.synapseUrl, person.userId, person.accessToken);
}

const client = (path: string): string => `/_matrix/client/v3/${path}`;

describe("a knock is a text to people who never agreed", () => {
  test.for(WAYS)("%s", async (way, { school }) => {
    const { system, people } = school;
    const state = [joinRule({ join_rule: "knock" })];
    const room = await managedRoom(system, { members: [people.teacher], state });
    const knocking = on(way, school, people.pupila);
    const request = () =>
      knocking.request("POST", client(`knock/${encodeURIComponent(room)}`), { reason: "Mach auf, du Feigling" });
    await expectRefused(
      { system, request, witnesses: [stateOf(system, room), syncOf(people.teacher)] },
      SETTING_REFUSED,
    );
  });

  test("as a member event", async ({ school: { system, people } }) => {
    const state = [joinRule({ join_rule: "knock" })];
    const room = await managedRoom(system, { members: [people.teacher], state });
    const content = { membership: "knock", reason: "Mach auf, du Feigling" };
    const request = () => people.pupila.setState(room, "m.room.member", content, people.pupila.userId);
    await expectRefused(
      { system, request, witnesses: [stateOf(system, room), syncOf(people.teacher)] },
      SETTING_REFUSED,
    );
  });
});

describe("an alias of one's own could take a group's name", () => {
  test.for(WAYS)("%s", async (way, { school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people.teacher);
    const path = client(`directory/room/${encodeURIComponent(`#DE-RP-SN-10001--${crypto.randomUUID()}:localhost`)}`);
    const request = () => on(way, school, people.teacher).request("PUT", path, { room_id: room });
    await expectRefused({ system, request, witnesses: [answerTo(people.teacher, path)] }, SETTING_REFUSED);
  });
});

describe("no room is published", () => {
  test.for(WAYS)("%s", async (way, { school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people.teacher);
    const path = client(`directory/list/room/${encodeURIComponent(room)}`);
    const request = () => on(way, school, people.teacher).request("PUT", path, { visibility: "public" });
    await expectRefused({ system, request, witnesses: [answerTo(people.teacher, path)] }, SETTING_REFUSED);
  });
});

describe("an upgrade would make a room without the checks of a creation", () => {
  test.for(WAYS)("%s", async (way, { school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people.teacher);
    const request = () => on(way, school, people.teacher).inRoom("POST", room, "upgrade", { new_version: "11" });
    await expectRefused({ system, request, witnesses: [stateOf(system, room)] }, SETTING_REFUSED);
  });
});

describe("a name or picture of one's own inside a room", () => {
  test.for<[string, object]>([
    ["display name", { displayname: "Schulleitung" }],
    ["avatar", { avatar_url: "mxc://localhost/schulleitung" }],
  ])("%s", async ([, change], { school: { system, people } }) => {
    const room = await ownRoom(system, people.teacher, { members: [people.pupila] });
    const { userId } = people.pupila;
    const request = () => people.pupila.setState(room, "m.room.member", { membership: "join", ...change }, userId);
    // answered with 200: Synapse takes what was sent out of the event
    await expectNoEffect({ system, request, witnesses: [stateOf(system, room), syncOf(people.teacher)] });
  });
});
