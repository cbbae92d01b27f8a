// Reads the audit log: a school's for its administrators and the state, the state's for the state, and for support what
// they did themselves (design §9).
import { isLandAdmin, isStateStaff, mayAuditSchool, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { z } from "zod";
import { verifyChain } from "./chain.ts";
import { auditEventSchema, STATE_SCOPE, type AuditEvent } from "./events.ts";
import { isFiltered, periodOf, type AuditFilter } from "./filter.ts";
import { entriesOfOwnCases, without } from "./parties.ts";

export type AuditView = {
  readonly scope: string;
  readonly seq: number;
  readonly at: Date;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly actorRole: string;
  /** Null once retention has erased the content, or if a newer build wrote it. */
  readonly event: AuditEvent | null;
  /** Whom the event is about, if it names a person. */
  readonly personName: string | null;
  readonly isErased: boolean;
  readonly type: string;
  readonly outcome: "done" | "refused";
  readonly correlationId: string;
};
export type AuditPage = {
  readonly entries: readonly AuditView[];
  /** Pass as `before` for the next page; null on the last. */
  readonly nextBefore: number | null;
  /** The entries of this page link to each other and their content is what was committed to; null if filtered. */
  readonly chainVerified: boolean | null;
};
export type AuditEntryView = AuditView & {
  readonly commitment: string;
  readonly previousHash: string;
  readonly hash: string;
  /** JSON text; null once erased. */
  readonly payload: string | null;
  readonly isVerified: boolean;
};
export type OwnAuditPage = { readonly entries: readonly AuditView[]; readonly nextCursor: string | null };

const PAGE_SIZE = 50;
/** A name that fits more people than this is not a name yet. */
const MATCHING_ACTORS = 200;

export function mayAuditScope(principal: Principal, scope: string): boolean {
  return scope === STATE_SCOPE ? isLandAdmin(principal) : mayAuditSchool(principal, scope);
}

// ---- which entries ---------------------------------------------------------------------------------------------

const ids = z.array(z.object({ id: z.string() }));

/** Actors of the chain whose name contains every word, in any order and case. */
async function actorsNamed(reader: Reader, scope: string, name: string): Promise<string[]> {
  const words = name.toLowerCase().split(/\s+/);
  const rows = await reader.$queryRaw`
    SELECT p.id FROM person p
    WHERE NOT EXISTS (SELECT FROM unnest(${words}::text[]) AS word WHERE strpos(lower(p.display_name), word) = 0)
      AND EXISTS (SELECT FROM audit_entry e WHERE e.actor_id = p.id AND e.scope = ${scope})
    LIMIT ${MATCHING_ACTORS}`;
  return ids.parse(rows).map(({ id }) => id);
}

/** What both pages and export ask for, on behalf of whom. */
export async function matching(
  reader: Reader,
  scope: string,
  filter: AuditFilter,
  readerId: string,
): Promise<Prisma.AuditEntryWhereInput> {
  const hidden = (await entriesOfOwnCases(reader, readerId)).filter((entry) => entry.scope === scope);
  const actors = filter.person === undefined ? undefined : await actorsNamed(reader, scope, filter.person);
  return { scope, ...(actors && { actorId: { in: actors } }), ...plainConditions(filter), ...without(hidden) };
}

function plainConditions(filter: AuditFilter): Prisma.AuditEntryWhereInput {
  const { from, before } = periodOf(filter);
  return {
    ...(filter.type !== undefined && { type: filter.type }),
    ...(filter.outcome !== undefined && { outcome: filter.outcome }),
    ...(filter.id !== undefined && { correlationId: filter.id }),
    ...((from ?? before) && { at: { ...(from && { gte: from }), ...(before && { lt: before }) } }),
  };
}

/** Types of a school's entries that name people other than whoever acted. */
const NAMING_PEOPLE = ["moderatorsAppointed", "heldChangesReleased"] as const satisfies readonly AuditEvent["type"][];

/** What somebody did at a school, and what was done there about them, newest first. The caller has checked the right. */
export async function findPersonHistory(
  reader: Reader,
  { schoolId, personId, limit }: { readonly schoolId: string; readonly personId: string; readonly limit: number },
): Promise<readonly AuditView[]> {
  const newest = {
    orderBy: [{ at: "desc" }, { seq: "desc" }],
    take: limit,
    include: { payload: true },
  } satisfies Prisma.AuditEntryFindManyArgs;
  const [done, naming] = await Promise.all([
    reader.auditEntry.findMany({ where: { scope: schoolId, actorId: personId }, ...newest }),
    reader.auditEntry.findMany({
      where: {
        scope: schoolId,
        type: { in: [...NAMING_PEOPLE] },
        payload: { payload: { contains: JSON.stringify(personId) } },
      },
      ...newest,
    }),
  ]);
  const about = naming.filter((row) => peopleIn(readEvent(row)).includes(personId) && row.actorId !== personId);
  const rows = [...done, ...about].toSorted((a, b) => b.at.getTime() - a.at.getTime() || b.seq - a.seq);
  return await toViews(reader, rows.slice(0, limit));
}

function peopleIn(event: AuditEvent | null): readonly string[] {
  if (event?.type === "moderatorsAppointed") return event.people;
  return event?.type === "heldChangesReleased" ? event.changes.flatMap(({ personId }) => personId ?? []) : [];
}

// ---- as shown --------------------------------------------------------------------------------------------------

export type StoredEntry = Prisma.AuditEntryGetPayload<{ include: { payload: true } }>;

function readEvent(row: StoredEntry): AuditEvent | null {
  return row.payload ? (auditEventSchema.safeParse(JSON.parse(row.payload.payload)).data ?? null) : null;
}

/** Names are resolved when shown (design §10). */
export async function toViews(reader: Reader, rows: readonly StoredEntry[]): Promise<AuditView[]> {
  const events = rows.map(readEvent);
  const people = [
    ...rows.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])),
    ...events.flatMap((event) => (event && "personId" in event ? [event.personId] : [])),
  ];
  const named = await reader.person.findMany({
    where: { id: { in: [...new Set(people)] } },
    select: { id: true, displayName: true },
  });
  const nameOf = new Map(named.map(({ id, displayName }) => [id, displayName]));
  return rows.map((row, index) => {
    const event = events[index] ?? null;
    return {
      scope: row.scope,
      seq: row.seq,
      at: row.at,
      actorId: row.actorId,
      actorName: row.actorId === null ? null : (nameOf.get(row.actorId) ?? null),
      actorRole: row.actorRole,
      event,
      personName: event && "personId" in event ? (nameOf.get(event.personId) ?? event.personId) : null,
      isErased: row.payload === null,
      type: row.type,
      outcome: row.outcome === "refused" ? "refused" : "done",
      correlationId: row.correlationId,
    };
  });
}

