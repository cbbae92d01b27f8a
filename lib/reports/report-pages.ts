// The reports of a case, page by page: verified ones first, so that a flood of others buries none, and newest first.
import { z } from "zod";
import type { Reader } from "#lib/db/client.ts";
import { Prisma } from "#prisma/generated/client.ts";

export const REPORTS_PAGE_SIZE = 50;

const cursorSchema = z.tuple([z.boolean(), z.iso.datetime(), z.uuid()]);
const rowSchema = z.object({ id: z.string(), verified: z.boolean(), received_at: z.date() });

/** An address that was cut or written by hand leads to the first page. */
function readCursor(text: string | undefined): z.infer<typeof cursorSchema> | null {
  if (text === undefined) return null;
  try {
    return cursorSchema.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8"))).data ?? null;
  } catch {
    return null;
  }
}

/** As it stands in the address; only an export has all of them at once. */
export function pageOfReports(parameter: string | string[] | null | undefined): string | undefined {
  return typeof parameter === "string" && parameter !== "" && parameter !== "all" ? parameter : undefined;
}

export type ReportPage = {
  readonly ids: readonly string[];
  /** Pass on for the next page; null on the last. */
  readonly next: string | null;
};

/** @param after "all" for every report, as an export needs them */
export async function listReportIds(reader: Reader, caseId: string, after: string | undefined): Promise<ReportPage> {
  const cursor = after === "all" ? null : readCursor(after);
  const behind =
    cursor === null
      ? Prisma.empty
      : Prisma.sql`AND ((standing = 'verified') < ${cursor[0]} OR (standing = 'verified') = ${cursor[0]}
          AND (received_at < ${cursor[1]}::timestamptz OR received_at = ${cursor[1]}::timestamptz AND id > ${cursor[2]}::uuid))`;
  const rows: unknown = await reader.$queryRaw`
    SELECT id, standing = 'verified' AS verified, received_at FROM report WHERE case_id = ${caseId}::uuid ${behind}
    ORDER BY (standing = 'verified') DESC, received_at DESC, id
    ${after === "all" ? Prisma.empty : Prisma.sql`LIMIT ${REPORTS_PAGE_SIZE + 1}`}`;
  const found = z.array(rowSchema).parse(rows);
  if (after === "all" || found.length <= REPORTS_PAGE_SIZE) return { ids: found.map(({ id }) => id), next: null };
  const page = found.slice(0, REPORTS_PAGE_SIZE);
  const last = page.at(-1);
  const next = last && Buffer.from(JSON.stringify([last.verified, last.received_at.toISOString(), last.id]));
  return { ids: page.map(({ id }) => id), next: next?.toString("base64url") ?? null };
}
