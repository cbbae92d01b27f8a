// What the four messages mean, their defaults, and which of them mean nothing.
import { describe, expect, test } from "vitest";
import { decodeMessage } from "./messages.ts";

const decode = (body: unknown) => decodeMessage(Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));
const room = { id: "0000dcfb", name: "Mathe" };
const user = { id: "@sso_5f2a:chat.example" };

describe("defaults", () => {
  test("of a room: type room, no topic, one-way, no moderator", () => {
    expect(decode({ method: "addUser", user, rooms: [room] })).toEqual({
      about: user.id,
      message: {
        method: "addUser",
        user: { userId: user.id, name: null },
        rooms: [
          {
            groupId: "room_0000dcfb",
            type: "room",
            name: "Mathe",
            description: "",
            isBidirectional: false,
            isModerator: false,
          },
        ],
        unreadable: [],
      },
    });
  });
  test("of a member: no name, no moderator", () => {
    expect(decode({ method: "addRoom", room, members: [user] })).toMatchObject({
      message: { members: [{ userId: user.id, name: null, isModerator: false }], isComplete: true },
    });
  });
  test("null is as absent, a number is an id, an empty name is none, and line breaks are no part of a name", () => {
    const body = {
      method: "addRoom",
      room: { type: null, id: 42, name: " Mathe\n\u0000 7a ", description: null, bidirectional: null },
      members: [{ ...user, name: " " }],
    };
    expect(decode(body)).toMatchObject({
      about: "room_42",
      message: { room: { groupId: "room_42", name: "Mathe 7a", description: "" }, members: [{ name: null }] },
    });
  });
  test("rooms may be missing", () => {
    expect(decode({ method: "addUser", user })).toMatchObject({ message: { rooms: [] } });
  });
});

test.each(["addUser", "ADDUSER", "add_user", "add-user", " Add User "])("the method may be written %s", (method) => {
  expect(decode({ method, user })).toMatchObject({ message: { method: "addUser" } });
  expect(decode({ Method: method, user })).toMatchObject({ message: { method: "addUser" } });
});

test("password, e-mail and welcome text are not even in the decoded message", () => {
  const body = {
    method: "addUser",
    user: { ...user, name: "Marla Mathe", email: "m@example.org", password: "geheim" },
    welcome: { text: "Hallo" },
  };
  expect(JSON.stringify(decode(body))).not.toMatch(/geheim|example\.org|Hallo/);
});

test("the last of two entries about the same counts", () => {
  const members = [
    { ...user, is_moderator: true },
    { ...user, is_moderator: false },
  ];
  expect(decode({ method: "addRoom", room, members })).toMatchObject({
    message: { members: [{ isModerator: false }] },
  });
});

describe("a list with unreadable entries", () => {
  test("is complete if each says who it is", () => {
    const members = [user, { id: "@sso_b:chat.example", name: 7 }];
    const decoded = decode({ method: "addRoom", room, members });
    expect(decoded).toMatchObject({
      message: {
        members: [{ userId: user.id }],
        unreadable: [{ recordType: "member", recordId: "@sso_b:chat.example", reason: "fieldsInvalid: name" }],
        isComplete: true,
      },
    });
  });
  test.each([[null], [7], [{}], [{ id: "nobody" }]])("is not complete with %j", (entry) => {
    expect(decode({ method: "addRoom", room, members: [entry] })).toMatchObject({ message: { isComplete: false } });
  });
});

test.each([
  ["", "notJson", ""],
  ["{", "notJson", ""],
  ["null", "notJson", ""],
  ["[1]", "notJson", ""],
  [{}, "methodMissing", ""],
  [{ method: 7 }, "methodMissing", ""],
  [{ method: "purge\u0000" }, "unknownMethod", "purge"],
  [{ method: "addUser" }, "fieldsInvalid", "user"],
  [{ method: "addUser", user: { id: "nobody" } }, "fieldsInvalid", "user.id"],
  [{ method: "addUser", user, rooms: {} }, "fieldsInvalid", "rooms"],
  [{ method: "removeUser", user: {} }, "fieldsInvalid", "user.id"],
  [{ method: "addRoom", room }, "fieldsInvalid", "members"],
  [{ method: "addRoom", room: { id: "1" }, members: [] }, "fieldsInvalid", "room.name"],
  [{ method: "removeRoom", room: { id: "a b" } }, "fieldsInvalid", "room.id"],
  [{ method: "removeRoom", room: { id: "1", type: "a_b" } }, "fieldsInvalid", "room.type"],
])("%j is no message: %s %s", (body, failure, detail) => {
  expect(decode(body)).toMatchObject({ failure, detail });
});

test("a message of many megabytes is not even parsed", () => {
  expect(decodeMessage(Buffer.alloc(9 * 1_024 * 1_024, "["))).toMatchObject({ failure: "tooLarge" });
});

test("the same bytes are the same problem", () => {
  expect(decode("kaputt").about).toBe(decode("kaputt").about);
  expect(decode("kaputt").about).not.toBe(decode("anders").about);
});
