// What is to be done with a person's account (design §5, Leavers). Pure.
import { afterGrace, eraseDueAt } from "./life-cycle.ts";

export type AccountFacts = {
  readonly displayName: string;
  readonly subject: string;
  readonly enabled: boolean;
  /** Left the directory as a whole. */
  readonly leftAt: Date | null;
  /** At least one school of the person is served. */
  readonly isServed: boolean;
  /** Some room that the person has to leave has not been left yet. */
  readonly isInRooms: boolean;
  readonly recorded: {
    readonly state: "absent" | "active" | "locked" | "deactivated" | "conflict";
    readonly displayName: string | null;
    /** False until Synapse was told, and again when the person's login has changed. */
    readonly isSynced: boolean;
    readonly isErased: boolean;
  };
};

/** A person whose account is as it should be costs no request. "forget": there is no account of ours to erase, only the record. */
export type AccountStep = "nothing" | "lock" | "ensure" | "deactivate" | "erase" | "forget";

export function accountStep(facts: AccountFacts, now: Date, gracePeriodDays: number): AccountStep {
  const { recorded, leftAt } = facts;
  if (leftAt !== null) return stepOfLeaver(facts, leftAt, now, gracePeriodDays);
  if (!facts.enabled) return recorded.state === "active" ? "lock" : "nothing";
  // a school that is not served (any more) keeps what it has; its end is a life cycle of its own
  if (!facts.isServed) return "nothing";
  const isCurrent = recorded.state === "active" && recorded.isSynced && recorded.displayName === facts.displayName;
  return isCurrent ? "nothing" : "ensure";
}

function stepOfLeaver(facts: AccountFacts, leftAt: Date, now: Date, gracePeriodDays: number): AccountStep {
  const { state, isErased } = facts.recorded;
  if (state === "active") return "lock";
  // a leave that Synapse makes by itself can be refused: the provisioner's kicks come first
  if (facts.isInRooms) return "nothing";
  if (state === "locked" && afterGrace(leftAt, gracePeriodDays) <= now) return "deactivate";
  if (isErased || eraseDueAt(leftAt) > now) return "nothing";
  if (state === "deactivated") return "erase";
  return state === "absent" || state === "conflict" ? "forget" : "nothing";
}
