// The state's first frame: prisma/frame.json, written once when a database has no frame yet. From then on the frame
// lives in the database only.
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { isUniqueViolation, type Database } from "#lib/db/client.ts";
import { ALWAYS_SENSITIVE } from "./frame.ts";
import { CELLS, cellKey, isRole, isTarget, parseCellKey } from "./roles.ts";

const FRAME_FILE = new URL("../../prisma/frame.json", import.meta.url);
const FIRST_VERSION = 1;

const isCellKey = (key: string): boolean => parseCellKey(key) !== undefined;

const frameSchema = z.strictObject({
  reason: z.string().min(1),
  /** Locked cells with the reason that an administrator reads. */
  locks: z
    .record(z.string(), z.string().min(1))
    .refine((locks) => Object.keys(locks).every(isCellKey), "names a cell that does not exist"),
  sensitive: z
    .array(z.string().refine(isCellKey, "is no cell"))
    .transform((keys) => new Set(keys))
    .refine((keys) => keys.isSupersetOf(ALWAYS_SENSITIVE), "lacks a cell that is always sensitive"),
  allowed: z
    .record(z.string(), z.array(z.string().refine(isTarget, "is no target")))
    .refine((rows) => Object.keys(rows).every(isRole), "names a role that does not exist"),
});

/** All 72 cells of the first frame. */
export function parseFrame(text: string) {
  const frame = frameSchema.parse(JSON.parse(text));
  const cells = CELLS.map((cell) => {
    const key = cellKey(cell);
    const reason = frame.locks[key];
    return {
      fromRole: cell.from,
      toTarget: cell.to,
      allowed: frame.allowed[cell.from]?.includes(cell.to) ?? false,
      locked: reason !== undefined,
      reason: reason ?? null,
      sensitive: frame.sensitive.has(key),
    };
  });
  return { reason: frame.reason, cells };
}

/** @returns whether the frame was written now; false: there is one already, also when another replica was faster */
export async function seedFrame(db: Database): Promise<boolean> {
  if ((await db.policyFrame.findFirst({ select: { version: true } })) !== null) return false;
  const { reason, cells } = parseFrame(await readFile(FRAME_FILE, "utf8"));
  try {
    await db.policyFrame.create({ data: { version: FIRST_VERSION, reason, cells: { createMany: { data: cells } } } });
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
