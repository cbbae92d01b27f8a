// What pages say about notices: who of those that should know is told by mail, and whether mail works at all.
import type { Reader } from "#lib/db/client.ts";
import { WAITING_KINDS } from "./rules.ts";

/** Of those who may approve. Numbers only. */
export type MailReach = {
  readonly told: number;
  /** The notice stands in the outbox. */
  readonly waiting: number;
  /** No address is known, or the mail server has refused it. */
  readonly unreachable: number;
};

type Matter = { readonly requestId: string } | { readonly proposalId: string };

export async function readMailReach(reader: Reader, matter: Matter, personIds: readonly string[]): Promise<MailReach> {
  const people = await reader.person.findMany({
    where: { id: { in: [...personIds] } },
    select: {
      email: true,
      notices: {
        where: { ...matter, kind: { in: [...WAITING_KINDS] } },
        orderBy: { createdAt: "desc" },
        select: { state: true },
      },
    },
  });
  const stands = people.map(({ email, notices }) => {
    const states = notices.map(({ state }) => state);
    if (states.includes("sent")) return "told";
    return email !== null && states.includes("waiting") ? "waiting" : "unreachable";
  });
  const count = (wanted: (typeof stands)[number]) => stands.filter((stand) => stand === wanted).length;
  return { told: count("told"), waiting: count("waiting"), unreachable: count("unreachable") };
}

export type MailState = {
  readonly state: "working" | "away" | "notSetUp";
  readonly checkedAt: Date;
  readonly waiting: number;
};

/** `ServiceState.detail` of "mail" as long as no mail server is named. */
export const NOT_SET_UP = "notSetUp";

/** Null until a worker has looked. */
export async function readMailState(reader: Reader): Promise<MailState | null> {
  const row = await reader.serviceState.findUnique({ where: { name: "mail" } });
  if (!row) return null;
  const waiting = await reader.mailNotice.count({ where: { state: "waiting", person: { email: { not: null } } } });
  const state = row.reachable ? "working" : row.detail === NOT_SET_UP ? "notSetUp" : "away";
  return { state, checkedAt: row.checkedAt, waiting };
}
