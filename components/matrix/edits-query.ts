// Reads a change from the address of the summary page. Whatever is not exactly one is refused as a whole: half a change
// must never look like a whole one. Server only, because of zod.
import { z } from "zod";
import type { CellEdit } from "#lib/policy/change.ts";
import { parseDay } from "#lib/policy/end-date.ts";
import type { EndsAsked } from "#lib/policy/queries.ts";
import { CELLS, cellKey, parseCellKey, type Cell } from "#lib/policy/roles.ts";

export type ChangeQuery = {
  readonly baseVersion: number;
  readonly edits: readonly CellEdit[];
  /** Openings in effect that shall end on another day, or on none; with any of them there are no edits. */
  readonly ends: EndsAsked;
};

/** Larger than any version number will be, smaller than PostgreSQL's integer. */
const LARGEST_VERSION = 1_000_000_000;

const cell = z.string().transform((text, context): Cell => {
  const parsed = parseCellKey(text.replace(".", ">"));
  if (parsed) return parsed;
  context.addIssue("not a cell of the matrix");
  return z.NEVER;
});

const cells = z
  .string()
  .default("")
  .transform((text) => (text === "" ? [] : text.split(",")))
  .pipe(z.array(cell).max(CELLS.length));

const day = z
  .string()
  .transform((text, context) => {
    const parsed = parseDay(text);
    if (parsed) return parsed;
    context.addIssue("not a day of the calendar");
    return z.NEVER;
  })
  .nullable()
  .default(null);

const query = z
  .object({
    base: z
      .string()
      .regex(/^[1-9]\d*$/)
      .transform(Number)
      .pipe(z.number().max(LARGEST_VERSION)),
    on: cells,
    off: cells,
    until: cells,
    day,
  })
  .refine(({ on, off, until }) => on.length + off.length > 0 !== until.length > 0, "no change at all, or two at once")
  .refine(({ until, day: endsOn }) => until.length > 0 || endsOn === null, "a day of nothing")
  .refine(({ on, off, until }) => {
    const keys = [...on, ...off, ...until].map(cellKey);
    return new Set(keys).size === keys.length;
  }, "a cell stands twice");

export function parseChangeQuery(parameters: Record<string, string | string[] | undefined>): ChangeQuery | undefined {
  const { data } = query.safeParse(parameters);
  if (!data) return undefined;
  return {
    baseVersion: data.base,
    edits: [
      ...data.on.map((edited) => ({ cell: edited, allowed: true })),
      ...data.off.map((edited) => ({ cell: edited, allowed: false })),
    ],
    ends: { cells: data.until, endsOn: data.day },
  };
}
