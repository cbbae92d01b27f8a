// What somebody of support has chosen about notices, and the number on the badge.
import type { Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import { supportRole } from "./access.ts";
import type { NoticeWishes } from "./notice-wishes.ts";

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
