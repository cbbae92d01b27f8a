// "Nobody can approve" (design §4.8): whether a request can find its second person at all, now or before it expires, and
// what stands in the way. Pure; it asks mayApprove of everybody who could be that person.
import { mayApprove, type DecisionQuestion, type HeldRole } from "./approval.ts";

/** Somebody who holds one of the two approval roles at the school. */
export type Holder = { readonly personId: string; readonly roles: readonly HeldRole[] };

export type ApprovalObstacle =
  | "noManagement" // an administrator asks, and the directory names no management
  | "onePerson" // one person holds every role that counts, and has written the request
  | "onlyAuthors" // everybody who could approve has written a part of it
  | "rolesTooNew" // whoever could approve has had the role for too short a time, and will have until the end
  | "authorLostRole"; // an author no longer holds the role, so nobody can approve what they wrote

export type Approvability =
  /** `from` is null if somebody could approve at once, else the moment from which somebody can. */
  | { readonly possible: true; readonly from: Date | null }
  | { readonly possible: false; readonly obstacle: ApprovalObstacle };

export type ApprovabilityQuestion = Omit<DecisionQuestion, "approver"> & {
  readonly expiresAt: Date;
  readonly holders: readonly Holder[];
};

const DAY_MS = 86_400_000;

/** The moments at which an answer can turn from no to yes: now, and when a role reaches the age that it needs. */
function turningPoints({ holders, approverRoleAgeDays, now, expiresAt }: ApprovabilityQuestion): Date[] {
  const ripe = holders.flatMap(({ roles }) =>
    roles.map(({ since }) => new Date(since.getTime() + approverRoleAgeDays * DAY_MS)),
  );
  return [now, ...ripe.filter((moment) => moment > now && moment < expiresAt)].toSorted(
    (a, b) => a.getTime() - b.getTime(),
  );
}

/** Can anybody approve this request, now or before it expires, if the roles stay as they are? */
export function approvability(question: ApprovabilityQuestion): Approvability {
  const { holders, now } = question;
  const answersAt = (moment: Date) => holders.map((approver) => mayApprove({ ...question, approver, now: moment }));
  const first = turningPoints(question).find((moment) => answersAt(moment).some(({ allowed }) => allowed));
  if (first) return { possible: true, from: first > now ? first : null };

  const refusals = new Set(answersAt(now).flatMap((answer) => (answer.allowed ? [] : [answer.refusal])));
  return { possible: false, obstacle: obstacleOf(question, refusals) };
}

function obstacleOf({ holders, parts, authorRoles }: ApprovabilityQuestion, refusals: ReadonlySet<string>) {
  const lostRole = parts.some(({ authorId, authorRole }) => !(authorRoles.get(authorId) ?? []).includes(authorRole));
  if (lostRole) return "authorLostRole";
  if (refusals.has("roleTooYoung")) return "rolesTooNew";
  const management = holders.filter(({ roles }) => roles.some(({ role }) => role === "schoolManagement"));
  if (management.length === 0) return "noManagement";
  return holders.length === 1 ? "onePerson" : "onlyAuthors";
}
