// The people of a school as the summary's numbers need them: how many hold which roles and belong to how many groups.
import { z } from "zod";
import type { Reader } from "#lib/db/client.ts";
import type { SchoolPopulation } from "./reach.ts";
import { ROLES } from "./roles.ts";

const rowsSchema = z.array(
  z.object({ roles: z.array(z.enum(ROLES)), own_groups: z.coerce.number().int(), people: z.coerce.number().int() }),
);
const groupsSchema = z.tuple([z.object({ groups: z.coerce.number().int() })]);

/** People under a protected address stand in no list and so in no number; neither do people who have left. */
export async function readPopulation(reader: Reader, schoolId: string): Promise<SchoolPopulation> {
  const rows = await reader.$queryRaw`
    SELECT roles, own_groups, count(*) AS people FROM (
      SELECT a.person_id, array_agg(DISTINCT a.role::text ORDER BY a.role::text) AS roles,
        (SELECT count(DISTINCT m.group_id) FROM group_member m JOIN school_group g ON g.id = m.group_id
          WHERE m.person_id = a.person_id AND g.school_id = ${schoolId} AND g.left_at IS NULL) AS own_groups
      FROM affiliation a JOIN person p ON p.id = a.person_id
      WHERE a.school_id = ${schoolId} AND p.enabled AND p.left_at IS NULL AND NOT p.address_protected
      GROUP BY a.person_id) AS people_of_school
    GROUP BY roles, own_groups`;
  const groups = await reader.$queryRaw`
    SELECT count(*) AS groups FROM school_group WHERE school_id = ${schoolId} AND left_at IS NULL`;
  return {
    classes: rowsSchema.parse(rows).map((row) => ({
      roles: new Set(row.roles),
      ownGroups: row.own_groups,
      people: row.people,
    })),
    groups: groupsSchema.parse(groups)[0].groups,
  };
}
