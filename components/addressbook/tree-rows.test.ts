// Guarantee: level, position and size of every row are right, loaded or not, and the keys do what a tree's keys do.
import { describe, expect, test } from "vitest";
import type { TreeRow } from "./rows.ts";
import { indexOfActive, keyStep, typedRow, visibleRows, type Loaded } from "./tree-rows.ts";

const row = (id: string, members: number | null = null): TreeRow => ({
  id,
  name: id,
  note: "",
  mark: "same",
  isNew: false,
  isProtected: false,
  members,
});
const folder = (name: "teacher" | "groups", total: number) => ({ name, label: name, total, added: 0, removed: 0 });
const loaded = (rows: readonly TreeRow[], isComplete = true): Loaded => ({ rows, isComplete, hasFailed: false });
const tree = (open: readonly string[], known: Readonly<Record<string, Loaded>> = {}) =>
  visibleRows({
    schoolName: "Schule",
    folders: [folder("teacher", 3), folder("groups", 1)],
    open: new Set(open),
    loaded: new Map(Object.entries(known)),
  });

describe("rows", () => {
  test("a folder that is not loaded takes its whole place already", () => {
    const rows = tree(["school", "teacher"], { teacher: loaded([row("a")], false) });
    expect(rows.map(({ kind, level, position, setSize }) => [kind, level, position, setSize])).toEqual([
      ["school", 1, 1, 1],
      ["folder", 2, 1, 2],
      ["person", 3, 1, 3],
      ["loading", 3, 2, 3],
      ["loading", 3, 3, 3],
      ["folder", 2, 2, 2],
    ]);
  });

  test("somebody in a folder and in a group is two rows", () => {
    const rows = tree(["school", "teacher", "groups", "group:7a"], {
      teacher: loaded([row("a"), row("b"), row("c")]),
      groups: loaded([row("7a", 1)]),
      "group:7a": loaded([row("a")]),
    });
    expect(rows.map(({ key }) => key)).toEqual([
      "school",
      "teacher",
      "teacher/a",
      "teacher/b",
      "teacher/c",
      "groups",
      "group:7a",
      "group:7a/a",
    ]);
    expect(rows.at(-1)).toMatchObject({ level: 4, position: 1, setSize: 1, parent: "group:7a" });
  });

  test("what could not be loaded says so in its place", () => {
    const rows = tree(["school", "teacher"], { teacher: { rows: [], isComplete: false, hasFailed: true } });
    expect(rows.map(({ kind }) => kind)).toEqual(["school", "folder", "failed", "folder"]);
  });

  test("a closed school is one row", () => {
    expect(tree([])).toHaveLength(1);
  });
});

describe("keys", () => {
  const rows = tree(["school", "teacher"], { teacher: loaded([row("Anna"), row("Berta"), row("Bodo")]) });
  const at = (key: string) => rows.findIndex((visible) => visible.key === key);
  test.each([
    ["school", "ArrowDown", { type: "focus", key: "teacher" }],
    ["school", "ArrowUp", { type: "focus", key: "school" }],
    ["groups", "ArrowDown", { type: "focus", key: "groups" }],
    ["teacher", "ArrowRight", { type: "focus", key: "teacher/Anna" }],
    ["groups", "ArrowRight", { type: "open", key: "groups" }],
    ["teacher/Anna", "ArrowRight", null],
    ["teacher/Bodo", "ArrowLeft", { type: "focus", key: "teacher" }],
    ["teacher", "ArrowLeft", { type: "close", key: "teacher" }],
    ["teacher/Bodo", "Home", { type: "focus", key: "school" }],
    ["school", "End", { type: "focus", key: "groups" }],
    ["school", "PageDown", { type: "focus", key: "teacher/Anna" }],
    ["teacher/Anna", "Enter", { type: "activate", key: "teacher/Anna" }],
    ["teacher", " ", { type: "close", key: "teacher" }],
    ["groups", " ", { type: "open", key: "groups" }],
    ["teacher", "F1", null],
  ])("%s %s", (key, pressed, step) => {
    expect(keyStep(rows, at(key), pressed, 2)).toEqual(step);
  });

  test.each([
    ["school", "b", "teacher/Berta"],
    ["teacher/Berta", "b", "teacher/Bodo"],
    ["teacher/Bodo", "b", "teacher/Berta"],
    ["teacher/Berta", "be", "teacher/Berta"],
    ["teacher/Berta", "x", null],
  ])("typing at %s: %s", (key, typed, target) => {
    expect(typedRow(rows, at(key), typed)).toBe(target);
  });

  test.each(["schröder", "schroeder", "SCHRODER, L", "schroder-lena"])(
    "a name is found as it is typed: %s",
    (typed) => {
      const people = tree(["school", "teacher"], { teacher: loaded([row("Schäfer, Jan"), row("Schröder, Lena")]) });
      expect(typedRow(people, 0, typed)).toBe("teacher/Schröder, Lena");
      expect(typedRow(people, 0, "-")).toBeNull();
    },
  );
});

test("a row that was still being loaded keeps its place when it has come, and falls back to its folder", () => {
  const [place] = tree(["school", "teacher"]).filter(({ kind }) => kind === "loading");
  const come = tree(["school", "teacher"], { teacher: loaded([row("a"), row("b")]) });
  expect(come[indexOfActive(come, place?.key ?? "")]?.key).toBe("teacher/a");
  expect(come[indexOfActive(come, "teacher/3…")]?.key).toBe("teacher");
  expect(come[indexOfActive(come, "gone")]?.key).toBe("school");
});
