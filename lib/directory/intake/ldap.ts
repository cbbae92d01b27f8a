// A pull of the configured LDAP groups: everything is read first, then each school is written in one transaction together
// with the jobs that follow. LDAP says who is in a group; people and roles stay the directory's.
import type { Database, Transaction } from "#lib/db/client.ts";
import { withLdap, type LdapOptions, type LdapReader } from "#lib/ldap/client.ts";
import { LdapError, type LdapFailure } from "#lib/ldap/errors.ts";
import { correlationId, log } from "#lib/log/log.ts";
import { rolledBack } from "../rolled-back.ts";
import { addReport, emptyCounts, finishRun, startRun, trackSchools, type SyncCounts } from "../runs.ts";
import type { DirectoryProblem, SchoolChange } from "../types.ts";
import {
  desiredLdapGroups,
  keysOf,
  type DesiredLdapGroup,
  type LdapGroup,
  type LdapPeople,
  type ReadGroup,
} from "./ldap-groups.ts";
import { storeLdapSchool, type StoredLdapSchool } from "./ldap-store.ts";

export type LdapDependencies = {
  readonly db: Database;
  readonly ldap: LdapOptions;
  readonly people: LdapPeople;
  readonly groups: readonly LdapGroup[];
  readonly onSchoolChanged: (tx: Transaction, change: SchoolChange) => Promise<number>;
};

/** Codes of failed runs: the source's own, and ours. */
export type LdapSyncFailure = LdapFailure | "emptyAnswer" | "unexpected";

export type LdapSyncResult = {
  readonly runId: string;
  readonly failure: LdapSyncFailure | null;
  readonly counts: SyncCounts;
  readonly problems: readonly DirectoryProblem[];
};

const SOURCE = "ldap";
const TRANSACTION = { timeout: 60_000, maxWait: 10_000 };

/** Nobody at all is a broken search or a missing right, not a state that everybody has left. */
class EmptyAnswerError extends Error {
  override readonly name = "EmptyAnswerError";
}

export type LdapRequest = {
  /** Of one school only. */
  readonly schoolId?: string | null;
  readonly requestedById?: string | null;
  /** Only finds out what it would do; nothing stays but the run's own rows. */
  readonly dryRun?: boolean;
};

export async function syncLdap(dependencies: LdapDependencies, request: LdapRequest = {}): Promise<LdapSyncResult> {
  const { db } = dependencies;
  const { schoolId = null, requestedById = null, dryRun = false } = request;
  const kind = dryRun ? "dryRun" : "full";
  const runId = await startRun(db, { source: SOURCE, kind, schoolId, requestedById, correlationId: correlationId() });
  const counts = emptyCounts();
  const problems: DirectoryProblem[] = [];
  let failure: LdapSyncFailure | null = null;
  try {
    await pullGroups(dependencies, { runId, schoolId, dryRun }, counts, problems);
  } catch (error) {
    failure = failureOf(error);
    log.error({ err: error, runId, failure }, "LDAP sync failed");
  }
  await finishRun(db, runId, { kind, failure, counts, problems });
  log.info({ runId, kind, failure, counts, problems: problems.length }, "LDAP sync finished");
  return { runId, failure, counts, problems };
}

type LdapRun = { readonly runId: string; readonly schoolId: string | null; readonly dryRun: boolean };

async function pullGroups(
  dependencies: LdapDependencies,
  run: LdapRun,
  counts: SyncCounts,
  problems: DirectoryProblem[],
): Promise<void> {
  const { db, ldap, people } = dependencies;
  const isOfRun = (schoolId: string): boolean => run.schoolId === null || run.schoolId === schoolId;
  const groups = dependencies.groups.filter(({ school }) => isOfRun(school));
  const read = await withLdap(ldap, (reader) => readEverything(reader, people, groups, problems));
  if (read.keys.size === 0) throw new EmptyAnswerError("no people");
  counts.people = read.keys.size;
  const bySchool = Map.groupBy(read.groups, ({ config }) => config.school);
  // a school that is configured no more keeps no group of ours
  const former = await db.group.findMany({ where: { source: SOURCE, leftAt: null }, select: { schoolId: true } });
  const schools = new Set([...bySchool.keys(), ...former.map(({ schoolId }) => schoolId).filter(isOfRun)]);
  counts.schools = schools.size;
  const progress = await trackSchools(db, run.runId, schools.size);
  for (const schoolId of schools) {
    const desired = desiredLdapGroups(bySchool.get(schoolId) ?? [], read.keys, people.attribute);
    problems.push(...desired.problems.map((problem) => ({ ...problem, schoolId })));
    const stored = await storeOrTry(dependencies, run, schoolId, desired.groups);
    problems.push(...stored.problems);
    counts.groups += desired.groups.length;
    counts.members += stored.members;
    counts.groupsChanged += stored.groupIds.length;
    counts.membersChanged += stored.difference.members.added.length + stored.difference.members.removed.length;
    counts.held += stored.held.length;
    counts.jobs += stored.report?.jobs ?? 0;
    await progress.step();
  }
}

async function storeOrTry(
  { db, people: { match }, onSchoolChanged }: LdapDependencies,
  { runId, dryRun }: LdapRun,
  schoolId: string,
  groups: readonly DesiredLdapGroup[],
): Promise<StoredLdapSchool> {
  const store = { match, runId, onSchoolChanged, now: new Date() };
  const note = async (tx: Transaction, { report }: StoredLdapSchool): Promise<void> => {
    if (report !== null) await addReport(tx, runId, schoolId, report);
  };
  if (dryRun) {
    const stored = await rolledBack(db, (tx) => storeLdapSchool(store, tx, schoolId, groups), TRANSACTION);
    await db.$transaction((tx) => note(tx, stored));
    return stored;
  }
  return await db.$transaction(async (tx) => {
    const stored = await storeLdapSchool(store, tx, schoolId, groups);
    await note(tx, stored);
    return stored;
  }, TRANSACTION);
}

/** @throws {LdapError} for whatever makes the read incomplete; a group whose base is missing only speaks for itself */
async function readEverything(
  reader: LdapReader,
  people: LdapPeople,
  groups: readonly LdapGroup[],
  problems: DirectoryProblem[],
): Promise<{ readonly keys: ReadonlyMap<string, string>; readonly groups: readonly ReadGroup[] }> {
  const search = async (base: string, filter: string, attributes: readonly string[]) => {
    const { entries, referrals } = await reader.search({ base, filter, attributes });
    for (const address of referrals) {
      problems.push({ recordType: "referral", recordId: address.slice(0, 255), reason: "referralNotFollowed" });
    }
    return { entries, isWhole: referrals.length === 0 };
  };
  const found = await search(people.base, people.filter, [people.attribute]);
  const read: ReadGroup[] = [];
  for (const config of groups) {
    const attributes = [config.members === "entry" ? people.attribute : config.memberAttribute];
    try {
      const { entries, isWhole } = await search(config.base, config.filter, attributes);
      // whoever stands on the other server may be a member: what was found is added, nobody is taken out
      read.push({ config, found: entries, isWhole: isWhole && found.isWhole });
    } catch (error) {
      if (!(error instanceof LdapError) || (error.code !== "baseMissing" && error.code !== "referral")) throw error;
      read.push({ config, found: null, isWhole: false });
    }
  }
  return { keys: keysOf(found.entries, people.attribute), groups: read };
}

function failureOf(error: unknown): LdapSyncFailure {
  if (error instanceof LdapError) return error.code;
  return error instanceof EmptyAnswerError ? "emptyAnswer" : "unexpected";
}
