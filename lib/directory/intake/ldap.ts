// A pull of the configured LDAP groups: everything is read first, then each school is written in one transaction together
// with the jobs that follow. LDAP says who is in a group; people and roles stay the directory's.
import type { Database, Transaction } from "#lib/db/client.ts";
import { withLdap, type LdapOptions, type LdapReader } from "#lib/ldap/client.ts";
import { LdapError, type LdapFailure } from "#lib/ldap/errors.ts";
import { correlationId, log } from "#lib/log/log.ts";
import { emptyCounts, finishRun, startRun, type SyncCounts } from "../runs.ts";
import type { DirectoryProblem, SchoolChange } from "../types.ts";
import {
  desiredLdapGroups,
  keysOf,
  type DesiredLdapGroup,
  type LdapGroup,
  type LdapPeople,
  type ReadGroup,
} from "./ldap-groups.ts";
import type { Match } from "./people.ts";
import { addMembers, endOtherGroups, holdSchool, removeOtherMembers, writeIntakeGroup } from "./store.ts";

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

export async function syncLdap(dependencies: LdapDependencies): Promise<LdapSyncResult> {
  const { db } = dependencies;
  const kind = "full";
  const head = { source: SOURCE, kind, schoolId: null, requestedById: null, correlationId: correlationId() } as const;
  const runId = await startRun(db, head);
  const counts = emptyCounts();
  const problems: DirectoryProblem[] = [];
  let failure: LdapSyncFailure | null = null;
  try {
    await pullGroups(dependencies, counts, problems);
  } catch (error) {
    failure = failureOf(error);
    log.error({ err: error, runId, failure }, "LDAP sync failed");
  }
  await finishRun(db, runId, { kind, failure, counts, problems });
  log.info({ runId, failure, counts, problems: problems.length }, "LDAP sync finished");
  return { failure, counts, problems };
}

async function pullGroups(
  dependencies: LdapDependencies,
  counts: SyncCounts,
  problems: DirectoryProblem[],
): Promise<void> {
  const { db, ldap, people, groups } = dependencies;
  const read = await withLdap(ldap, (reader) => readEverything(reader, people, groups, problems));
  if (read.keys.size === 0) throw new EmptyAnswerError("no people");
  counts.people = read.keys.size;
  const bySchool = Map.groupBy(read.groups, ({ config }) => config.school);
  // a school that is configured no more keeps no group of ours
  const former = await db.group.findMany({ where: { source: SOURCE, leftAt: null }, select: { schoolId: true } });
  const schools = new Set([...bySchool.keys(), ...former.map(({ schoolId }) => schoolId)]);
  counts.schools = schools.size;
  for (const schoolId of schools) {
    const desired = desiredLdapGroups(bySchool.get(schoolId) ?? [], read.keys, people.attribute);
    problems.push(...desired.problems.map((problem) => ({ ...problem, schoolId })));
    await db.$transaction(async (tx) => {
      problems.push(...(await writeSchoolGroups(dependencies, tx, schoolId, desired.groups, counts)));
    }, TRANSACTION);
  }
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

/** @returns problems that only the database could tell */
async function writeSchoolGroups(
  { people, onSchoolChanged }: LdapDependencies,
  tx: Transaction,
  schoolId: string,
  groups: readonly DesiredLdapGroup[],
  counts: SyncCounts,
): Promise<readonly DirectoryProblem[]> {
  if (!(await holdSchool(tx, schoolId))) {
    return [{ recordType: "school", recordId: schoolId, reason: "unknownSchool" }];
  }
  const problems: DirectoryProblem[] = [];
  const keys = new Set(groups.flatMap((group) => group.members.map((member) => member.key)));
  const known = await findByKey(tx, people.match, schoolId, [...keys]);
  for (const [key, reason] of known.problems) {
    problems.push({ recordType: "person", recordId: key.slice(0, 255), reason, schoolId });
  }
  const changed: string[] = [];
  for (const { group: id, title, kind, members, isComplete } of groups) {
    const written = await writeIntakeGroup(tx, SOURCE, schoolId, {
      id,
      title,
      kind,
      description: "",
      isBidirectional: null,
    });
    if (written === "groupOfAnotherSchool" || written === "groupOfAnotherSource") {
      problems.push({ recordType: "group", recordId: id, reason: written, schoolId });
      continue;
    }
    const rows = members.flatMap(({ key, role }) => {
      const personId = known.people.get(key);
      return personId === undefined ? [] : [{ personId, role, isModerator: false }];
    });
    const isSure = [...known.problems.values()].every((reason) => reason !== "ambiguousPerson");
    let changes = await addMembers(tx, id, rows, { isAuthoritative: true });
    if (isComplete && isSure) changes += await removeOtherMembers(tx, id, rows);
    if (written !== "unchanged" || changes > 0) changed.push(id);
    counts.members += rows.length;
    counts.membersChanged += changes;
  }
  const kept = groups.map((group) => group.group);
  changed.push(...(await endOtherGroups(tx, SOURCE, schoolId, kept)));
  counts.groups += groups.length;
  counts.groupsChanged += changed.length;
  if (changed.length > 0) counts.jobs += await onSchoolChanged(tx, { schoolId, personIds: [], groupIds: changed });
  return problems;
}

type Known = {
  readonly people: ReadonlyMap<string, string>;
  readonly problems: ReadonlyMap<string, "unknownPerson" | "ambiguousPerson" | "notOfThisSchool">;
};

async function findByKey(tx: Transaction, match: Match, schoolId: string, keys: readonly string[]): Promise<Known> {
  const column = match === "directoryId" ? "id" : match;
  const rows = await tx.person.findMany({
    where: { [column]: { in: [...keys] } },
    select: { id: true, subject: true, username: true, affiliations: { where: { schoolId }, take: 1 } },
  });
  const people = new Map<string, string>();
  const problems = new Map<string, "unknownPerson" | "ambiguousPerson" | "notOfThisSchool">();
  for (const key of keys) {
    const [first, second] = rows.filter((row) => row[column] === key);
    if (first === undefined) problems.set(key, "unknownPerson");
    else if (second !== undefined) problems.set(key, "ambiguousPerson");
    else {
      people.set(key, first.id);
      // is noted as a member, and joins as soon as the directory says that the person belongs here
      if (first.affiliations.length === 0) problems.set(key, "notOfThisSchool");
    }
  }
  return { people, problems };
}

function failureOf(error: unknown): LdapSyncFailure {
  if (error instanceof LdapError) return error.code;
  return error instanceof EmptyAnswerError ? "emptyAnswer" : "unexpected";
}
