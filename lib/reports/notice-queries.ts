// What somebody of support has chosen about notices, and the number on the badge.
import type { Principal } from "#lib/auth/principal.ts";
import type { Database } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import { supportRole } from "./access.ts";
import type { NoticeWishes } from "./notice-commands.ts";
import { countCases } from "./case-counts.ts";

export type NoticeSettings = NoticeWishes & { readonly hasAddress: boolean };

/** Null for whoever is not of support. */
export async function getNoticeSettings(principal: Principal): Promise<NoticeSettings | null> {
  if (supportRole(principal) === null) return null;
  const person = await database().person.findUniqueOrThrow({
    where: { id: principal.personId },
    select: { email: true, caseNoticeSetting: true },
  });
  const { severe = true, overdue = true, digest = true, quietUntil = null } = person.caseNoticeSetting ?? {};
  return {
    severe,
    overdue,
    digest,
    quietUntil: quietUntil?.toISOString().slice(0, 10) ?? null,
    hasAddress: person.email !== null,
  };
}

/** Open cases that somebody of support should look at; null for everybody else. */
export async function countForBadge(
  principal: Principal,
  now: Date,
  db: Database = database(),
): Promise<{ readonly open: number; readonly severe: number; readonly overdue: number } | null> {
  return supportRole(principal) === null ? null : await countCases(db, principal.personId, now);
}
