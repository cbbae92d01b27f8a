// Reading the directory's runs: what they did, what they could not use, what the guard holds back (permissions design §9:
// orgAdmin and schoolManagement of the school, the state for all).
import { isLandAdmin, ownSchoolIds, rolesAt, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import type { Role } from "#lib/policy/roles.ts";
import { SOURCE } from "./difference.ts";
import { HOLD_KINDS, HOLD_RULES, type HoldKind, type HoldRule } from "./guard.ts";
import { schoolReportSchema, type SchoolReport } from "./report.ts";
import {
  emptyCounts,
  PULLED_SOURCES,
  RUN_KINDS,
  syncCountsSchema,
  type PulledSource,
  type RunKind,
  type SyncCounts,
} from "./runs.ts";

export type SyncRunHead = {
  readonly id: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly outcome: "running" | "succeeded" | "failed";
  readonly failure: string | null;
  readonly correlationId: string;
  readonly counts: SyncCounts;
};

type StoredRun = Omit<SyncRunHead, "counts"> & { readonly counts: unknown };

function headOf({ id, startedAt, finishedAt, outcome, failure, correlationId, counts }: StoredRun): SyncRunHead {
  const decoded = syncCountsSchema.safeParse(counts).data ?? emptyCounts();
  return { id, startedAt, finishedAt, outcome, failure, correlationId, counts: decoded };
}

/** The newest run of a source over all schools, or null before the first one. */
export async function findLatestRun(reader: Reader, source: PulledSource = SOURCE): Promise<SyncRunHead | null> {
  const run = await reader.syncRun.findFirst({
    where: { source, schoolId: null, kind: { not: "dryRun" } },
    orderBy: { startedAt: "desc" },
  });
  return run && headOf(run);
}

export type RunProblem = { readonly recordType: string; readonly recordId: string; readonly reason: string };

/** The records that a run could not use, in the order in which they came. */
export async function findRunProblems(reader: Reader, runId: string, limit = 200): Promise<readonly RunProblem[]> {
  return await reader.syncProblem.findMany({
    where: { runId },
    orderBy: { id: "asc" },
    take: limit,
    select: { recordType: true, recordId: true, reason: true },
  });
}

export type RunReport = { readonly schoolId: string; readonly report: SchoolReport };

/** What a run did, or a dry run would do, school by school; for the command line. */
export async function findRunReports(reader: Reader, runId: string): Promise<readonly RunReport[]> {
  const rows = await reader.syncSchoolChange.findMany({ where: { runId }, orderBy: { schoolId: "asc" } });
  return rows.flatMap(({ schoolId, report }) => {
    const decoded = schoolReportSchema.safeParse(report).data;
    return decoded === undefined ? [] : [{ schoolId, report: decoded }];
  });
}

/** Who may see and start the syncs of a school, and see what is held back there. */
export function maySyncSchool(principal: Principal, schoolId: string): boolean {
  return isLandAdmin(principal) || ownSchoolIds(principal).includes(schoolId);
}

/** School management and the state (design §9); not the administrators of the school. */
export function mayReleaseHeld(principal: Principal, schoolId: string): boolean {
  return isLandAdmin(principal) || rolesAt(principal, schoolId).includes("schoolManagement");
}

export type SchoolRun = SyncRunHead & {
  readonly source: PulledSource;
  readonly kind: RunKind;
  /** Null for a run over all schools. */
  readonly schoolId: string | null;
  readonly requestedById: string | null;
  /** Null where the run changed nothing at the school. */
  readonly report: SchoolReport | null;
};

export type SchoolRunSearch = {
  readonly limit?: number;
  readonly kinds?: readonly RunKind[];
  readonly source?: PulledSource;
};

/**
 * The newest runs of a source that looked at the school, with what they changed there. Empty if it is none of the
 * person's business.
 */
export async function findSchoolRuns(
  reader: Reader,
  principal: Principal,
  schoolId: string,
  { limit = 20, kinds = ["full", "delta"], source = SOURCE }: SchoolRunSearch = {},
): Promise<readonly SchoolRun[]> {
  if (!maySyncSchool(principal, schoolId)) return [];
  // LDAP keeps groups of some schools only
  const isKept = source === SOURCE || (await reader.group.count({ where: { schoolId, source } })) > 0;
  const ofAll = { schoolId: null, kind: { not: "dryRun" }, ...(!isKept && { changes: { some: { schoolId } } }) };
  const runs = await reader.syncRun.findMany({
    // a dry run over all schools is the state's
    where: { source, kind: { in: [...kinds] }, OR: [{ schoolId }, ofAll] },
    orderBy: { startedAt: "desc" },
    take: limit,
    include: { changes: { where: { schoolId } } },
  });
  return runs.map((run) => ({
    ...headOf(run),
    ...(run.schoolId === null && { counts: emptyCounts() }), // of all schools: none of this school's business
    source,
    kind: kindOf(run.kind),
    schoolId: run.schoolId,
    requestedById: run.requestedById,
    report: schoolReportSchema.safeParse(run.changes[0]?.report).data ?? null,
  }));
}

const kindOf = (kind: string): RunKind => RUN_KINDS.find((known) => known === kind) ?? "full";

/** The newest dry run of the directory for the school that has ended and succeeded, not older than `maxAgeMs`. */
export async function findFreshDryRun(
  reader: Reader,
  schoolId: string,
  now: Date,
  maxAgeMs: number = DRY_RUN_VALID_MS,
): Promise<{ readonly runId: string } | null> {
  const run = await reader.syncRun.findFirst({
    where: {
      source: SOURCE,
      kind: "dryRun",
      schoolId,
      outcome: "succeeded",
      startedAt: { gte: new Date(now.getTime() - maxAgeMs) },
    },
    orderBy: { startedAt: "desc" },
    select: { id: true },
  });
  return run && { runId: run.id };
}

/** A school is switched on for the first time only with a dry run that is not older (design §6, Guard). */
export const DRY_RUN_VALID_MS = 24 * 3_600_000;

export type StateRunHead = SyncRunHead & { readonly kind: RunKind; readonly source: PulledSource };

/** The last runs over all schools, of each source so many, or the one of an id, for the state; the newest first. */
export async function findStateRuns(
  reader: Reader,
  principal: Principal,
  limit = 20,
  id?: string,
): Promise<readonly StateRunHead[]> {
  if (!isLandAdmin(principal)) return [];
  // each by itself: one that runs often and changes nothing would hide the other
  const bySource = await Promise.all(
    PULLED_SOURCES.map(async (source) => {
      const where = { source, schoolId: null, ...(id !== undefined && { id }) };
      const runs = await reader.syncRun.findMany({ where, orderBy: { startedAt: "desc" }, take: limit });
      return runs.map((run) => ({ ...headOf(run), source, kind: kindOf(run.kind) }));
    }),
  );
  return bySource.flat().toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
}

/** LDAP is not configured in the console: whoever reads it has read it lately. */
const LDAP_IN_USE_MS = 48 * 3_600_000;

export async function isLdapInUse(reader: Reader, now: Date): Promise<boolean> {
  const since = new Date(now.getTime() - LDAP_IN_USE_MS);
  return (await reader.syncRun.count({ where: { source: "ldap", startedAt: { gte: since } } })) > 0;
}

/** Records of the school that the newest full run of a source over it could not use. */
export async function findSchoolProblems(
  reader: Reader,
  principal: Principal,
  schoolId: string,
  source: PulledSource = SOURCE,
  limit = 200,
): Promise<readonly RunProblem[]> {
  if (!maySyncSchool(principal, schoolId)) return [];
  const latest = await reader.syncRun.findFirst({
    where: { source, kind: "full", outcome: { not: "running" }, OR: [{ schoolId }, { schoolId: null }] },
    orderBy: { startedAt: "desc" },
    select: { startedAt: true },
  });
  const found = await reader.syncProblem.findMany({
    where: { schoolId, run: { source, kind: { not: "dryRun" }, startedAt: { gte: latest?.startedAt ?? new Date(0) } } },
    orderBy: { id: "desc" },
    take: limit,
    select: { recordType: true, recordId: true, reason: true },
  });
  const byRecord = new Map(found.map((problem) => [Object.values(problem).join("\n"), problem]));
  return [...byRecord.values()];
}

export type HeldChange = {
  readonly id: string;
  readonly schoolId: string;
  readonly kind: HoldKind;
  readonly rule: HoldRule;
  readonly role: Role | null;
  /** Names where the directory knows them already. */
  readonly person: { readonly id: string; readonly name: string | null } | null;
  readonly group: { readonly id: string; readonly title: string | null } | null;
  readonly heldAt: Date;
  readonly isReleased: boolean;
  /** The person who asks would gain by it, and cannot release it. */
  readonly concernsOneself: boolean;
};

/** What the guard holds back: at a school, or for the state everywhere. */
export async function findHeldChanges(
  reader: Reader,
  principal: Principal,
  schoolId: string | null,
  limit = 500,
): Promise<readonly HeldChange[]> {
  if (schoolId === null ? !isLandAdmin(principal) : !maySyncSchool(principal, schoolId)) return [];
  const rows = await reader.syncHold.findMany({
    where: { status: { in: ["open", "released"] }, ...(schoolId !== null && { schoolId }) },
    orderBy: [{ schoolId: "asc" }, { id: "asc" }],
    take: limit,
  });
  const people = await reader.person.findMany({
    where: { id: { in: rows.flatMap(({ personId }) => personId ?? []) } },
    select: { id: true, displayName: true },
  });
  const groups = await reader.group.findMany({
    where: { id: { in: rows.flatMap(({ groupId }) => groupId ?? []) } },
    select: { id: true, title: true },
  });
  const nameOf = new Map(people.map((person) => [person.id, person.displayName]));
  const titleOf = new Map(groups.map((group) => [group.id, group.title]));
  return rows.flatMap((row) => {
    const kind = HOLD_KINDS.find((known) => known === row.kind);
    const rule = HOLD_RULES.find((known) => known === row.rule);
    if (kind === undefined || rule === undefined) return [];
    const { personId, groupId } = row;
    return [
      {
        id: String(row.id),
        schoolId: row.schoolId,
        kind,
        rule,
        role: row.role,
        person: personId === null ? null : { id: personId, name: nameOf.get(personId) ?? null },
        group: groupId === null ? null : { id: groupId, title: titleOf.get(groupId) ?? null },
        heldAt: row.heldAt,
        isReleased: row.status === "released",
        concernsOneself: kind === "roleGained" && personId === principal.personId,
      },
    ];
  });
}

/** How many changes the guard holds back at a school that nobody has released; 0 if it is none of the person's business. */
export async function countHeldChanges(reader: Reader, principal: Principal, schoolId: string): Promise<number> {
  if (!maySyncSchool(principal, schoolId)) return 0;
  return await reader.syncHold.count({ where: { schoolId, status: "open" } });
}

/**
 * Of these people: whoever has ever released something of the school (design §5). By the audit log, since a change that is
 * held once more may be released by somebody else.
 */
export async function findGuardReleasers(
  reader: Reader,
  schoolId: string,
  personIds: readonly string[],
): Promise<ReadonlySet<string | null>> {
  const entries = await reader.auditEntry.findMany({
    where: { scope: schoolId, type: "heldChangesReleased", outcome: "done", actorId: { in: [...personIds] } },
    select: { actorId: true },
    distinct: ["actorId"],
  });
  return new Set(entries.map(({ actorId }) => actorId));
}
