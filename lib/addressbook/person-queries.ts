// What the page of one person and the page "Warum?" read. Null for people who do not belong to the principal's school.
import { z } from "zod";
import { findPersonHistory, type AuditView } from "#lib/audit/queries.ts";
import { mayEditSchool, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import { FIRST_SYNC_SINCE } from "#lib/directory/store.ts";
import { cellState } from "#lib/policy/cells.ts";
import { frameCell } from "#lib/policy/frame.ts";
import { CELLS, type Cell, type Role } from "#lib/policy/roles.ts";
import { readSchoolPolicy, type SchoolPolicy } from "#lib/policy/store.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { explainContact, type Explained, type Side } from "./explain.ts";
import { rolesOf } from "./masks.ts";
import { countGroups, countPeople, nameOf, type PersonRow } from "./people.ts";
import { mayUseAddressBook } from "./queries.ts";
import { foldersOf, type FolderCount } from "./tree.ts";
import type { Scope } from "./types.ts";
import { asking, findEntry } from "./view.ts";
import { visibilityOf, SEES_NOBODY } from "./visibility.ts";
import { isServed } from "#lib/provisioning/served.ts";

const { sql } = Prisma;
const HISTORY = 10;

export type PersonView = {
  readonly school: { readonly id: string; readonly name: string; readonly isOn: boolean };
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly username: string;
  readonly localpart: string;
  readonly isLocked: boolean;
  readonly isProtected: boolean;
  readonly firstSeenAt: Date | null;
  readonly account: {
    readonly state: "absent" | "active" | "locked" | "deactivated" | "conflict";
    readonly syncedAt: Date | null;
    readonly problem: string | null;
  };
  /** At schools of the principal only: what somebody is elsewhere is not theirs to know. */
  readonly affiliations: readonly {
    readonly schoolId: string;
    readonly schoolName: string;
    /** `since` is null if it was so before the school's first sync. */
    readonly roles: readonly { readonly role: Role; readonly since: Date | null }[];
  }[];
  readonly groups: readonly { readonly id: string; readonly title: string; readonly roles: readonly string[] }[];
  readonly rooms: readonly {
    readonly alias: string;
    readonly kind: string;
    readonly name: string | null;
    readonly groupTitle: string | null;
    readonly level: number;
  }[];
  /** Whom the person may contact at this school, by folder. */
  readonly reach: readonly FolderCount[];
  /** What the person did at this school and what was done there about them, newest first; the audit log has all. */
  readonly history: readonly AuditView[];
};

async function readSchool(reader: Reader, schoolId: string) {
  const school = await reader.school.findUnique({ where: { id: schoolId, leftAt: null } });
  const policy = school && (await readSchoolPolicy(reader, schoolId));
  if (!school || !policy) return null;
  return { school: { id: school.id, name: school.name, isOn: isServed(school) }, policy };
}

async function readReach(reader: Reader, schoolId: string, entry: PersonRow, policy: SchoolPolicy) {
  const visibility = entry.active ? visibilityOf(policy.cells, new Set(rolesOf(entry.mask))) : SEES_NOBODY;
  const scope: Scope = { schoolId, visibility, viewerId: entry.id };
  const ask = asking(reader);
  const [people, { every }] = await Promise.all([countPeople(ask, scope), countGroups(ask, scope)]);
  return foldersOf(people, { total: every, added: 0, removed: 0 }, visibility, visibility);
}

export async function getPerson(principal: Principal, schoolId: string, personId: string): Promise<PersonView | null> {
  if (!mayUseAddressBook(principal, schoolId)) return null;
  const db = database();
  const found = await readSchool(db, schoolId);
  const entry = found && (await findEntry(asking(db), schoolId, personId));
  if (!found || !entry) return null;
  const [person, reach, history] = await Promise.all([
    db.person.findUniqueOrThrow({
      where: { id: personId },
      include: {
        affiliations: {
          include: { school: { select: { name: true } } },
          orderBy: [{ schoolId: "asc" }, { role: "asc" }],
        },
        memberships: {
          where: { group: { schoolId, leftAt: null } },
          include: { group: { select: { title: true, sortTitle: true } } },
        },
        roomMemberships: { where: { room: { schoolId } }, include: { room: { include: { group: true } } } },
      },
    }),
    readReach(db, schoolId, entry, found.policy),
    findPersonHistory(db, { schoolId, personId, limit: HISTORY }),
  ]);
  const own = person.affiliations.filter((held) => mayEditSchool(principal, held.schoolId));
  return {
    school: found.school,
    id: person.id,
    name: nameOf(entry),
    displayName: person.displayName,
    username: person.username,
    localpart: person.localpart,
    isLocked: !entry.active,
    isProtected: entry.is_protected,
    firstSeenAt: person.firstSeenAt,
    account: { state: person.accountState, syncedAt: person.accountSyncedAt, problem: person.accountProblem },
    affiliations: [...Map.groupBy(own, (held) => held.schoolId)].map(([id, held]) => ({
      schoolId: id,
      schoolName: held[0]?.school.name ?? id,
      roles: held.map(({ role, since }) => ({
        role,
        since: since.getTime() === FIRST_SYNC_SINCE.getTime() ? null : since,
      })),
    })),
    groups: [...Map.groupBy(person.memberships, ({ groupId }) => groupId)]
      .map(([id, held]) => ({
        id,
        title: held[0]?.group.title ?? id,
        sort: held[0]?.group.sortTitle ?? "",
        roles: held.map(({ role }) => role),
      }))
      .toSorted((a, b) => (a.sort < b.sort ? -1 : 1)),
    rooms: person.roomMemberships.map(({ alias, level, room }) => ({
      alias,
      level,
      kind: room.kind,
      name: room.name,
      groupTitle: room.group?.title ?? null,
    })),
    reach,
    history,
  };
}

// ---- Warum? ----------------------------------------------------------------------------------------------------

export type CellHistory = {
  readonly cell: Cell;
  readonly allowed: boolean;
  readonly origin: "default" | "school" | "lock";
  readonly lockReason: string | null;
  /** The version since which it is as it is. */
  readonly since: {
    readonly version: number;
    readonly at: Date;
    readonly kind: string;
    readonly authorName: string | null;
    readonly approverName: string | null;
    readonly reason: string;
  } | null;
};

export type Direction = Omit<Explained, "deciding" | "counting"> & {
  readonly from: WhyPerson;
  readonly to: WhyPerson;
  readonly deciding: CellHistory | null;
  /** All that count, the deciding one among them; none is on where nothing decides. */
  readonly counting: readonly CellHistory[];
};
export type WhyPerson = {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly classes: readonly string[];
};
export type Explanation = {
  readonly school: { readonly id: string; readonly name: string; readonly isOn: boolean };
  readonly version: number;
  readonly directions: readonly [Direction, Direction];
};

const sinceRow = z.array(
  z.object({
    number: z.number().int(),
    created_at: z.date(),
    kind: z.string(),
    reason: z.string(),
    author: z.string().nullable(),
    approver: z.string().nullable(),
  }),
);

/** The version after the last one in which the cell was otherwise. */
async function readSince(
  reader: Reader,
  schoolId: string,
  cell: Cell,
  allowed: boolean,
): Promise<CellHistory["since"]> {
  const place = CELLS.findIndex(({ from, to }) => from === cell.from && to === cell.to) + 1;
  const rows = await asking(reader)(sql`
    SELECT v.number, v.created_at, v.kind::text, v.reason, author.display_name AS author, approver.display_name AS approver
    FROM policy_version v LEFT JOIN person author ON author.id = v.author_id
      LEFT JOIN person approver ON approver.id = v.approved_by_id
    WHERE v.school_id = ${schoolId} AND v.number = 1 + coalesce((
      SELECT max(other.number) FROM policy_version other
      WHERE other.school_id = ${schoolId} AND (substr(other.cells, ${place}::integer, 1) IN ('D', 'S', 'L')) <> ${allowed}
    ), 0)`);
  const [row] = sinceRow.parse(rows);
  return row
    ? {
        version: row.number,
        at: row.created_at,
        kind: row.kind,
        authorName: row.author,
        approverName: row.approver,
        reason: row.reason,
      }
    : null;
}

async function describeCell(reader: Reader, schoolId: string, policy: SchoolPolicy, cell: Cell): Promise<CellHistory> {
  const { allowed, origin } = cellState(policy.cells, cell);
  const { locked, reason } = frameCell(policy.frame, cell);
  return {
    cell,
    allowed,
    origin,
    lockReason: locked ? (reason ?? "") : null,
    since: await readSince(reader, schoolId, cell, allowed),
  };
}

async function readSharesGroup(reader: Reader, schoolId: string, one: string, other: string): Promise<boolean> {
  const rows = await asking(reader)(sql`SELECT 1 FROM group_member a JOIN group_member b USING (group_id)
    JOIN school_group g ON g.id = group_id
    WHERE a.person_id = ${one} AND b.person_id = ${other} AND g.school_id = ${schoolId} AND g.left_at IS NULL LIMIT 1`);
  return z.array(z.unknown()).parse(rows).length > 0;
}

const sideOf = (entry: PersonRow): Side => ({
  id: entry.id,
  roles: new Set(rolesOf(entry.mask)),
  isLocked: !entry.active,
  isProtected: entry.is_protected,
});
const whyPerson = (entry: PersonRow): WhyPerson => ({
  id: entry.id,
  name: nameOf(entry),
  roles: rolesOf(entry.mask),
  classes: entry.classes,
});

/** May the one contact the other at this school, and the other the one; of the policy in effect. */
export async function getExplanation(
  principal: Principal,
  schoolId: string,
  oneId: string,
  otherId: string,
): Promise<Explanation | null> {
  if (!mayUseAddressBook(principal, schoolId)) return null;
  const db = database();
  const ask = asking(db);
  const found = await readSchool(db, schoolId);
  const one = found && (await findEntry(ask, schoolId, oneId));
  const other = found && (await findEntry(ask, schoolId, otherId));
  if (!found || !one || !other) return null;
  const { school, policy } = found;
  const sharesGroup = await readSharesGroup(db, schoolId, oneId, otherId);
  const explain = async (from: PersonRow, to: PersonRow): Promise<Direction> => {
    const { verdict, ceiling, deciding, counting } = explainContact(
      { isOn: school.isOn, cells: policy.cells },
      sideOf(from),
      sideOf(to),
      sharesGroup,
    );
    const described = await Promise.all(counting.map((cell) => describeCell(db, schoolId, policy, cell)));
    const isDeciding = ({ cell }: CellHistory) => cell.from === deciding?.from && cell.to === deciding.to;
    return {
      from: whyPerson(from),
      to: whyPerson(to),
      verdict,
      ceiling,
      deciding: described.find(isDeciding) ?? null,
      counting: described,
    };
  };
  return { school, version: policy.version, directions: [await explain(one, other), await explain(other, one)] };
}

/** Somebody of the school, for a field that holds an id; null for everybody else. */
export async function getPersonName(principal: Principal, schoolId: string, personId: string): Promise<string | null> {
  if (!mayUseAddressBook(principal, schoolId)) return null;
  const entry = await findEntry(asking(database()), schoolId, personId);
  return entry && nameOf(entry);
}
