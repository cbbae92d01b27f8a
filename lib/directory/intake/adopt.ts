// When the directory brings somebody whom only messages knew, the two become one person: the row keeps its localpart,
// its account and its rooms, and gets the directory's id.
import type { Transaction } from "#lib/db/client.ts";

export type AdoptablePerson = { readonly id: string; readonly subject: string; readonly username: string };

/**
 * To be called before the directory's people are written. Somebody with a console role keeps the id, because grants are
 * written once; the directory then reports that the subject is taken.
 * @returns how many people got the directory's id
 */
export async function adoptIntakePeople(tx: Transaction, people: readonly AdoptablePerson[]): Promise<number> {
  return await tx.$executeRaw`
    UPDATE person SET id = pulled.id
    FROM (
      SELECT DISTINCT ON (known.id) known.id AS known_id, named.id
      FROM unnest(${people.map((person) => person.id)}::text[], ${people.map((person) => person.subject)}::text[],
        ${people.map((person) => person.username)}::text[]) AS named (id, subject, username)
      JOIN person known ON known.source = 'amqp' AND known.id <> named.id
        -- only the rule "username" fills the username of such a person
        AND (known.subject = named.subject OR (known.username <> '' AND known.username = named.username))
      WHERE NOT EXISTS (SELECT FROM person WHERE person.id = named.id)
        AND NOT EXISTS (SELECT FROM console_role_grant WHERE person_id = known.id)
      ORDER BY known.id, named.id
    ) AS pulled
    WHERE person.id = pulled.known_id`;
}
