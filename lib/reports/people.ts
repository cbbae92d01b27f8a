// Who somebody in a report is: name, roles and classes of the directory now, found by Matrix id.
import { localpartOfUser } from "#lib/ids/ids.ts";
import type { Reader } from "#lib/db/client.ts";
import type { Role } from "#lib/policy/roles.ts";

export type ReportedPerson = {
  readonly userId: string;
  /** Null for somebody whom the directory does not know (any more). */
  readonly personId: string | null;
  readonly name: string | null;
  readonly hasLeft: boolean;
  readonly roles: readonly { readonly role: Role; readonly schoolId: string; readonly schoolName: string }[];
  readonly groups: readonly string[];
};

const MOST_GROUPS = 8;

export async function findPeople(reader: Reader, userIds: readonly string[]): Promise<Map<string, ReportedPerson>> {
  const found = await reader.person.findMany({
    where: { localpart: { in: [...new Set(userIds.map(localpartOfUser))] } },
    select: {
      id: true,
      localpart: true,
      displayName: true,
      leftAt: true,
      affiliations: { select: { role: true, schoolId: true, school: { select: { name: true } } } },
      memberships: {
        where: { group: { leftAt: null } },
        select: { group: { select: { title: true, kind: true } } },
        orderBy: { groupId: "asc" },
      },
    },
  });
  const byLocalpart = new Map(found.map((person) => [person.localpart, person]));
  return new Map(
    userIds.map((userId): [string, ReportedPerson] => {
      const person = byLocalpart.get(localpartOfUser(userId));
      if (!person) return [userId, { userId, personId: null, name: null, hasLeft: true, roles: [], groups: [] }];
      const { id, displayName, leftAt, affiliations, memberships } = person;
      const classes = memberships.filter(({ group }) => group.kind === "homeroom");
      const titles = (classes.length > 0 ? classes : memberships).map(({ group }) => group.title);
      return [
        userId,
        {
          userId,
          personId: id,
          name: displayName,
          hasLeft: leftAt !== null,
          roles: affiliations.map(({ role, schoolId, school }) => ({ role, schoolId, schoolName: school.name })),
          groups: [...new Set(titles)].slice(0, MOST_GROUPS),
        },
      ];
    }),
  );
}
