// The numbers of the summary: how many people gain or lose a contact by a change (design §4.7). People of one school
// with the same roles are one class, so a school of thousands is counted over a few dozen pairs of classes.
import { withCell, type MatrixCells } from "./cells.ts";
import type { CellEdit } from "./change.ts";
import { groupReach, mayContact, type RoleSet } from "./contact.ts";
import { GROUPS } from "./roles.ts";

/** People with exactly these roles who belong to exactly this number of groups. */
export type PeopleClass = { readonly roles: RoleSet; readonly ownGroups: number; readonly people: number };
export type SchoolPopulation = { readonly classes: readonly PeopleClass[]; readonly groups: number };

/** How many people are concerned, and how many contacts (or groups) the least and the most concerned of them gain or lose. */
export type Reach = { readonly people: number; readonly fewest: number; readonly most: number };

type ContactCount = { readonly people: number; readonly contacts: number };

function summarise(counts: readonly ContactCount[]): Reach {
  const concerned = counts.filter(({ people, contacts }) => people > 0 && contacts > 0);
  if (concerned.length === 0) return { people: 0, fewest: 0, most: 0 };
  return {
    people: concerned.reduce((sum, { people }) => sum + people, 0),
    fewest: Math.min(...concerned.map(({ contacts }) => contacts)),
    most: Math.max(...concerned.map(({ contacts }) => contacts)),
  };
}

/** Contacts that one member of `actor` has under `wider` but not under `narrower`. */
function contactsBetween(population: SchoolPopulation, actor: PeopleClass, wider: MatrixCells, narrower: MatrixCells) {
  let contacts = 0;
  for (const other of population.classes) {
    if (!mayContact(wider, actor.roles, other.roles) || mayContact(narrower, actor.roles, other.roles)) continue;
    contacts += other === actor ? other.people - 1 : other.people; // nobody is a contact of oneself
  }
  return contacts;
}

function groupsWithin(population: SchoolPopulation, actor: PeopleClass, cells: MatrixCells): number {
  const reach = groupReach(cells, actor.roles);
  return reach === "every" ? population.groups : reach === "own" ? actor.ownGroups : 0;
}

/**
 * What one edited cell does, all other cells as proposed.
 * @param proposed the matrix with every edit applied
 */
export function reachOfCell(population: SchoolPopulation, proposed: MatrixCells, { cell, allowed }: CellEdit): Reach {
  const without = withCell(proposed, cell, !allowed);
  const [wider, narrower] = allowed ? [proposed, without] : [without, proposed];
  const actors = population.classes.filter(({ roles }) => roles.has(cell.from));
  return summarise(
    actors.map((actor) => ({
      people: actor.people,
      contacts:
        cell.to === GROUPS
          ? groupsWithin(population, actor, wider) - groupsWithin(population, actor, narrower)
          : contactsBetween(population, actor, wider, narrower),
    })),
  );
}

/** Everybody who gains (or, with the arguments swapped, loses) at least one contact between two matrices. */
export function reachBetween(population: SchoolPopulation, before: MatrixCells, after: MatrixCells): Reach {
  return summarise(
    population.classes.map((actor) => ({
      people: actor.people,
      contacts: contactsBetween(population, actor, after, before),
    })),
  );
}
