// Guarantee: whatever somebody else has done to an account is noticed, and what is as recorded changes nothing.
import { expect, test } from "vitest";
import type { Account } from "#lib/matrix/accounts.ts";
import { accountDrift, type AccountDrift } from "./account-drift.ts";
import type { AccountFacts } from "./account-step.ts";

const account: Account = {
  displayName: "Anna",
  locked: false,
  deactivated: false,
  subjects: ["s"],
  hasForeignLogin: false,
};
const active = { state: "active", displayName: "Anna", isSynced: true, isErased: false } as const;
const locked = { ...active, state: "locked" } as const;
const deactivated = { ...active, state: "deactivated" } as const;
const again = { accountSyncedAt: null } as const;

test.each<[string, Partial<Account> | null, AccountFacts["recorded"], AccountDrift | null]>([
  ["as recorded", {}, active, null],
  ["renamed", { displayName: "Hexe" }, active, { accountDisplayName: "Hexe" }],
  ["without a name", { displayName: "" }, active, { accountDisplayName: "" }],
  ["deactivated by somebody else", { deactivated: true }, active, again],
  ["with a login of another provider", { hasForeignLogin: true }, active, again],
  ["without its login", { subjects: [] }, active, again],
  ["with a second login", { subjects: ["s", "t"] }, active, again],
  ["locked by somebody else", { locked: true }, active, null],
  ["gone", null, active, { accountState: "absent", accountDisplayName: null, accountSyncedAt: null }],
  ["a leaver, locked", { locked: true }, locked, null],
  ["a leaver, unlocked", {}, locked, { accountState: "active" }],
  ["a leaver, deactivated early", { deactivated: true }, locked, null],
  ["deactivated", { deactivated: true }, deactivated, null],
  ["deactivated, and activated again", {}, deactivated, { accountState: "active" }],
  ["in conflict", { hasForeignLogin: true }, { ...active, state: "conflict" }, null],
  ["never made", null, { ...active, state: "absent" }, null],
])("%s", (_name, present, recorded, drift) => {
  expect(accountDrift(present && { ...account, ...present }, { subject: "s", recorded })).toEqual(drift);
});
