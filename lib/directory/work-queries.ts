// What the screens on a school's syncs read beside its runs: what is under way, what could not be understood, and the
// names of whom a report speaks.
import { z } from "zod";
import { isLandAdmin, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { ldapKey, SYNC_KEY, syncKey } from "#lib/jobs/queues.ts";
import { SOURCE } from "./difference.ts";
import { findIntakeProblems } from "./intake/problems.ts";
import { findSchoolProblems, maySyncSchool } from "./queries.ts";
import type { SchoolReport } from "./report.ts";
import { PULLED_SOURCES, type PulledSource } from "./runs.ts";

export type SyncWork = {
  readonly state: "queued" | "running";
  /** Since when it waits, or runs. */
  readonly since: Date;
};
/** How far a run over all schools is. */
export type RunProgress = {
  readonly of: "sync" | "dryRun";
  readonly total: number;
  readonly done: number;
  readonly startedAt: Date;
};
export type StateSyncWork = SchoolWork & {
  /** Null while none runs, and before its list of schools is read. */
  readonly progress: RunProgress | null;
};
export type SchoolWork = { readonly sync: SyncWork | null; readonly dryRun: SyncWork | null };

const jobRow = z.object({ key: z.string(), state: z.enum(["queued", "running"]), since: z.date() });

/** Syncs of all schools that wait or run; null for everybody but the state. */
export async function findStateSyncWork(reader: Reader, principal: Principal): Promise<StateSyncWork | null> {
  if (!isLandAdmin(principal)) return null;
  const dryKeys = [syncKey(null, true), ldapKey(null, true)];
  const jobs = await readJobs(reader, [SYNC_KEY, ...dryKeys]);
  const work = { sync: shownWork(jobs, [SYNC_KEY]), dryRun: shownWork(jobs, dryKeys) };
  const run = await reader.syncRun.findFirst({
    where: { source: SOURCE, schoolId: null, outcome: "running", schoolsTotal: { not: null } },
    orderBy: { startedAt: "desc" },
    select: { kind: true, schoolsTotal: true, schoolsDone: true, startedAt: true },
  });
  const { kind, schoolsTotal: total, schoolsDone: done, startedAt } = run ?? NO_RUN;
  const of = kind === "dryRun" ? "dryRun" : "sync";
  // the row of a run that ended with its process stays until the next one
  if (total === null || work[of]?.state !== "running") return { ...work, progress: null };
  return { ...work, progress: { of, total, done, startedAt } };
}

const NO_RUN = { kind: "full", schoolsTotal: null, schoolsDone: 0, startedAt: new Date(0) } as const;

/** Syncs of a school that wait or run, those of all schools included; null if it is none of the person's business. */
export async function findSyncWork(reader: Reader, principal: Principal, schoolId: string): Promise<SchoolWork | null> {
  if (!maySyncSchool(principal, schoolId)) return null;
  const keys = [syncKey(schoolId), ldapKey(schoolId), SYNC_KEY];
  const dryKeys = [syncKey(schoolId, true), ldapKey(schoolId, true)];
  const jobs = await readJobs(reader, [...keys, ...dryKeys]);
  return { sync: shownWork(jobs, keys), dryRun: shownWork(jobs, dryKeys) };
}

function shownWork(jobs: readonly z.infer<typeof jobRow>[], keys: readonly string[]): SyncWork | null {
  const of = jobs.filter(({ key }) => keys.includes(key));
  const shown = of.find(({ state }) => state === "running") ?? of[0];
  return shown === undefined ? null : { state: shown.state, since: shown.since };
}

async function readJobs(reader: Reader, keys: readonly string[]) {
  const rows: unknown = await reader.$queryRaw`
    SELECT singleton_key AS key, CASE state WHEN 'active' THEN 'running' ELSE 'queued' END AS state,
      coalesce(started_on, created_on) AS since
    FROM pgboss.job WHERE name IN ('directory-sync', 'ldap-sync') AND state < 'completed' AND start_after <= now()
      AND singleton_key = ANY (${[...keys]}::text[])
    ORDER BY created_on`;
  return z.array(jobRow).parse(rows);
}

export type RecordProblem = {
  readonly source: PulledSource | "amqp";
  readonly recordType: string;
  readonly recordId: string;
  readonly reason: string;
  /** When it came last; null for those of the last sync. */
  readonly at: Date | null;
};
export type RecordProblems = {
  readonly problems: readonly RecordProblem[];
  /** People whom messages put into a group although the directory does not know them at the school. */
  readonly strangers: readonly { readonly group: string; readonly person: string }[];
};

/** Records of all sources that could not be understood; null if it is none of the person's business. */
export async function findRecordProblems(
  reader: Reader,
  principal: Principal,
  schoolId: string,
): Promise<RecordProblems | null> {
  if (!maySyncSchool(principal, schoolId)) return null;
  const [pulled, ofMessages] = await Promise.all([
    Promise.all(
      PULLED_SOURCES.map(async (source) => {
        const problems = await findSchoolProblems(reader, principal, schoolId, source);
        return problems.map((problem): RecordProblem => ({ source, ...problem, at: null }));
      }),
    ),
    findIntakeProblems(reader, schoolId),
  ]);
  const names = await readNames(
    reader,
    ofMessages.strangers.map(({ personId }) => personId),
    ofMessages.strangers.map(({ groupId }) => groupId),
  );
  return {
    problems: [
      ...ofMessages.problems.map(({ recordType, recordId, reason, lastAt }): RecordProblem => {
        return { source: "amqp", recordType, recordId, reason, at: lastAt };
      }),
      ...pulled.flat(),
    ],
    strangers: ofMessages.strangers.map(({ groupId, personId }) => ({
      group: names.groups.get(groupId) ?? groupId,
      person: names.people.get(personId) ?? personId,
    })),
  };
}

export type Names = { readonly people: ReadonlyMap<string, string>; readonly groups: ReadonlyMap<string, string> };

async function readNames(reader: Reader, personIds: readonly string[], groupIds: readonly string[]): Promise<Names> {
  const [people, groups] = await Promise.all([
    reader.person.findMany({ where: { id: { in: [...personIds] } }, select: { id: true, displayName: true } }),
    reader.group.findMany({ where: { id: { in: [...groupIds] } }, select: { id: true, title: true } }),
  ]);
  return {
    people: new Map(people.map(({ id, displayName }) => [id, displayName])),
    groups: new Map(groups.map(({ id, title }) => [id, title])),
  };
}

/** A report keeps ids where the directory knows the name; whoever is still to come is named in the report itself. */
export async function findReportNames(reader: Reader, report: SchoolReport): Promise<Names> {
  const { peopleAdded, peopleChanged, peopleRemoved, rolesAdded, rolesRemoved, held } = report;
  const { groupsAdded, groupsChanged, groupsRemoved, membersAdded, membersRemoved } = report;
  const members = [...membersAdded.first, ...membersRemoved.first];
  const people = [...peopleAdded.first, ...peopleChanged.first, ...peopleRemoved.first];
  const groups = [...groupsAdded.first, ...groupsChanged.first, ...groupsRemoved.first];
  const known = await readNames(
    reader,
    [
      ...people.map(({ id }) => id),
      ...[...rolesAdded.first, ...rolesRemoved.first, ...members].map(({ personId }) => personId),
      ...held.first.flatMap(({ personId }) => personId ?? []),
    ],
    [
      ...groups.map(({ id }) => id),
      ...members.map(({ groupId }) => groupId),
      ...held.first.flatMap(({ groupId }) => groupId ?? []),
    ],
  );
  const told = <T>(items: readonly T[], nameOf: (item: T) => readonly [string, string | null]) =>
    items.flatMap((item): [string, string][] => {
      const [id, name] = nameOf(item);
      return name === null ? [] : [[id, name]];
    });
  return {
    people: new Map([...told(people, ({ id, name }) => [id, name]), ...known.people]),
    groups: new Map([...told(groups, ({ id, title }) => [id, title]), ...known.groups]),
  };
}
