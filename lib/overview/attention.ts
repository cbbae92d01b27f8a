// What of everything needs the reader first. Pure.
import type { Overview, SchoolOverview } from "./queries.ts";

export type Attention =
  | {
      readonly kind: "decide";
      readonly school: SchoolOverview["school"];
      readonly requestId: string;
      readonly expiresAt: Date;
      readonly isSoon: boolean;
    }
  | { readonly kind: "decideFrame" | "frameWaits"; readonly proposalId: string; readonly expiresAt: Date }
  | { readonly kind: "confirmLandAdmin"; readonly count: number }
  | {
      readonly kind: "expiring";
      readonly school: SchoolOverview["school"];
      readonly requestId: string;
      readonly expiresAt: Date;
    }
  | { readonly kind: "decideSwitch"; readonly school: SchoolOverview["school"]; readonly expiresAt: Date }
  | { readonly kind: "held"; readonly school: SchoolOverview["school"]; readonly count: number }
  | {
      readonly kind: "problems";
      readonly school: SchoolOverview["school"];
      readonly accounts: number;
      readonly rooms: number;
      /** The page that says which. */
      readonly maySeeProvisioning: boolean;
    }
  | {
      readonly kind: "notices";
      readonly school: SchoolOverview["school"];
      /** Rooms that are read-only, because nobody could moderate them. */
      readonly closed: number;
      /** Rooms that have got a new moderator. */
      readonly appointed: number;
    };

/** A request that ends within this time is said to be ending. */
const SOON_MS = 3 * 86_400_000;

/** Who wrote a change of the frame waits for somebody else; every other state administrator may decide it. */
function ofFrame(proposal: Overview["frameProposal"], isAuthor: boolean): Attention[] {
  if (proposal?.isAuthor !== isAuthor) return [];
  const { id, expiresAt } = proposal;
  return [{ kind: isAuthor ? "frameWaits" : "decideFrame", proposalId: id, expiresAt }];
}

/** Decisions first, the ones that end soonest before the others; then what will lapse; then what is stuck; then what is only told. */
export function attentionOf(
  { schools, openProposals, frameProposal }: Pick<Overview, "schools" | "openProposals" | "frameProposal">,
  now: Date,
): Attention[] {
  const isSoon = (expiresAt: Date) => expiresAt.getTime() - now.getTime() <= SOON_MS;
  const pending = schools
    .flatMap(({ school, pending: request }) => (request ? [{ school, ...request }] : []))
    .toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
  return [
    ...pending
      .filter(({ mayDecide }) => mayDecide)
      .map(({ school, id, expiresAt }): Attention => {
        return { kind: "decide", school, requestId: id, expiresAt, isSoon: isSoon(expiresAt) };
      }),
    ...schools.flatMap(({ school, switchToDecide }): Attention[] =>
      switchToDecide === null ? [] : [{ kind: "decideSwitch", school, expiresAt: switchToDecide }],
    ),
    ...ofFrame(frameProposal, false),
    ...(openProposals > 0 ? [{ kind: "confirmLandAdmin", count: openProposals } as const] : []),
    ...ofFrame(frameProposal, true),
    ...pending
      .filter(({ mayDecide, expiresAt }) => !mayDecide && isSoon(expiresAt))
      .map(({ school, id, expiresAt }): Attention => ({ kind: "expiring", school, requestId: id, expiresAt })),
    ...schools
      .filter(({ held }) => held > 0)
      .map(({ school, held }): Attention => ({ kind: "held", school, count: held })),
    ...schools
      .filter(({ accounts, rooms }) => accounts.problems + rooms.problems > 0)
      .map(({ school, accounts, rooms, maySeeProvisioning }): Attention => {
        return { kind: "problems", school, accounts: accounts.problems, rooms: rooms.problems, maySeeProvisioning };
      }),
    ...schools
      .filter(({ notices }) => notices.closed + notices.appointed > 0)
      .toSorted((a, b) => b.notices.closed - a.notices.closed)
      .map(({ school, notices }): Attention => ({ kind: "notices", school, ...notices })),
  ];
}
