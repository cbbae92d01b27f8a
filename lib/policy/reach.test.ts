import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCells, withCell, type MatrixCells } from "./cells.ts";
import { addableGroups, canContact, type OraclePerson } from "./oracle.ts";
import { reachBetween, reachOfCell, type PeopleClass, type Reach, type SchoolPopulation } from "./reach.ts";
import { CELLS, GROUPS, ROLES, type Role } from "./roles.ts";

const PEOPLE = 60;
const GROUPS_AT_MOST = 6;

/** The same grouping as population.ts does in SQL. */
function populationOf(people: readonly OraclePerson[], groups: number): SchoolPopulation {
  const classes = new Map<string, PeopleClass>();
  for (const { roles, groups: own } of people) {
    const key = `${roles.toSorted().join()}|${String(own.length)}`;
    const known = classes.get(key)?.people ?? 0;
    classes.set(key, { roles: new Set(roles), ownGroups: own.length, people: known + 1 });
  }
  return { classes: [...classes.values()], groups };
}

/** Counts person by person: how many gain something, and how much the least and the most of them. */
function reachOf(gains: readonly number[]): Reach {
  const gaining = gains.filter((gain) => gain > 0);
  if (gaining.length === 0) return { people: 0, fewest: 0, most: 0 };
  return { people: gaining.length, fewest: Math.min(...gaining), most: Math.max(...gaining) };
}

function gainedContacts(
  people: readonly OraclePerson[],
  actor: OraclePerson,
  before: MatrixCells,
  after: MatrixCells,
): number {
  return people.filter(
    (other) =>
      other !== actor && canContact(after, actor.roles, other.roles) && !canContact(before, actor.roles, other.roles),
  ).length;
}

const matrix = fc
  .array(fc.boolean(), { minLength: CELLS.length, maxLength: CELLS.length })
  .map((on) => encodeCells((cell) => ({ allowed: on[CELLS.indexOf(cell)] === true, origin: "school" })));
const school = fc.integer({ min: 0, max: GROUPS_AT_MOST }).chain((groups) =>
  fc.record({
    groups: fc.constant(groups),
    people: fc.array(
      fc.record<OraclePerson>({
        // pupils and guardians are most of a school
        roles: fc.oneof(
          fc.constantFrom<Role[]>(["student"], ["guardian"], ["student", "guardian"]),
          fc.subarray<Role>([...ROLES], { minLength: 1, maxLength: 3 }),
        ),
        groups: fc.subarray(Array.from({ length: groups }, (_, group) => group)),
      }),
      { minLength: PEOPLE, maxLength: PEOPLE },
    ),
  }),
);

describe("each number of the summary equals a count over all pairs of people (schools of 60, up to three roles)", () => {
  test("by one cell: who gains or loses a contact by it, the other cells as proposed", () => {
    fc.assert(
      fc.property(
        school,
        matrix,
        fc.constantFrom(...CELLS.filter(({ to }) => to !== GROUPS)),
        fc.boolean(),
        ({ people, groups }, base, cell, allowed) => {
          const proposed = withCell(base, cell, allowed);
          const otherwise = withCell(base, cell, !allowed);
          const [before, after] = allowed ? [otherwise, proposed] : [proposed, otherwise];
          const row = people.filter(({ roles }) => roles.includes(cell.from));
          expect(reachOfCell(populationOf(people, groups), proposed, { cell, allowed })).toEqual(
            reachOf(row.map((actor) => gainedContacts(people, actor, before, after))),
          );
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  test("in the column of groups: who gains or loses a group that they may add", () => {
    fc.assert(
      fc.property(
        school,
        matrix,
        fc.constantFrom(...ROLES),
        fc.boolean(),
        ({ people, groups }, base, from, allowed) => {
          const cell = { from, to: GROUPS } as const;
          const proposed = withCell(base, cell, allowed);
          const [before, after] = [withCell(base, cell, false), withCell(base, cell, true)];
          const gains = people
            .filter(({ roles }) => roles.includes(from))
            .map((actor) => {
              const had = new Set(addableGroups(before, actor, groups));
              return addableGroups(after, actor, groups).filter((group) => !had.has(group)).length;
            });
          expect(reachOfCell(populationOf(people, groups), proposed, { cell, allowed })).toEqual(reachOf(gains));
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  test("between two matrices: who gains a contact, and turned round who loses one", () => {
    fc.assert(
      fc.property(school, matrix, matrix, ({ people, groups }, before, after) => {
        const population = populationOf(people, groups);
        expect(reachBetween(population, before, after)).toEqual(
          reachOf(people.map((actor) => gainedContacts(people, actor, before, after))),
        );
        expect(reachBetween(population, after, before)).toEqual(
          reachOf(people.map((actor) => gainedContacts(people, actor, after, before))),
        );
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

describe("numbers that an administrator would check", () => {
  const off = encodeCells(() => ({ allowed: false, origin: "default" }));
  const cell = { from: "student", to: "student" } as const;
  const pupils = (people: number): SchoolPopulation => ({
    classes: [{ roles: new Set<Role>(["student"]), ownGroups: 1, people }],
    groups: 1,
  });
  test("412 pupils can write to 411 others: nobody counts oneself", () => {
    expect(reachOfCell(pupils(412), withCell(off, cell, true), { cell, allowed: true })).toEqual({
      people: 412,
      fewest: 411,
      most: 411,
    });
  });
  test("the only pupil gains nobody, and an empty school has no numbers", () => {
    const nobody = { people: 0, fewest: 0, most: 0 };
    expect(reachOfCell(pupils(1), withCell(off, cell, true), { cell, allowed: true })).toEqual(nobody);
    expect(reachOfCell({ classes: [], groups: 0 }, withCell(off, cell, true), { cell, allowed: true })).toEqual(nobody);
  });
});
