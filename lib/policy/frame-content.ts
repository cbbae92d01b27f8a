// A change of the frame as it arrives from a browser and as a proposal keeps it, and the hash that an approval names.
import { createHash } from "node:crypto";
import { z } from "zod";
import { LOCK_REASON_LENGTH, RETENTION, SETTINGS, type FrameEdits, type FrameRule } from "./frame-change.ts";
import { CELLS, cellKey, parseCellKey, type CellKey } from "./roles.ts";

const days = z.number().int().min(0).max(10_000);
const rule = z.strictObject({
  allowed: z.boolean(),
  locked: z.boolean(),
  reason: z.string().trim().max(LOCK_REASON_LENGTH.most).nullable(),
  sensitive: z.boolean(),
});

export const frameEditsSchema = z
  .strictObject({
    cells: z.record(z.string(), rule),
    settings: z.strictObject({
      approvalForEveryChange: z.boolean().exactOptional(),
      approverRoleAgeDays: days.exactOptional(),
      requestExpiryDays: days.exactOptional(),
      gracePeriodDays: days.exactOptional(),
      retainBullyingDays: days.exactOptional(),
      retainSexualDays: days.exactOptional(),
      retainViolenceDays: days.exactOptional(),
      retainExtremismDays: days.exactOptional(),
      retainSpamDays: days.exactOptional(),
      retainOtherDays: days.exactOptional(),
    }),
  })
  .transform(({ cells, settings }, context): FrameEdits => {
    const known: Partial<Record<CellKey, FrameRule>> = {};
    for (const [text, wanted] of Object.entries(cells)) {
      const cell = parseCellKey(text);
      if (!cell) {
        context.addIssue("not a cell of the matrix");
        return z.NEVER;
      }
      known[cellKey(cell)] = wanted;
    }
    return { cells: known, settings };
  });

/** What an approval must name: any other content, author, reason or base gives another hash (hex SHA-256). */
export function frameHash(
  proposal: { readonly authorId: string; readonly baseVersion: number; readonly reason: string },
  { cells, settings }: FrameEdits,
): string {
  const rules = CELLS.flatMap((cell) => {
    const wanted = cells[cellKey(cell)];
    return wanted ? [[cellKey(cell), wanted.allowed, wanted.locked, wanted.reason, wanted.sensitive]] : [];
  });
  // the times for keeping reports came later: proposals without them keep their hash
  const kept = RETENTION.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]]));
  const older = SETTINGS.filter((name) => !RETENTION.some((later) => later === name));
  const values = [...older.map((name) => settings[name] ?? null), ...kept];
  const content = [proposal.authorId, proposal.baseVersion, proposal.reason, rules, values];
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
