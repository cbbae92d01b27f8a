// Which mails about cases somebody of support wants, and until when none at all.
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { supportRole } from "./access.ts";

const MOST_QUIET_DAYS = 366;
const input = z.object({
  severe: z.boolean(),
  overdue: z.boolean(),
  digest: z.boolean(),
  /** The last quiet day, "2026-12-24"; null for none. */
  quietUntil: z.iso.date().nullable(),
});
export type NoticeWishes = z.infer<typeof input>;

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

export const setNoticesCommand: StateActionDefinition<typeof input, null> = {
  name: "setCaseNotices",
  input,
  consoleRole: supportRole,
  run: set,
};