/** Newest first. Null when there is no such log for this principal. */
export async function listAuditEntries(
  principal: Principal,
  scope: string,
  { before, filter = {} }: { readonly before?: number | undefined; readonly filter?: AuditFilter } = {},
): Promise<AuditPage | null> {
  if (!mayAuditScope(principal, scope)) return null;
  const db = database();
  const where = await matching(db, scope, filter, principal.personId);
  const rows = await db.auditEntry.findMany({
    where: { ...where, ...(before === undefined ? {} : { seq: { lt: before } }) },
    orderBy: { seq: "desc" },
    take: PAGE_SIZE + 1,
    include: { payload: true },
  });
  const page = rows.slice(0, PAGE_SIZE);
  const stretch = isFiltered(filter) ? [] : await wholeStretch(db, scope, page);
  const oldestFirst = stretch.toReversed().map((row) => ({ ...row, stored: row.payload }));
  const [oldest] = oldestFirst;
  const fault = oldest && verifyChain(oldestFirst, { seq: oldest.seq, previousHash: oldest.previousHash });
  return {
    entries: await toViews(db, page),
    nextBefore: rows.length > PAGE_SIZE ? (page.at(-1)?.seq ?? null) : null,
    chainVerified: isFiltered(filter) ? null : fault === undefined,
  };
}

