// Who belongs to a school for its provisioning: people of the directory with a role there, and people known from messages
// alone, who have no role but an account and rooms.
import { Prisma } from "#prisma/generated/client.ts";

/** Of a row of `person AS p`. */
export const belongsTo = (schoolId: string): Prisma.Sql => Prisma.sql`(
  EXISTS (SELECT FROM affiliation a WHERE a.person_id = p.id AND a.school_id = ${schoolId})
  OR p.source = 'amqp' AND EXISTS (SELECT FROM person_source s WHERE s.person_id = p.id AND s.school_id = ${schoolId}))`;
