// The items of a summary, riskiest first, each with its numbers: for a change that is not sent yet, for a request, and
// for the record of its decision.
import { z } from "zod";
import type { Reader } from "#lib/db/client.ts";
import { cellState, type MatrixCells } from "./cells.ts";
import { proposedCells, riskiestFirst, type CellChange } from "./change.ts";
import { planEnds } from "./end-change.ts";
import { parseDay, type Day } from "./end-date.ts";
import { frameCell } from "./frame.ts";
import { readPopulation } from "./population.ts";
import { reachOfCell, type SchoolPopulation } from "./reach.ts";
import type { StoredRequest } from "./requests.ts";
import { cellKey, parseCellKey, type CellKey } from "./roles.ts";
import { parseCellKeys, type SchoolPolicy } from "./store.ts";
import type { SummaryItem } from "./types.ts";

/** A cell that is switched, or one that stays open until another day; that one says how long so far. */
export type ItemChange = CellChange & { readonly endsOn?: Day | null; readonly before?: Day | null };

export function describeItems(
  changes: readonly ItemChange[],
  waits: ReadonlySet<CellKey>,
  population: SchoolPopulation,
  proposed: MatrixCells,
): SummaryItem[] {
  return riskiestFirst(changes).map((change) => ({
    key: cellKey(change.cell),
    allowed: change.allowed,
    sensitive: change.sensitive,
    endsOn: change.endsOn ?? null,
    formerEnd: change.before === undefined ? null : { day: change.before },
    waits: waits.has(cellKey(change.cell)),
    reach: reachOfCell(population, proposed, change),
  }));
}

/** What approving would do now; what is in effect already, or locked, changes nothing and is left out. */
function openingsToMake(policy: SchoolPolicy, parts: StoredRequest["parts"]): ItemChange[] {
  return parts.flatMap(({ cells, endsOn }): ItemChange[] => {
    const asked = parseCellKeys(cells).filter((cell) => !frameCell(policy.frame, cell).locked);
    const opened = asked.filter((cell) => !cellState(policy.cells, cell).allowed);
    const ends = planEnds(policy, asked, endsOn);
    return [
      ...opened.map((cell) => {
        const { sensitive } = frameCell(policy.frame, cell);
        return { cell, allowed: true, sensitive, endsOn };
      }),
      ...ends.waiting,
      ...ends.immediate,
    ];
  });
}

export async function describeRequest(
  reader: Reader,
  policy: SchoolPolicy,
  { schoolId, parts, cells }: Pick<StoredRequest, "schoolId" | "parts" | "cells">,
): Promise<SummaryItem[]> {
  const openings = openingsToMake(policy, parts);
  const proposed = proposedCells(policy.frame, policy.own, openings);
  const population = await readPopulation(reader, schoolId);
  return describeItems(openings, new Set(cells.map(cellKey)), population, proposed);
}

// ---- the record of a decision ------------------------------------------------------------------------------

const count = z.number().int().nonnegative();
const day = z.string().transform((text, context): Day => {
  const parsed = parseDay(text);
  if (parsed) return parsed;
  context.addIssue("not a day");
  return z.NEVER;
});
const storedItems = z.array(
  z.object({
    key: z.string().transform((text, context): CellKey => {
      const cell = parseCellKey(text);
      if (cell) return cellKey(cell);
      context.addIssue("not a cell of the matrix");
      return z.NEVER;
    }),
    sensitive: z.boolean(),
    endsOn: day.nullable(),
    formerEnd: z.object({ day: day.nullable() }).nullable(),
    reach: z.object({ people: count, fewest: count, most: count }),
  }),
);

export type DecidedItem = z.infer<typeof storedItems>[number];

/** As the decision's row keeps them. */
export function toDecidedItems(items: readonly SummaryItem[]): DecidedItem[] {
  return items.map(({ key, sensitive, endsOn, formerEnd, reach }) => ({ key, sensitive, endsOn, formerEnd, reach }));
}

/** Null where none are stored: decided before they were, or by nobody. */
export function parseDecidedItems(column: unknown): DecidedItem[] | null {
  return column === null ? null : storedItems.parse(column);
}
