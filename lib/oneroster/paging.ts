// Reads a list page by page, whatever paging the server offers, and hands each page on as it comes. A list that ends
// early, repeats itself or changes while it is read is an error: what is missing would look like people who have left.
import { z } from "zod";
import { OneRosterError } from "./errors.ts";
import type { OneRosterHttp } from "./http.ts";

const MAX_PAGES = 20_000;

const identified = z.object({ sourcedId: z.union([z.string(), z.number()]).transform(String) });
const idOf = (record: unknown): string | undefined => identified.safeParse(record).data?.sourcedId;

/**
 * A server may cap the page below what was asked for and may send neither total nor links, so a short page proves
 * nothing: without either header only an empty page ends the list.
 * @throws {OneRosterError}
 */
export async function* readPages(
  http: OneRosterHttp,
  path: string,
  envelope: string,
  { pageSize, filter }: { readonly pageSize: number; readonly filter?: string | undefined },
): AsyncGenerator<readonly unknown[], void, void> {
  const schema = z.object({ [envelope]: z.array(z.unknown()) });
  const seen = new Set<string>();
  let offset = 0;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = { limit: String(pageSize), offset: String(offset), ...(filter !== undefined && { filter }) };
    const { body, headers } = await http.get(path, query);
    const items = schema.safeParse(body).data?.[envelope];
    if (items === undefined) throw new OneRosterError("notOneRoster", `no list "${envelope}" for ${path}`);
    const ids = new Set(items.map(idOf).filter((id) => id !== undefined));
    for (const id of ids) {
      // a server that ignores the offset, or a record that slipped to another page while we read
      if (seen.has(id)) throw new OneRosterError("incomplete", `${path} brings a record on two pages`);
      seen.add(id);
    }
    offset += items.length;
    if (items.length > 0) yield items;

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

function totalCount(headers: Headers): number | undefined {
  const value = headers.get("x-total-count");
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}
