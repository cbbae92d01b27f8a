// Reads a list page by page, whatever paging the server offers, and hands each page on as it comes. A list that ends
// early, repeats itself or changes while it is read is an error: what is missing would look like people who have left.
// Two records with one id are none: the first counts.
import { z } from "zod";
import { OneRosterError } from "./errors.ts";
import type { OneRosterHttp } from "./http.ts";

const MAX_PAGES = 20_000;

const identified = z.object({ sourcedId: z.union([z.string(), z.number()]).transform(String) });
const idOf = (record: unknown): string | undefined => identified.safeParse(record).data?.sourcedId;

export type Page = {
  readonly items: readonly unknown[];
  /** Ids that an earlier page has brought already; their second records are not among the items. */
  readonly repeated: readonly string[];
};

/**
 * A server may cap the page below what was asked for and may send neither total nor links, so a short page proves
 * nothing: without either header only an empty page ends the list.
 *
 * An id on two pages is either two records with one id, or a list that changed while it was read, in which case another
 * record may have slipped through. So the earlier page is read once more: is it as it was, the list has not changed.
 * @throws {OneRosterError}
 */
export async function* readPages(
  http: OneRosterHttp,
  path: string,
  envelope: string,
  { pageSize, filter }: { readonly pageSize: number; readonly filter?: string | undefined },
): AsyncGenerator<Page, void, void> {
  const schema = z.object({ [envelope]: z.array(z.unknown()) });
  const read = async (from: number) => {
    const query = { limit: String(pageSize), offset: String(from), ...(filter !== undefined && { filter }) };
    const { body, headers } = await http.get(path, query);
    const items = schema.safeParse(body).data?.[envelope];
    if (items === undefined) throw new OneRosterError("notOneRoster", `no list "${envelope}" for ${path}`);
    return { items, headers };
  };
  /** By the offset of the page that brought the id first. */
  const seen = new Map<string, number>();
  const unchanged = new Set<number>();
  let pagesWithoutNews = 0;
  let offset = 0;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, headers } = await read(offset);
    const ids = new Set(items.map(idOf).filter((id) => id !== undefined));
    const repeated = [...ids].filter((id) => seen.has(id));
    if (repeated.length > 0) {
      // a server that ignores the offset
      const isFirstAgain = repeated.length === ids.size && idsFrom(seen, 0).every((id) => ids.has(id));
      pagesWithoutNews = repeated.length === ids.size ? pagesWithoutNews + 1 : 0;
      if (isFirstAgain || pagesWithoutNews > 1) throw new OneRosterError("incomplete", `${path} repeats itself`);
      for (const from of new Set(repeated.map((id) => seen.get(id) ?? 0))) {
        if (unchanged.has(from)) continue;
        const again = new Set((await read(from)).items.map(idOf));
        if (!idsFrom(seen, from).every((id) => again.has(id))) {
          throw new OneRosterError("incomplete", `${path} changed while it was read`);
        }
        unchanged.add(from);
      }
    }
    for (const id of ids) if (!seen.has(id)) seen.set(id, offset);
    offset += items.length;
    if (items.length > 0) yield { items: repeated.length === 0 ? items : without(items, repeated), repeated };

    const total = totalCount(headers);
    const link = headers.get("link");
    if (total !== undefined && offset > total) {
      throw new OneRosterError("incomplete", `${path} has more than ${String(total)}`);
    }
    if (total !== undefined && offset === total) return;
    if (items.length === 0) {
      if (total === undefined) return;
      throw new OneRosterError("incomplete", `${path} ended after ${String(offset)} of ${String(total)}`);
    }
    if (total === undefined && link !== null && !/rel="?next"?/i.test(link)) return;
  }
  throw new OneRosterError("notOneRoster", `${path} does not end`);
}

const idsFrom = (seen: ReadonlyMap<string, number>, offset: number): readonly string[] =>
  [...seen].flatMap(([id, from]) => (from === offset ? [id] : []));

function without(items: readonly unknown[], repeated: readonly string[]): readonly unknown[] {
  const left = new Set(repeated);
  return items.filter((item) => !left.has(idOf(item) ?? ""));
}

function totalCount(headers: Headers): number | undefined {
  const value = headers.get("x-total-count");
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}
