// What the parts of one sync run share: who is asked, what was counted, and what waits for the end of the run.
import type { Database, Transaction } from "#lib/db/client.ts";
import type { DirectoryPull } from "#lib/oneroster/client.ts";
import { OneRosterError, type OneRosterFailure } from "#lib/oneroster/errors.ts";
import type { Later } from "./later.ts";
import type { Organisation } from "./organisations.ts";
import type { MappingOptions } from "./rules.ts";
import type { SyncCounts } from "./runs.ts";
import type { DirectoryProblem, SchoolChange } from "./types.ts";

export type SyncDependencies = MappingOptions & {
  readonly db: Database;
  readonly pull: () => DirectoryPull;
  /** The id that a school's `enabledServices` must hold. */
  readonly serviceId: string;
  /** Queues what follows from a change, in the same transaction. @returns how many jobs */
  readonly onSchoolChanged: (tx: Transaction, change: SchoolChange) => Promise<number>;
  /** Schools that the source has switched on or off, or that came back to its list or went from it. @returns how many jobs */
  readonly onSchoolsSwitched: (tx: Transaction, schoolIds: readonly string[]) => Promise<number>;
  readonly onPeopleLeft: (tx: Transaction, personIds: readonly string[]) => Promise<number>;
};

/** Codes of failed runs: the source's own, and ours. */
export type SyncFailure = OneRosterFailure | "emptyAnswer" | "interrupted" | "unexpected";

export type Run = {
  readonly id: string;
  readonly dependencies: SyncDependencies;
  readonly pull: DirectoryPull;
  readonly counts: SyncCounts;
  readonly problems: DirectoryProblem[];
  /** Keys of the problems of whole schools. */
  readonly told: Set<string>;
  readonly later: Map<string, Later>;
  /** People whom the guard keeps at a school in this run. */
  readonly heldRemovals: { readonly personId: string; readonly schoolId: string }[];
  /** Cursors of schools whose changes take effect at others: moved when that is done. Null: not read to its end yet. */
  readonly deferredCursors: Map<string, Date | null>;
  /** Those that the lists named, and of earlier ones those that are no schools. */
  organisations: readonly Organisation[];
  /** Of organisations below schools. */
  schoolOf: ReadonlyMap<string, string>;
  readonly now: () => Date;
  /** Somebody known only from messages may turn out to be somebody of the directory. */
  readonly hasIntakePeople: boolean;
  /** The first failure; the run goes on with the next school where that makes sense. */
  failure: SyncFailure | null;
};

/** After these there is no point in asking for the next school. */
export const HOPELESS: ReadonlySet<SyncFailure> = new Set([
  "unreachable",
  "serverError",
  "unauthorised",
  "rateLimited",
]);

/** An answer without people is a broken provider, not a school that everybody has left. */
export class EmptyAnswerError extends Error {
  override readonly name = "EmptyAnswerError";
}

/** Changes cannot be had, or are so many that reading everything is cheaper: a full run does it. */
export class NeedsFullRunError extends Error {
  override readonly name = "NeedsFullRunError";
}

export function failureOf(error: unknown): SyncFailure {
  if (error instanceof OneRosterError) return error.code;
  return error instanceof EmptyAnswerError ? "emptyAnswer" : "unexpected";
}

/** The source's clock, so that its dates and ours are never compared. */
export const clockOf = (run: Run): Date => run.pull.clock() ?? run.now();
