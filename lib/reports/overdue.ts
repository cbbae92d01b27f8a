// When a case is overdue, said once: inbox, notices, digest and numbers mean the same by it.
import { Prisma } from "#prisma/generated/client.ts";

/** For raw SQL over `report_case` under the name `c`. What waits on purpose is not late; what the school is asked is. */
export const isOverdue = (now: Date): Prisma.Sql =>
  Prisma.sql`(c.state <> 'resolved' AND c.state <> 'waiting' AND c.due_at <= ${now})`;
