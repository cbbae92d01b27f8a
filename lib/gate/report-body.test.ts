// Protects "what was typed is kept": of a body that is too large, of one that broke off, and of one in a flood.
import { describe, expect, test } from "vitest";
import { END_BYTES, keptOf, type Arrived } from "./report-body.ts";
import type { Share } from "./report-limits.ts";

const picture = "A".repeat(2 * END_BYTES);
const sent = JSON.stringify({ reason: "er droht mir", score: -100, img: picture, school_id: "S-1" });
const text = JSON.stringify({ reason: "er droht mir", school_id: "S-1" });

function arrived(body: string, state: Arrived["state"] = "whole"): Arrived {
  const content = Buffer.from(body);
  return {
    state,
    content: state === "whole" ? content : Buffer.alloc(0),
    head: content.subarray(0, END_BYTES),
    tail: content.subarray(-END_BYTES),
  };
}

type Line = readonly [string, Arrived, Share, { readonly body: string | null; readonly problem: string | null }];
const lines: readonly Line[] = [
  ["whole", arrived(sent), "whole", { body: sent, problem: null }],
  ["whole, in a flood", arrived(sent), "text", { body: text, problem: "screenshotLeftOut" }],
  ["small, in a flood", arrived(text), "text", { body: text, problem: null }],
  ["too large", arrived(sent, "tooLarge"), "whole", { body: text, problem: "screenshotTooLarge" }],
  ["too large without a text", arrived(picture, "tooLarge"), "whole", { body: null, problem: "bodyTooLarge" }],
  [
    "broken off",
    arrived(sent.slice(0, 30), "broken"),
    "whole",
    { body: '{"reason":"er droht mir"}', problem: "bodyIncomplete" },
  ],
  ["broken off at once", arrived("", "broken"), "whole", { body: null, problem: "bodyIncomplete" }],
];

describe("what is kept", () => {
  test.each(lines)("%s", (_, content, share, expected) => {
    expect(keptOf(content, share)).toEqual(expected);
  });
});
