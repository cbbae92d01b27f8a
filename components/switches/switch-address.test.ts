// The address of a summary says what is planned, and nonsense plans nothing.
import { expect, test } from "vitest";
import { changePath, channelChangePath, parseChange } from "./switch-address.ts";

const read = (path: string) => parseChange(Object.fromEntries(new URL(path, "http://localhost").searchParams));

test("what is written is read again", () => {
  expect(read(changePath("S", "announcements", true))).toEqual({ name: "announcements", on: true });
  expect(read(changePath("S", "state", false))).toEqual({ name: "state", on: false });
  const channel = { name: "channel", alias: "S--7a--chat", twoWay: true };
  expect(read(channelChangePath("S", "S--7a--chat", true))).toEqual(channel);
});

test.each([{}, { name: "state" }, { name: "everything", to: "on" }, { name: "space", to: "maybe" }, { to: ["on"] }])(
  "%o plans nothing",
  (parameters) => {
    expect(parseChange(parameters)).toBeNull();
  },
);