/** With what is hidden from the reader: it belongs to the chain all the same. */
async function wholeStretch(reader: Reader, scope: string, page: readonly StoredEntry[]) {
  const [first, last] = [page.at(-1), page.at(0)];
  if (!first || !last || last.seq - first.seq === page.length - 1) return page;
  return await reader.auditEntry.findMany({
    where: { scope, seq: { gte: first.seq, lte: last.seq } },
    orderBy: { seq: "desc" },
    include: { payload: true },
  });
}

/** Null when there is no such entry for this principal. */
export async function getAuditEntry(principal: Principal, scope: string, seq: number): Promise<AuditEntryView | null> {
  if (!mayAuditScope(principal, scope)) return null;
  const db = database();
  const row = await db.auditEntry.findUnique({ where: { scope_seq: { scope, seq } }, include: { payload: true } });
  if (!row) return null;
  const hidden = await entriesOfOwnCases(db, principal.personId);
  if (hidden.some((entry) => entry.scope === scope && entry.seq === seq)) return null;
  const [view] = await toViews(db, [row]);
  const { commitment, previousHash, hash } = row;
  const fault = verifyChain([{ ...row, stored: row.payload }], { seq, previousHash });
  return view
    ? {
        ...view,
        commitment,
        previousHash,
        hash,
        payload: row.payload?.payload ?? null,
        isVerified: fault === undefined,
      }
    : null;
}

// ---- own actions -----------------------------------------------------------------------------------------------

const cursorParts = z.tuple([z.coerce.date(), z.string().min(1), z.coerce.number().int().positive()]);
const cursorOf = ({ at, scope, seq }: StoredEntry) => JSON.stringify([at.toISOString(), scope, seq]);

function parseCursor(text: string | undefined) {
  try {
    return cursorParts.safeParse(JSON.parse(text ?? "null")).data;
  } catch {
    return undefined;
  }
}

/** What the principal did, in all chains, newest first. Null but for state staff: others see their schools' logs. */
export async function listOwnAuditEntries(
  principal: Principal,
  { cursor, filter = {} }: { readonly cursor?: string | undefined; readonly filter?: AuditFilter } = {},
): Promise<OwnAuditPage | null> {
  if (!isStateStaff(principal)) return null;
  const db = database();
  const after = parseCursor(cursor);
  const older: Prisma.AuditEntryWhereInput[] = after
    ? [
        { at: { lt: after[0] } },
        { at: after[0], scope: { lt: after[1] } },
        { at: after[0], scope: after[1], seq: { lt: after[2] } },
      ]
    : [];
  const hidden = without(await entriesOfOwnCases(db, principal.personId));
  const rows = await db.auditEntry.findMany({
    where: {
      AND: [{ actorId: principal.personId }, plainConditions(filter), hidden, older.length > 0 ? { OR: older } : {}],
    },
    orderBy: [{ at: "desc" }, { scope: "desc" }, { seq: "desc" }],
    take: PAGE_SIZE + 1,
    include: { payload: true },
  });
  const page = rows.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  return { entries: await toViews(db, page), nextCursor: rows.length > PAGE_SIZE && last ? cursorOf(last) : null };
}

// ---- export ----------------------------------------------------------------------------------------------------

const EXPORT_BATCH = 1_000;

/** The entries of an export, oldest first, a batch at a time. Only for whoever the export was granted to. */
export async function* exportedEntries(
  reader: Reader,
  scope: string,
  filter: AuditFilter,
  { newest, readerId }: { readonly newest: number; readonly readerId: string },
): AsyncGenerator<readonly (AuditView & { readonly row: StoredEntry })[]> {
  const where = await matching(reader, scope, filter, readerId);
  for (let after = 0; ;) {
    const rows = await reader.auditEntry.findMany({
      where: { AND: [where, { seq: { gt: after, lte: newest } }] },
      orderBy: { seq: "asc" },
      take: EXPORT_BATCH,
      include: { payload: true },
    });
    const views = await toViews(reader, rows);
    if (rows.length > 0) yield views.flatMap((view, index) => (rows[index] ? [{ ...view, row: rows[index] }] : []));
    const last = rows.at(-1);
    if (!last || rows.length < EXPORT_BATCH) return;
    after = last.seq;
  }
}
