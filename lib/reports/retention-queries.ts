// What the page about deletion reads: what goes when, what is held and why. Numbers and categories, no content.
import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import type { Database } from "#lib/db/client.ts";
import { RETENTION, type RetentionName } from "#lib/policy/frame-change.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { ReportCategory } from "#prisma/generated/enums.ts";
import { caseSight, noParty } from "./access.ts";
import { ERASE_AT, HELD, STILL_IN_FORCE, TO_ERASE } from "./retention.ts";

export const RETENTION_OF: Readonly<Record<ReportCategory, RetentionName>> = {
  bullying: "retainBullyingDays",
  sexual: "retainSexualDays",
  violence: "retainViolenceDays",
  extremism: "retainExtremismDays",
  spam: "retainSpamDays",
  other: "retainOtherDays",
};

const rowSchema = z.object({
  id: z.string(),
  number: z.bigint().transform(Number),
  category: z.enum(ReportCategory),
  closedAt: z.date(),
  eraseAt: z.date(),
  holdReason: z.string().nullable(),
  heldBy: z.string().nullable(),
  heldAt: z.date().nullable(),
  isInForce: z.boolean(),
});
export type RetentionRow = z.infer<typeof rowSchema>;
const heldSchema = rowSchema.extend({ closedAt: z.date().nullable(), eraseAt: z.date().nullable() });
export type HeldRow = z.infer<typeof heldSchema>;

export type RetentionView = {
  readonly mayHold: boolean;
  readonly periods: readonly { readonly category: ReportCategory; readonly days: number }[];
  /** What goes next, soonest first; held ones are listed apart. */
  readonly next: readonly RetentionRow[];
  /** Also open cases. */
  readonly held: readonly HeldRow[];
  readonly waiting: number;
  readonly thisMonth: number;
  readonly erased: number;
};

const SHOWN = 100;
const counts = z.tuple([z.object({ waiting: z.number(), soon: z.number(), erased: z.number() })]);
const SOON_DAYS = 30;

const COLUMNS = Prisma.sql`c.id, c.number, c.category, c.closed_at AS "closedAt", ${ERASE_AT} AS "eraseAt",
  c.hold_reason AS "holdReason", h.display_name AS "heldBy", c.held_at AS "heldAt", ${STILL_IN_FORCE} AS "isInForce"`;

/** Null for whoever has nothing to do with reports. The state's administrators read no reasons of a hold. */
export async function getRetention(
  principal: Principal,
  now: Date,
  db: Database = database(),
): Promise<RetentionView | null> {
  const sight = caseSight(principal);
  if (sight === null) return null;
  const mine = noParty(principal);
  const frame = await db.policyFrame.findFirstOrThrow({
    orderBy: { version: "desc" },
    select: Object.fromEntries(RETENTION.map((name) => [name, true])) as Record<RetentionName, true>,
  });
  const next = z.array(rowSchema).parse(
    await db.$queryRaw`
      SELECT ${COLUMNS} FROM report_case c LEFT JOIN person h ON h.id = c.held_by_id
      WHERE ${TO_ERASE} AND NOT ${HELD} AND ${mine} ORDER BY ${ERASE_AT}, c.id LIMIT ${SHOWN}`,
  );
  const held = z.array(heldSchema).parse(
    await db.$queryRaw`
      SELECT ${COLUMNS} FROM report_case c LEFT JOIN person h ON h.id = c.held_by_id
      WHERE c.hold_reason IS NOT NULL AND ${mine} ORDER BY c.held_at DESC, c.id LIMIT ${SHOWN}`,
  );
  const [{ waiting, soon, erased }] = counts.parse(
    await db.$queryRaw`
      SELECT count(*) FILTER (WHERE ${TO_ERASE})::int AS waiting,
        count(*) FILTER (WHERE ${TO_ERASE} AND NOT ${HELD}
          AND ${ERASE_AT} <= ${new Date(now.getTime() + SOON_DAYS * 86_400_000)})::int AS soon,
        count(*) FILTER (WHERE c.erased_at IS NOT NULL)::int AS erased
      FROM report_case c WHERE ${mine}`,
  );
  return {
    mayHold: sight === "content",
    periods: Object.values(ReportCategory).map((category) => ({ category, days: frame[RETENTION_OF[category]] })),
    next,
    held: sight === "content" ? held : held.map((row) => ({ ...row, holdReason: "" })),
    waiting,
    thisMonth: soon,
    erased,
  };
}
