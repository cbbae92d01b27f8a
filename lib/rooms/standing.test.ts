// Guarantee: a room counts as permitted exactly while somebody answerable for it may contact everybody in it.
import { describe, expect, test } from "vitest";
import type { Facts } from "#lib/gate/facts.ts";
import { encodeCells } from "#lib/policy/cells.ts";
import type { Role, Target } from "#lib/policy/roles.ts";
import { judgeRoom } from "./standing.ts";

type On = readonly `${Role}>${Target}`[];
const PEOPLE: Readonly<Record<string, { roles: readonly Role[]; inactive?: true; protected?: true }>> = {
  teacher: { roles: ["teacher"] },
  colleague: { roles: ["teacher"] },
  secretary: { roles: ["secretariat"] },
  pupil: { roles: ["student"] },
  mate: { roles: ["student"] },
  guardian: { roles: ["guardian"] },
  working: { roles: ["student", "secretariat"] },
  locked: { roles: ["student"], inactive: true },
  hidden: { roles: ["student"], protected: true },
  stranger: { roles: [] },
};
/** Shares a class with the person under a protected address. */
const SHARING = "teacher";

function factsOf(on: On, served = true) {
  const cells = encodeCells(({ from, to }) => ({ allowed: on.includes(`${from}>${to}`), origin: "school" }));
  return (asking: string): Promise<Facts> =>
    Promise.resolve({
      room: undefined,
      schools: new Map([["S", { served, cells }]]),
      people: new Map(
        Object.entries(PEOPLE).map(([localpart, person]) => [
          localpart,
          {
            active: person.inactive !== true,
            addressProtected: person.protected === true,
            sharedGroupSchools: new Set(asking === SHARING ? ["S"] : []),
            roles: new Map(person.roles.length === 0 ? [] : [["S", new Set(person.roles)]]),
          },
        ]),
      ),
    });
}

const judge = (on: On, creator: string, joined: readonly string[], served = true) =>
  judgeRoom({ schoolId: "S", creator, joined }, factsOf(on, served));

describe("permitted", () => {
  test.each<[string, On, string, readonly string[]]>([
    ["the creator may contact everybody", ["teacher>student"], "teacher", ["teacher", "pupil", "mate"]],
    ["a pupil's room with a teacher, while pupils may", ["student>teacher"], "pupil", ["pupil", "teacher"]],
    ["a pupil's room, when the teacher in it may", ["teacher>student"], "pupil", ["pupil", "mate", "teacher"]],
    ["the creator has gone, a teacher may", ["teacher>student"], "secretary", ["teacher", "pupil"]],
    [
      "a second member of staff may",
      ["secretariat>student", "secretariat>teacher"],
      "teacher",
      ["teacher", "secretary", "pupil"],
    ],
    ["somebody alone", [], "pupil", ["pupil"]],
    ["nobody left", [], "pupil", []],
    ["the other one is locked", [], "pupil", ["pupil", "locked"]],
    ["a locked one does not have to be reached", ["student>student"], "pupil", ["pupil", "mate", "locked"]],
    ["under a protected address, with a teacher of the class", ["teacher>student"], "teacher", ["teacher", "hidden"]],
  ])("%s", async (_name, on, creator, joined) => {
    expect((await judge(on, creator, joined)).permitted).toBe(true);
  });
});

describe("not permitted", () => {
  test.each<[string, On, string, readonly string[]]>([
    ["pupils among themselves", ["teacher>student", "student>teacher"], "pupil", ["pupil", "mate"]],
    ["only the answer is allowed", ["student>teacher"], "teacher", ["teacher", "pupil"]],
    ["one of many cannot be contacted", ["teacher>student"], "teacher", ["teacher", "pupil", "guardian"]],
    [
      "each of two may contact a part",
      ["teacher>student", "secretariat>teacher"],
      "teacher",
      ["teacher", "secretary", "pupil"],
    ],
    ["a pupil who did not make the room vouches for nothing", ["student>student"], "teacher", ["pupil", "mate"]],
    ["a locked creator vouches for nothing", ["student>student"], "locked", ["locked", "pupil", "mate"]],
    ["a second role does not open what the ceiling closes", ["secretariat>student"], "working", ["working", "pupil"]],
    ["somebody of no role at the school", ["teacher>student"], "teacher", ["teacher", "pupil", "stranger"]],
    ["somebody whom the directory does not know", ["teacher>student"], "teacher", ["teacher", "nobody"]],
    ["under a protected address, with another teacher", ["teacher>student"], "colleague", ["colleague", "hidden"]],
  ])("%s", async (_name, on, creator, joined) => {
    expect((await judge(on, creator, joined)).permitted).toBe(false);
  });

  test("a school that takes no part", async () => {
    expect((await judge(["teacher>student"], "teacher", ["teacher", "pupil"], false)).permitted).toBe(false);
  });
});

test("people are counted by role, each once, and never named", async () => {
  const joined = ["teacher", "pupil", "mate", "working", "stranger", "locked"];
  expect((await judge([], "pupil", joined)).people).toEqual({ teacher: 1, student: 3, other: 1 });
});
