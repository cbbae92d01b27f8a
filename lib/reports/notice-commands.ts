// Which mails about cases somebody of support wants, and until when none at all.
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { supportRole } from "./access.ts";
import { noticeWishesSchema, type NoticeWishes } from "./notice-wishes.ts";

const MOST_QUIET_DAYS = 366;

async function set({ tx, input: wishes, principal, now, audit }: StateActionContext<NoticeWishes>) {
  const { quietUntil: day, ...wanted } = wishes;
  const latest = now.getTime() + MOST_QUIET_DAYS * 86_400_000;
  // to the end of the day, and not for ever
  const quietUntil = day === null ? null : new Date(Math.min(new Date(`${day}T23:59:59Z`).getTime(), latest));
  const personId = principal.personId;
  const data = { ...wanted, quietUntil };
  await tx.caseNoticeSetting.upsert({ where: { personId }, create: { personId, ...data }, update: data });
  await audit({ type: "caseNoticesSet", ...wanted, quietUntil: day });
  return null;
}

export const setNoticesCommand: StateActionDefinition<typeof noticeWishesSchema, null> = {
  name: "setCaseNotices",
  input: noticeWishesSchema,
  consoleRole: supportRole,
  run: set,
};
