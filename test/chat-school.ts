// Two small schools with people in every position that a rule of the gate knows, each signed in at a test's Synapse.
// The matrix is the state's default, but that pupils of the first school may contact teachers.
import type { Database } from "#lib/db/client.ts";
import { groupAlias } from "#lib/ids/aliases.ts";
import type { Cell, Role } from "#lib/policy/roles.ts";
import { lockSchoolPolicy, writeVersion } from "#lib/policy/store.ts";
import { addGroup, addPerson, addSchool } from "./school.ts";
import type { MatrixSession, TestSystem } from "./system.ts";

export const FIRST_SCHOOL = "DE-RP-SN-10001";
export const SECOND_SCHOOL = "DE-RP-SN-10002";
/** Taught by teacher; pupila and pupilc are in it. */
export const OWN_CLASS = "7b";
export const FOREIGN_CLASS = "5a";

/** As the published client writes it into join rules. */
export const aliasOf = (groupId: string, schoolId = FIRST_SCHOOL): string =>
  `#${groupAlias(schoolId, groupId)}:localhost`;

type Position = {
  readonly roles?: Readonly<Record<string, readonly Role[]>>;
  readonly locked?: boolean;
  readonly addressProtected?: boolean;
};

/** By id in the directory. */
const POSITIONS = {
  teacher: { roles: { [FIRST_SCHOOL]: ["teacher"] } },
  colleague: { roles: { [FIRST_SCHOOL]: ["teacher"] } },
  pupila: { roles: { [FIRST_SCHOOL]: ["student"] } },
  pupilb: { roles: { [FIRST_SCHOOL]: ["student"] } },
  pupilc: { roles: { [FIRST_SCHOOL]: ["student"] } },
  guardian: { roles: { [FIRST_SCHOOL]: ["guardian"] } },
  /** Teaches at both schools. */
  traveller: { roles: { [FIRST_SCHOOL]: ["teacher"], [SECOND_SCHOOL]: ["teacher"] } },
  foreignteacher: { roles: { [SECOND_SCHOOL]: ["teacher"] } },
  /** Of a school where pupils may contact nobody. */
  foreignpupil: { roles: { [SECOND_SCHOOL]: ["student"] } },
  lockedteacher: { roles: { [FIRST_SCHOOL]: ["teacher"] }, locked: true },
  protectedpupil: { roles: { [FIRST_SCHOOL]: ["student"] }, addressProtected: true },
  /** An account that the directory does not know. */
  unknown: {},
  /** A server admin who is not the provisioner; nobody in the directory. */
  serveradmin: {},
} as const satisfies Record<string, Position>;

export type Part = keyof typeof POSITIONS;
export type ChatSchool = {
  readonly system: TestSystem;
  readonly people: Readonly<Record<Part, MatrixSession>>;
};

const parts = Object.entries(POSITIONS) as [Part, Position][];

export async function openChatSchool(system: TestSystem): Promise<ChatSchool> {
  await writeDirectory(system.database.db);
  const sessions: Partial<Record<Part, MatrixSession>> = {};
  for (const [part] of parts) sessions[part] = await system.signIn(`u-${part}`, `Test, ${part}`);
  const people = sessions as Record<Part, MatrixSession>;
  const admin = encodeURIComponent(people.serveradmin.userId);
  await system.provisioner.request("PUT", `/_synapse/admin/v1/users/${admin}/admin`, { admin: true });
  return { system, people };
}

async function writeDirectory(db: Database): Promise<void> {
  await addSchool(db, FIRST_SCHOOL);
  await addSchool(db, SECOND_SCHOOL);
  for (const [part, { roles, locked, addressProtected = false }] of parts) {
    if (roles === undefined) continue;
    await addPerson(db, { id: part, roles, addressProtected });
    if (locked === true) await setLocked(db, part, true);
  }
  await setCell(db, { from: "student", to: "teacher" }, true);
  await addGroup(db, FOREIGN_CLASS, SECOND_SCHOOL, ["foreignpupil"]);
  await addGroup(db, OWN_CLASS, FIRST_SCHOOL, ["pupila", "pupilc"]);
  await db.groupMember.create({
    data: { groupId: OWN_CLASS, personId: "teacher", role: "teacher", enrollmentId: "7b-teacher" },
  });
}

/** Puts a version of the first school into effect; sensitive cells would need an approval. */
export async function setCell(db: Database, cell: Cell, allowed: boolean): Promise<void> {
  await db.$transaction(async (tx) => {
    const policy = await lockSchoolPolicy(tx, FIRST_SCHOOL);
    if (policy === null) throw new Error(`${FIRST_SCHOOL} has no policy`);
    const version = { schoolId: FIRST_SCHOOL, kind: "change", policy, authorId: null, reason: "Test" } as const;
    await writeVersion(tx, { ...version, edits: [{ cell, allowed }] });
  });
}

export async function setLocked(db: Database, part: Part, locked: boolean): Promise<void> {
  await db.person.update({ where: { id: part }, data: { enabled: !locked } });
}

/** The first school's own switch: off, and nothing new is allowed there. */
export async function setServed(db: Database, schoolEnabled: boolean): Promise<void> {
  await db.school.update({ where: { id: FIRST_SCHOOL }, data: { schoolEnabled } });
}
