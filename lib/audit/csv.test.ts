// A name or a reason from elsewhere must not run in somebody's office program, nor break the table.
import { expect, test } from "vitest";
import { csvLine } from "./csv.ts";

test.each(['=HYPERLINK("http://evil")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "|calc"])(
  "%o is text, not a formula",
  (text) => {
    expect(csvLine([text]).startsWith(`"'`)).toBe(true);
  },
);

test("separators, quotes and line breaks stay inside their cell", () => {
  expect(csvLine(["a;b", 'sagt "nein"', "eins\r\nzwei", ""])).toBe('"a;b";"sagt ""nein""";"eins\r\nzwei";""\r\n');
});
