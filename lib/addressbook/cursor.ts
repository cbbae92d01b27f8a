// The place of a row in a sorted list, as an opaque text. What cannot be one is no place: the list begins anew.
import { z } from "zod";
import type { Cursor } from "./types.ts";

const LONGEST = 2_000;
const parts = z.tuple([z.string().max(LONGEST), z.string().max(LONGEST)]);

export type Place = { readonly sort: string; readonly id: string };

export function cursorOf({ sort, id }: Place): Cursor {
  return Buffer.from(JSON.stringify([sort, id]), "utf8").toString("base64url");
}

export function placeOf(cursor: string | null): Place | null {
  if (cursor === null || cursor.length > 2 * LONGEST) return null;
  try {
    const { data } = parts.safeParse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    if (!data || data.some((part) => part.includes("\0"))) return null;
    return { sort: data[0], id: data[1] };
  } catch {
    return null;
  }
}

/** One row more than a page was read: is there a next page? */
export function pageOf<Row extends Place, T>(
  rows: readonly Row[],
  size: number,
  toItem: (row: Row) => T,
): { items: T[]; next: Cursor | null } {
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return { items: page.map(toItem), next: rows.length > size && last ? cursorOf(last) : null };
}
