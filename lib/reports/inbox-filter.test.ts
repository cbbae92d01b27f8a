import { describe, expect, test } from "vitest";
import { inboxQuery, parseInboxFilter, parseInboxQuery } from "./inbox-filter.ts";

describe("the address of an inbox", () => {
  test("nothing said: what is open, what is due first", () => {
    expect(parseInboxFilter({})).toEqual({ state: "open", sort: "due" });
    expect(inboxQuery(parseInboxFilter({}))).toBe("");
  });

  test.each([
    "state=resolved&severity=critical&category=sexual&school=DE-RP-SN-10001&assignee=me&overdue=1&unread=1&number=12&sort=newest",
    "assignee=t%3ANachtdienst",
    "assignee=none&sort=severity",
  ])("survives the way through the address: %s", (query) => {
    expect(inboxQuery(parseInboxQuery(query))).toBe(query);
  });

  test.each(["state=unknown", "severity=very", "assignee=everybody", "number=1%3BDROP", "sort=name", "overdue=yes"])(
    "leaves out what it does not understand: %s",
    (query) => {
      expect(parseInboxQuery(query)).toEqual({ state: "open", sort: "due" });
    },
  );

  test("a number is understood with and without its sign", () => {
    expect(parseInboxFilter({ number: "#42" }).number).toBe(42);
    expect(parseInboxFilter({ number: " 42 " }).number).toBe(42);
  });
});
