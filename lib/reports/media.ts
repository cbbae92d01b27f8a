// Which files an event points to. Pure; events are anybody's text, so nothing of their form is taken for granted.
import { z } from "zod";

const MXC = /^mxc:\/\/([A-Za-z0-9.:[\]-]{1,255})\/([A-Za-z0-9_-]{1,255})$/;
const file = z.looseObject({ url: z.unknown() }).optional().catch(undefined);
const contentSchema = z.looseObject({
  content: z.looseObject({
    url: z.unknown(),
    file,
    info: z.looseObject({ thumbnail_url: z.unknown(), thumbnail_file: file }).partial().optional().catch(undefined),
  }),
});

/** Only of our own server: other servers' files are not ours to take. */
export function mediaOf(event: unknown, serverName: string): { readonly server: string; readonly id: string }[] {
  const parsed = contentSchema.safeParse(event);
  if (!parsed.success) return [];
  const { url, file: own, info } = parsed.data.content;
  const found = [url, own?.url, info?.thumbnail_url, info?.thumbnail_file?.url].flatMap((one) => {
    const match = typeof one === "string" ? MXC.exec(one) : null;
    const [, server, id] = match ?? [];
    return server === serverName && id !== undefined ? [{ server, id }] : [];
  });
  return found.filter(({ id }, place) => found.findIndex((other) => other.id === id) === place);
}
