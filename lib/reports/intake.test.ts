// A report is understood as far as it can be, and never thrown away for its form.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseReportPath, readReportBody, REASON_LENGTH, textAlone } from "./intake.ts";

describe("addresses of reports", () => {
  test.each([
    ["/_matrix/client/v3/rooms/!a:hs/report/$e", { kind: "event", roomId: "!a:hs", eventId: "$e" }],
    ["/_matrix/client/r0/rooms/%21a%3Ahs/report/%24e", { kind: "event", roomId: "!a:hs", eventId: "$e" }],
    ["/_matrix/client/v3/rooms/!a:hs/report/$e/", { kind: "event", roomId: "!a:hs", eventId: "$e" }],
    ["/_matrix/client/api/v1/rooms/!a:hs/report/$e", { kind: "event", roomId: "!a:hs", eventId: "$e" }],
    ["/_matrix/client/v3/rooms/!a:hs/report", { kind: "room", roomId: "!a:hs" }],
    ["/_matrix/client/unstable/org.matrix.msc4151/rooms/!a:hs/report", { kind: "room", roomId: "!a:hs" }],
    ["/_matrix/client/v3/users/@u-1:hs/report", { kind: "user", userId: "@u-1:hs" }],
    ["/_matrix/client/unstable/org.matrix.msc4260/users/%40u-1%3Ahs/report", { kind: "user", userId: "@u-1:hs" }],
    ["/_matrix/client/v3/rooms/!a:hs/send/m.room.message/1", null],
    ["/_matrix/client/v3/rooms//report", null],
    ["/_matrix/client/v3/rooms/!a:hs/report/$e/more", null],
    ["/_matrix/client/v3/users/@u-1:hs/report/$e", null],
    ["/_matrix/client/v3/rooms/%ff/report", null],
    [`/_matrix/client/v3/rooms/${"a".repeat(256)}/report`, null],
    ["/somewhere/else", null],
  ])("%s", (path, expected) => {
    expect(parseReportPath(path)).toEqual(expected);
  });
});

describe("bodies of reports", () => {
  test("what the published client sends", () => {
    const sent = { reason: "Beleidigung", score: -100, img: "iVBORw0KGgo=", school_id: "DE-RP-SN-80808" };
    expect(readReportBody(JSON.stringify(sent))).toEqual({
      reason: "Beleidigung",
      screenshot: "iVBORw0KGgo=",
      schoolHint: "DE-RP-SN-80808",
      problems: [],
    });
  });

  test("fields of a wrong kind count as not sent, the others stay", () => {
    const { reason, screenshot, problems } = readReportBody('{"reason":7,"img":"abc","school_id":{}}');
    expect({ reason, screenshot, problems }).toEqual({ reason: "", screenshot: "abc", problems: [] });
  });

  test("text that is no JSON is kept as the reason", () => {
    expect(readReportBody("er schreibt böse Sachen")).toMatchObject({
      reason: "er schreibt böse Sachen",
      problems: ["bodyUnreadable"],
    });
  });

  test("too large, empty, a list, too long", () => {
    expect(readReportBody(null).problems).toEqual(["bodyTooLarge"]);
    expect(readReportBody("").problems).toEqual([]);
    expect(readReportBody("[1]").problems).toEqual(["bodyUnreadable"]);
    const long = readReportBody(JSON.stringify({ reason: "x".repeat(REASON_LENGTH + 1) }));
    expect([long.reason.length, long.problems]).toEqual([REASON_LENGTH, ["reasonTooLong"]]);
  });

  test("what is missing is named before what is wrong with the rest", () => {
    expect(readReportBody(null, "bodyIncomplete").problems).toEqual(["bodyIncomplete"]);
    expect(readReportBody("x", "screenshotLeftOut").problems).toEqual(["screenshotLeftOut", "bodyUnreadable"]);
  });

  test("whatever comes, no exception, and nothing that PostgreSQL could not keep", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (text) => {
        const { reason, schoolHint } = readReportBody(text);
        expect(reason).not.toContain("\u0000");
        expect(reason.isWellFormed() && schoolHint.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe("what was typed, of a body that is not kept whole", () => {
  const picture = "A".repeat(1_000);
  test.each([
    ["before the picture", '{"reason":"so böse","score":-100,"img":"AAA', "AAA", { reason: "so böse" }],
    ["after it", '{"img":"AAAA', 'AA","reason" : "so","school_id":"S-1"}', { reason: "so", school_id: "S-1" }],
    ["broken off in the text", '{"reason":"ich habe ang', '{"reason":"ich habe ang', { reason: "ich habe ang" }],
    ["broken off in an escape", String.raw`{"reason":"ich\u00`, "", { reason: "ich" }],
    ["an escaped backslash at the end", String.raw`{"reason":"ich\\u00`, "", { reason: String.raw`ich\u00` }],
    [
      "a text that names fields",
      String.raw`{"reason":"\"reason\":\"nein\"","img":"`,
      "",
      { reason: '"reason":"nein"' },
    ],
    ["only a picture", `{"img":"${picture}`, picture, null],
    ["a field of another kind", '{"reason":7', "", null],
    ["nothing", "", "", null],
  ])("%s", (_, head, tail, expected) => {
    const text = textAlone(head, tail);
    expect(text === null ? null : JSON.parse(text)).toEqual(expected);
  });

  test("the longest text, however it is written", () => {
    const escaped = String.raw`\u00e4`.repeat(REASON_LENGTH);
    expect(readReportBody(textAlone(`{"reason":"${escaped}","img":"AA`, "AA")).reason).toBe("ä".repeat(REASON_LENGTH));
  });
});
