// People of a server that has no list of a school's users: all of them pass by once, page by page, and wait in a table
// for their school's turn, because there is no room for half a million of them in memory.
import { z } from "zod";
import type { Pulled } from "#lib/oneroster/client.ts";
import { OneRosterError } from "#lib/oneroster/errors.ts";
import type { OneRosterUser, RecordProblem } from "#lib/oneroster/records.ts";
import { atSchools } from "./organisations.ts";
import { organisationsOf } from "./role-mapping.ts";
import type { Run } from "./run.ts";

/** More than this is not a list with some bad records but a server that speaks another language. */
const MAX_PROBLEMS = 10_000;

const date = z.coerce.date().nullable();
const roles = z.array(z.object({ schoolId: z.string(), role: z.string(), beginDate: date, endDate: date })).nullable();
const stagedUser: z.ZodType<OneRosterUser> = z.object({
  id: z.string(),
  active: z.boolean(),
  modifiedAt: date,
  username: z.string(),
  enabled: z.boolean(),
  givenName: z.string(),
  familyName: z.string(),
  identifier: z.string(),
  email: z.string().nullable(),
  addressProtected: z.boolean(),
  userIds: z.array(z.object({ type: z.string(), identifier: z.string() })),
  plainRole: z.string(),
  schoolIds: z.array(z.string()),
  metadataRoles: roles,
  roles,
});

export type StagedUsers = { readonly of: (schoolId: string) => Promise<Pulled<OneRosterUser>> };

export async function stageUsers(run: Run): Promise<StagedUsers> {
  const { db } = run.dependencies;
  const problems: RecordProblem[] = [];
  for await (const page of run.pull.allUsers()) {
    problems.push(...page.problems);
    if (problems.length > MAX_PROBLEMS) throw new OneRosterError("notOneRoster", "most users cannot be read");
    const rows = page.records.flatMap((record) => {
      const user = atSchools(record, run.schoolOf);
      return [...organisationsOf(user)].map((schoolId) => ({ runId: run.id, schoolId, userId: user.id, record: user }));
    });
    await db.$executeRaw`
      INSERT INTO sync_staged_user (run_id, school_id, user_id, record)
      SELECT ${run.id}::uuid, school_id, user_id, record
      FROM jsonb_to_recordset(${JSON.stringify(rows.map(({ schoolId, userId, record }) => ({ school_id: schoolId, user_id: userId, record })))}::jsonb)
        AS staged (school_id text, user_id text, record jsonb)`;
  }
  return {
    of: async (schoolId) => {
      const rows = await db.syncStagedUser.findMany({ where: { runId: run.id, schoolId }, orderBy: { userId: "asc" } });
      // whose school an unreadable record belongs to is not known: it protects everywhere
      return { records: rows.map((row) => stagedUser.parse(row.record)), problems };
    },
  };
}

/** The people of one school, out of all. */
export async function filterUsers(run: Run, schoolId: string): Promise<Pulled<OneRosterUser>> {
  const records: OneRosterUser[] = [];
  const problems: RecordProblem[] = [];
  for await (const page of run.pull.allUsers()) {
    problems.push(...page.problems);
    const users = page.records.map((record) => atSchools(record, run.schoolOf));
    records.push(...users.filter((user) => organisationsOf(user).has(schoolId)));
  }
  return { records, problems };
}
