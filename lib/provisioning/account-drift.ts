// What the record has to say once an account was read, so that the ordinary step (account-step.ts) heals what has drifted
// or shows it. Pure.
import type { Account } from "#lib/matrix/accounts.ts";
import type { AccountFacts } from "./account-step.ts";

/** What has to be changed in the record. */
export type AccountDrift = {
  readonly accountState?: "absent" | "active";
  readonly accountDisplayName?: string | null;
  /** Synapse has to be told again, or to be looked at by the step. */
  readonly accountSyncedAt?: null;
};

/**
 * A lock that somebody else has set is left as it is: it keeps somebody out, and an emergency may be why.
 * @returns null if Synapse has what was recorded
 */
export function accountDrift(
  present: Account | null,
  { subject, recorded }: Pick<AccountFacts, "subject" | "recorded">,
): AccountDrift | null {
  const { state, displayName } = recorded;
  if (state === "absent" || state === "conflict") return null; // looked at by every sync
  if (present === null) return { accountState: "absent", accountDisplayName: null, accountSyncedAt: null };
  if (state === "locked") return present.locked || present.deactivated ? null : { accountState: "active" };
  if (state === "deactivated") return present.deactivated ? null : { accountState: "active" };
  const isOurs = !present.deactivated && !present.hasForeignLogin && present.subjects.join() === subject;
  const hasName = present.displayName === displayName;
  if (isOurs && hasName) return null;
  return { ...(!hasName && { accountDisplayName: present.displayName }), ...(!isOurs && { accountSyncedAt: null }) };
}
