import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cellState } from "./cells.ts";
import { ALWAYS_SENSITIVE, effectiveCells, frameCell, type FrameCell, type PolicyFrame } from "./frame.ts";
import { CELLS, cellKey, ROLES, type Cell, type Role, type Target } from "./roles.ts";
import { parseFrame } from "./seed-frame.ts";

const shipped = parseFrame(readFileSync(new URL("../../prisma/frame.json", import.meta.url), "utf8")).cells;

function frameOf(cells: readonly FrameCell[]): PolicyFrame {
  return {
    version: 1,
    cells: new Map(cells.map((held) => [cellKey(held.cell), held])),
    approvalForEveryChange: false,
    approverRoleAgeDays: 7,
    requestExpiryDays: 14,
  };
}

describe("the shipped frame is what design §4.6 says", () => {
  const everything: readonly Target[] = [...ROLES, "groups"];
  // the sentences of the text, one a row
  const text: Record<Role, readonly Target[]> = {
    teacher: everything,
    schoolManagement: everything,
    secretariat: everything,
    socialWork: everything,
    orgAdmin: everything,
    student: ["groups"],
    guardian: ["teacher", "schoolManagement", "secretariat", "socialWork", "parentsCouncil", "orgAdmin"],
    parentsCouncil: [
      "teacher",
      "guardian",
      "schoolManagement",
      "secretariat",
      "socialWork",
      "parentsCouncil",
      "orgAdmin",
    ],
  };
  test.each(ROLES)("defaults of the row %s", (role) => {
    const on = shipped.filter((cell) => cell.fromRole === role && cell.allowed).map(({ toTarget }) => toTarget);
    expect(new Set(on)).toEqual(new Set(text[role]));
  });
  test("only student→groups is locked, and on", () => {
    expect(shipped.filter(({ locked }) => locked)).toMatchObject([
      { fromRole: "student", toTarget: "groups", allowed: true },
    ]);
  });
  test("exactly the five cells that are sensitive by constraint are sensitive", () => {
    const sensitive = shipped
      .filter((cell) => cell.sensitive)
      .map(({ fromRole, toTarget }) => `${fromRole}>${toTarget}`);
    const five = [
      "student>student",
      "guardian>student",
      "parentsCouncil>student",
      "student>guardian",
      "student>parentsCouncil",
    ];
    expect(new Set(sensitive)).toEqual(new Set(five));
    expect(ALWAYS_SENSITIVE).toEqual(new Set(five));
  });
});

describe("in effect is: locked ? frame : school ?? default", () => {
  const cell: Cell = { from: "teacher", to: "student" };
  const held = (allowed: boolean, locked: boolean): FrameCell => ({
    cell,
    allowed,
    locked,
    reason: "x",
    sensitive: false,
  });
  test.each([
    { frame: held(true, false), school: undefined, effect: { allowed: true, origin: "default" } },
    { frame: held(false, false), school: undefined, effect: { allowed: false, origin: "default" } },
    { frame: held(true, false), school: false, effect: { allowed: false, origin: "school" } },
    { frame: held(false, false), school: true, effect: { allowed: true, origin: "school" } },
    { frame: held(true, false), school: true, effect: { allowed: true, origin: "school" } },
    { frame: held(false, true), school: true, effect: { allowed: false, origin: "lock" } },
    { frame: held(true, true), school: false, effect: { allowed: true, origin: "lock" } },
    { frame: held(false, true), school: undefined, effect: { allowed: false, origin: "lock" } },
  ])("$frame.allowed, locked $frame.locked, school $school → $effect", ({ frame, school, effect }) => {
    const own = new Map(school === undefined ? [] : [[cellKey(cell), school] as const]);
    expect(cellState(effectiveCells(frameOf([frame]), own), cell)).toEqual(effect);
  });
});

test("a frame that lacks a cell permits nothing there, whatever the school has set", () => {
  const broken = frameOf([]);
  const everythingOn = new Map(CELLS.map((cell) => [cellKey(cell), true] as const));
  const cells = effectiveCells(broken, everythingOn);
  expect(CELLS.filter((cell) => cellState(cells, cell).allowed)).toEqual([]);
  expect(frameCell(broken, { from: "student", to: "student" })).toMatchObject({ locked: true, sensitive: true });
});
