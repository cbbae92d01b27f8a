// Finds the people whom a message names among those we know, and writes those whom only messages know.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import { isForMessages, newPersonId, type Match } from "./people.ts";

const SOURCE = "amqp";

export type AskedPerson = {
  readonly userId: string;
  readonly localpart: string;
  readonly key: string;
  readonly name: string | null;
};

export type KnownPerson = { readonly id: string; readonly source: string };
export type PersonProblem = "ambiguousPerson" | "reservedLocalpart" | "subjectTaken";

export type FoundPeople = {
  readonly known: ReadonlyMap<string, KnownPerson>;
  readonly problems: ReadonlyMap<string, PersonProblem>;
};

const personColumns = { id: true, source: true, localpart: true, subject: true, username: true } as const;

/**
 * By the Matrix id first, which is one account and so one person; then as messages were understood before; then by the
 * operator's rule. Keys of both maps are Matrix ids; who is in neither is unknown.
 */
export async function findPeople(tx: Transaction, match: Match, asked: readonly AskedPerson[]): Promise<FoundPeople> {
  const known = new Map<string, KnownPerson>();
  const problems = new Map<string, PersonProblem>();
  const localparts = asked.map((one) => one.localpart);
  const byLocalpart = await tx.person.findMany({ where: { localpart: { in: localparts } }, select: personColumns });
  const atLocalpart = new Map(byLocalpart.map((person) => [person.localpart, person]));
  const before = await tx.personSource.findMany({
    where: { source: SOURCE, externalId: { in: asked.map((one) => one.userId) } },
    select: { externalId: true, person: { select: personColumns } },
  });
  const asBefore = new Map(before.map(({ externalId, person }) => [externalId, person]));
  const column = match === "directoryId" ? "id" : match;
  const rest = asked.filter((one) => !atLocalpart.has(one.localpart) && !asBefore.has(one.userId));
  const byRule = await tx.person.findMany({
    where: { [column]: { in: rest.map((one) => one.key) } },
    select: personColumns,
  });
  for (const one of asked) {
    const sure = atLocalpart.get(one.localpart) ?? asBefore.get(one.userId);
    const candidates = sure === undefined ? byRule.filter((person) => person[column] === one.key) : [sure];
    const [first, second] = candidates;
    if (second !== undefined) problems.set(one.userId, "ambiguousPerson");
    else if (first !== undefined) known.set(one.userId, { id: first.id, source: first.source });
    else if (!isForMessages(one.localpart)) problems.set(one.userId, "reservedLocalpart");
  }
  return { known, problems };
}

const written = z.array(z.object({ id: z.string(), localpart: z.string() }));

/**
 * Makes people whom nobody knows. Without a name they stay disabled, so that no account is made under an invented one.
 * @returns who was made, by Matrix id
 */
export async function createPeople(
  tx: Transaction,
  match: Match,
  asked: readonly AskedPerson[],
): Promise<ReadonlyMap<string, KnownPerson>> {
  if (asked.length === 0) return new Map();
  const rows: unknown = await tx.$queryRaw`
    INSERT INTO person (id, source, family_name, given_name, display_name, username, subject, localpart, enabled)
    SELECT id, ${SOURCE}, coalesce(name, ''), '', coalesce(name, localpart), username, subject, localpart, name IS NOT NULL
    FROM unnest(${asked.map((one) => newPersonId(one.key, one.localpart, match))}::text[],
      ${asked.map((one) => one.name)}::text[], ${asked.map((one) => (match === "username" ? one.key : ""))}::text[],
      ${asked.map((one) => one.key)}::text[], ${asked.map((one) => one.localpart)}::text[])
      AS named (id, name, username, subject, localpart)
    ON CONFLICT DO NOTHING RETURNING id, localpart`;
  const userIds = new Map(asked.map((one) => [one.localpart, one.userId]));
  return new Map(
    written.parse(rows).map(({ id, localpart }) => [userIds.get(localpart) ?? "", { id, source: SOURCE }]),
  );
}

const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map((row) => row.id));

/** Names and revives people whom only messages know; the directory's own are the directory's. @returns ids of the changed */
export async function updatePeople(
  tx: Transaction,
  people: readonly { readonly id: string; readonly name: string | null }[],
): Promise<readonly string[]> {
  const rows: unknown = await tx.$queryRaw`
    UPDATE person SET left_at = NULL, display_name = coalesce(name, display_name), family_name = coalesce(name, family_name),
      enabled = enabled OR name IS NOT NULL
    FROM unnest(${people.map((one) => one.id)}::text[], ${people.map((one) => one.name)}::text[]) AS named (id, name)
    WHERE person.id = named.id AND person.source = ${SOURCE}
      AND (person.left_at IS NOT NULL OR person.display_name <> coalesce(name, display_name)
        OR (NOT person.enabled AND name IS NOT NULL))
    RETURNING person.id`;
  return ids.parse(rows);
}

/** Says that messages name these people at the school. @returns ids of people who were not named there before */
export async function writePersonSources(
  tx: Transaction,
  schoolId: string,
  people: readonly { readonly userId: string; readonly id: string }[],
): Promise<readonly string[]> {
  const rows: unknown = await tx.$queryRaw`
    INSERT INTO person_source (source, school_id, external_id, person_id)
    SELECT ${SOURCE}, ${schoolId}, * FROM unnest(
      ${people.map((one) => one.userId)}::text[], ${people.map((one) => one.id)}::text[])
    ON CONFLICT (source, school_id, external_id) DO UPDATE SET person_id = EXCLUDED.person_id
    WHERE person_source.person_id <> EXCLUDED.person_id
    RETURNING person_id AS id`;
  return ids.parse(rows);
}

/**
 * The end of somebody at a school. Only who is named by nobody any more has left; the directory's people never leave by
 * a message.
 */
export async function removePersonSource(
  tx: Transaction,
  schoolId: string,
  userId: string,
  personId: string,
): Promise<{ readonly wasNamed: boolean; readonly hasLeft: boolean }> {
  const { count } = await tx.personSource.deleteMany({ where: { source: SOURCE, schoolId, externalId: userId } });
  const { count: left } = await tx.person.updateMany({
    where: { id: personId, source: SOURCE, leftAt: null, sources: { none: {} } },
    data: { leftAt: new Date() },
  });
  return { wasNamed: count > 0, hasLeft: left > 0 };
}
