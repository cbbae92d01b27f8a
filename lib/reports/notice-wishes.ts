// What somebody of support may wish of notices about cases.
import { z } from "zod";

export const noticeWishesSchema = z.object({
  severe: z.boolean(),
  overdue: z.boolean(),
  digest: z.boolean(),
  /** The last quiet day, "2026-12-24"; null for none. */
  quietUntil: z.iso.date().nullable(),
});
export type NoticeWishes = z.infer<typeof noticeWishesSchema>;
