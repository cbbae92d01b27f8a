// What an action answers: a small value, or an error that a person can read and support can find again.

/** Stable codes; the texts stand in messages/*.json under "errors". */
export const ERROR_CODES = [
  "signedOut", // no session, or it was ended
  "signInTooOld", // the action needs a sign-in not older than five minutes
  "invalidInput",
  "notFound", // also for what belongs to another school
  "staleVersion", // a newer version is in effect
  "cellLocked",
  "nothingChanged",
  "endDateNotPossible", // over, too far away, or of a change that opens nothing
  "isAuthor",
  "noApprovalRole",
  "needsManagement",
  "roleTooYoung",
  "authorLostRole",
  "requestOpen", // the same is asked for already
  "requestChanged", // edited since it was shown
  "requestDecided", // no longer pending
  "requestVoid", // a cell was locked or changed meanwhile
  "requestExpired",
  "notAuthor", // only an author withdraws a request
  "tooManyComments",
  "lastLandAdmin", // somebody must remain who acts for the state
  "needsSecondPerson", // proposed by oneself
  "notToOneself", // a role or a block for oneself
  "alreadyDone", // somebody else was quicker
  "tooMuch", // more than one answer may hold
  "frameInvalid", // the frame would contradict itself
  "proposalOpen", // one change of the frame waits already
  "caseChanged", // somebody else has worked on the case since it was shown
  "caseAwaited", // a measure waits for its second person, or the school for its answer
  "stepNotPossible", // the case's state does not allow it (any more)
  "isParty", // the person to act, or the school's every manager, is a party of the case
  "evidenceUnreadable", // its key is gone, or it was changed
  "grantTooYoung", // made state administrator after the proposal was written
  "isBeneficiary", // would release a role for oneself
  "dryRunNeeded", // a school is switched on for the first time without having seen what follows
  "unavailable", // the database or another part is away
  "unexpected",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type ActionError = { readonly code: ErrorCode; /** found in the log */ readonly id: string };
export type ActionResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ActionError };

/** Thrown inside an action to refuse: rolled back, written to the audit log, told to the person. */
export class ActionRefusal extends Error {
  override readonly name = "ActionRefusal";
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}
