// Reads the timeline of a case with the names that its entries stand for.
import type { Principal } from "#lib/auth/principal.ts";
import type { Database } from "#lib/db/client.ts";
import { withoutParty } from "./access.ts";
import { caseEventSchema, type CaseEvent } from "./case-events.ts";

export type CaseEntryView = {
  readonly id: string;
  readonly at: Date;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly actorRole: string;
  /** Null for what a newer build wrote. */
  readonly event: CaseEvent | null;
  /** Of the person, the case or the school that the event names. */
  readonly named: string | null;
};

const SHOWN_ENTRIES = 200;

/** Newest first. @param isWhole all of it, as for an export */
export async function readEntries(
  db: Database,
  principal: Principal,
  caseId: string,
  isWhole: boolean,
): Promise<CaseEntryView[]> {
  const rows = await db.caseEntry.findMany({
    where: { caseId },
    orderBy: { id: "desc" },
    ...(!isWhole && { take: SHOWN_ENTRIES }),
    include: { actor: { select: { displayName: true } } },
  });
  const events = rows.map(({ content }) => caseEventSchema.safeParse(content).data ?? null);
  const [people, cases, schools] = await Promise.all([
    db.person.findMany({
      where: { id: { in: events.flatMap((event) => (event?.type === "assigned" ? (event.personId ?? []) : [])) } },
      select: { id: true, displayName: true },
    }),
    db.reportCase.findMany({
      where: { id: { in: events.flatMap((event) => otherCaseOf(event, caseId) ?? []) }, ...withoutParty(principal) },
      select: { id: true, number: true },
    }),
    db.school.findMany({
      where: { id: { in: events.flatMap((event) => (event?.type === "schoolSet" ? (event.after ?? []) : [])) } },
      select: { id: true, name: true },
    }),
  ]);
  const names = new Map<string, string>([
    ...people.map(({ id, displayName }): [string, string] => [id, displayName]),
    ...cases.map(({ id, number }): [string, string] => [id, String(number)]),
    ...schools.map(({ id, name }): [string, string] => [id, name]),
  ]);
  return rows.map((row, index) => {
    const event = events[index] ?? null;
    return {
      id: String(row.id),
      at: row.at,
      actorId: row.actorId,
      actorName: row.actor?.displayName ?? null,
      actorRole: row.actorRole,
      event,
      named: namedBy(event, caseId, names),
    };
  });
}

function otherCaseOf(event: CaseEvent | null, caseId: string): string | null {
  if (event?.type === "merged") return event.fromId === caseId ? event.intoId : event.fromId;
  return event?.type === "split" && event.newCaseId !== caseId ? event.newCaseId : null;
}

function namedBy(event: CaseEvent | null, caseId: string, names: ReadonlyMap<string, string>): string | null {
  if (event?.type === "assigned")
    return event.team ?? (event.personId === null ? null : (names.get(event.personId) ?? null));
  if (event?.type === "schoolSet") return event.after === null ? null : (names.get(event.after) ?? event.after);
  const other = otherCaseOf(event, caseId);
  return other === null ? null : (names.get(other) ?? null);
}

/** What was written is content; that it was written is not. */
export function withoutText(event: CaseEvent): CaseEvent {
  if ("text" in event) return { ...event, text: "" };
  return "reason" in event ? { ...event, reason: "" } : event;
}
