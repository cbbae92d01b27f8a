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
  | {
      readonly kind: "problems";
      readonly school: SchoolOverview["school"];
      readonly accounts: number;
      readonly rooms: number;
    };

/** A request that ends within this time is said to be ending. */
const SOON_MS = 3 * 86_400_000;

/** Who wrote a change of the frame waits for somebody else; every other state administrator may decide it. */
function ofFrame(proposal: Overview["frameProposal"], isAuthor: boolean): Attention[] {
  if (proposal?.isAuthor !== isAuthor) return [];
  const { id, expiresAt } = proposal;
  return [{ kind: isAuthor ? "frameWaits" : "decideFrame", proposalId: id, expiresAt }];
}

/** Decisions first, the ones that end soonest before the others; then what will lapse; then what is stuck. */
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
    ...ofFrame(frameProposal, false),
    ...(openProposals > 0 ? [{ kind: "confirmLandAdmin", count: openProposals } as const] : []),
    ...ofFrame(frameProposal, true),
    ...pending
      .filter(({ mayDecide, expiresAt }) => !mayDecide && isSoon(expiresAt))
      .map(({ school, id, expiresAt }): Attention => ({ kind: "expiring", school, requestId: id, expiresAt })),
    ...schools
      .filter(({ accounts, rooms }) => accounts.problems + rooms.problems > 0)
      .map(({ school, accounts, rooms }): Attention => {
        return { kind: "problems", school, accounts: accounts.problems, rooms: rooms.problems };
      }),
  ];
}
