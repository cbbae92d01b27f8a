// The events of the audit log, a typed union: adding one without a sentence for it does not compile (messages and
// components/audit). Events hold ids; names are resolved when shown (design §10).
import { z } from "zod";

const cellKeys = z.array(z.string());
const edits = z.array(z.object({ key: z.string(), allowed: z.boolean() }));
/** Last day of the openings among the cells; absent from entries that are older than the idea. */
const endsOn = z.string().nullish();
const frameRule = z.object({
  allowed: z.boolean(),
  locked: z.boolean(),
  reason: z.string().nullable(),
  sensitive: z.boolean(),
});
const settingValue = z.union([z.boolean(), z.number()]);
/** What a change of the frame changes, before and after. */
const frameParts = {
  rules: z.array(z.object({ key: z.string(), before: frameRule, after: frameRule })),
  settings: z.array(z.object({ name: z.string(), before: settingValue, after: settingValue })),
};

/** What support, and a school that is asked, do with a case. */
export const CASE_STEPS = [
  "assigned",
  "noted",
  "categorised",
  "severitySet",
  "schoolSet",
  "waiting",
  "resumed",
  "escalated",
  "answered",
  "merged",
  "split",
  "resolved",
  "reopened",
] as const;
const oneCase = { caseId: z.string(), number: z.number() };
/** Something done in Synapse because of a case; the kind is one of MeasureKind. */
const measure = { ...oneCase, measureId: z.string(), measure: z.string() };

export const auditEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("policyChanged"),
    version: z.number(),
    before: z.string(),
    after: z.string(),
    edits,
    /** Openings that go on, with another last day; absent from entries that are older than the idea. */
    ends: cellKeys.optional(),
    reason: z.string(),
    endsOn,
  }),
  z.object({ type: z.literal("requestSubmitted"), requestId: z.string(), cells: cellKeys, reason: z.string(), endsOn }),
  z.object({ type: z.literal("requestExtended"), requestId: z.string(), cells: cellKeys, reason: z.string(), endsOn }),
  z.object({
    type: z.literal("requestApproved"),
    requestId: z.string(),
    version: z.number(),
    before: z.string(),
    after: z.string(),
    cells: cellKeys,
  }),
  z.object({ type: z.literal("requestRejected"), requestId: z.string(), cells: cellKeys, reason: z.string() }),
  z.object({ type: z.literal("requestWithdrawn"), requestId: z.string(), cells: cellKeys }),
  z.object({ type: z.literal("requestCommented"), requestId: z.string(), text: z.string() }),
  z.object({ type: z.literal("requestVoided"), requestId: z.string(), cells: cellKeys }),
  z.object({ type: z.literal("requestExpired"), requestId: z.string(), cells: cellKeys }),
  z.object({
    type: z.literal("frameChanged"), // at each school that the frame altered
    version: z.number(),
    frameVersion: z.number(),
    before: z.string(),
    after: z.string(),
    edits,
    reason: z.string(),
  }),
  z.object({
    type: z.literal("frameWritten"),
    frameVersion: z.number(),
    ...frameParts,
    schools: z.number(),
    authorId: z.string(),
    approvedById: z.string().nullable(),
    reason: z.string(),
  }),
  z.object({ type: z.literal("frameProposed"), proposalId: z.string(), ...frameParts, reason: z.string() }),
  z.object({ type: z.literal("frameProposalRejected"), proposalId: z.string(), reason: z.string() }),
  z.object({ type: z.literal("frameProposalWithdrawn"), proposalId: z.string() }),
  z.object({ type: z.literal("frameProposalVoided"), proposalId: z.string() }),
  z.object({ type: z.literal("frameProposalExpired"), proposalId: z.string() }),
  z.object({
    type: z.literal("openingEnded"),
    version: z.number().nullable(), // null where the state has locked all of it: nothing changed in effect
    before: z.string(),
    after: z.string(),
    edits,
  }),
  z.object({ type: z.literal("firstVersion"), version: z.number(), after: z.string() }),
  z.object({
    type: z.literal("invitationsWithdrawn"),
    version: z.number(),
    rooms: z.number(),
    invitations: z.number(),
  }),
  z.object({ type: z.literal("roomReviewStarted"), reviewId: z.string() }),
  z.object({ type: z.literal("roomsMadeReadOnly"), reviewId: z.string(), rooms: z.array(z.string()) }),
  z.object({ type: z.literal("roomsMadeWritable"), rooms: z.array(z.string()) }),
  z.object({ type: z.literal("moderatorsAppointed"), roomId: z.string(), people: z.array(z.string()) }),
  z.object({ type: z.literal("roomLeftWithoutModerator"), roomId: z.string() }),
  z.object({ type: z.literal("channelModeAdopted"), alias: z.string(), twoWay: z.boolean() }),
  z.object({ type: z.literal("schoolSwitched"), switchName: z.string(), on: z.boolean() }),
  z.object({ type: z.literal("channelSwitched"), alias: z.string(), twoWay: z.boolean() }),
  z.object({ type: z.literal("switchRequested"), requestId: z.string(), switchName: z.string(), reason: z.string() }),
  z.object({ type: z.literal("switchApproved"), requestId: z.string(), switchName: z.string() }),
  z.object({ type: z.literal("switchRejected"), requestId: z.string(), switchName: z.string(), reason: z.string() }),
  z.object({ type: z.literal("switchWithdrawn"), requestId: z.string(), switchName: z.string() }),
  z.object({ type: z.literal("switchExpired"), requestId: z.string(), switchName: z.string() }),
  z.object({ type: z.literal("provisioningRetried"), what: z.string(), jobs: z.number() }),
  z.object({ type: z.literal("syncRequested"), dryRun: z.boolean() }),
  z.object({
    type: z.literal("heldChangesReleased"),
    changes: z.array(
      z.object({
        kind: z.string(),
        personId: z.string().nullable(),
        role: z.string().nullable(),
        groupId: z.string().nullable(),
      }),
    ),
  }),
  z.object({ type: z.literal("roomsTriedAgain"), rooms: z.array(z.string()) }),
  z.object({ type: z.literal("actionRefused"), action: z.string(), code: z.string() }),
  z.object({ type: z.literal("signedIn") }),
  z.object({ type: z.literal("signedOut") }),
  z.object({ type: z.literal("consoleRoleGranted"), personId: z.string(), role: z.string() }),
  z.object({ type: z.literal("consoleRoleRemoved"), personId: z.string(), role: z.string() }),
  z.object({ type: z.literal("landAdminProposed"), personId: z.string(), reason: z.string() }),
  z.object({ type: z.literal("landAdminProposalDropped"), personId: z.string() }),
  z.object({ type: z.literal("consoleAccessEnded"), personId: z.string(), sessions: z.number(), reason: z.string() }),
  z.object({ type: z.literal("consoleAccessRestored"), personId: z.string() }),
  /** Work on a report's case; what was written stands in the case alone. */
  z.object({
    type: z.literal("caseChanged"),
    caseId: z.string(),
    number: z.number(),
    step: z.enum(CASE_STEPS),
    was: z.string().nullable(),
    is: z.string().nullable(),
  }),
  z.object({ type: z.literal("evidenceViewed"), caseId: z.string(), number: z.number(), evidenceId: z.string() }),
  z.object({
    type: z.literal("caseReleased"),
    caseId: z.string(),
    number: z.number(),
    what: z.enum(["reporter", "screenshot"]),
    reason: z.string(),
  }),
  z.object({ type: z.literal("inboxViewChanged"), change: z.enum(["saved", "removed"]), name: z.string() }),
  z.object({ type: z.literal("caseMeasureRequested"), ...measure }),
  z.object({ type: z.literal("caseMeasureConfirmed"), ...measure }),
  z.object({ type: z.literal("caseMeasureTakenBack"), ...measure }),
  z.object({ type: z.literal("caseHoldSet"), ...oneCase, reason: z.string() }),
  z.object({ type: z.literal("caseHoldLifted"), ...oneCase }),
  z.object({
    type: z.literal("caseNoticesSet"),
    severe: z.boolean(),
    overdue: z.boolean(),
    digest: z.boolean(),
    quietUntil: z.string().nullable(),
  }),
  z.object({ type: z.literal("caseErased"), ...oneCase, category: z.string(), closedAt: z.string() }),
  z.object({ type: z.literal("caseExported"), ...oneCase, reason: z.string() }),
  z.object({ type: z.literal("auditExported"), scope: z.string(), entries: z.number(), filters: z.string() }),
  z.object({
    type: z.literal("addressListExported"),
    list: z.string(), // a role, or the id of a group
    isGroup: z.boolean(),
    people: z.number(),
    reason: z.string(),
  }),
]);

export type AuditEvent = z.infer<typeof auditEventSchema>;
export type AuditEventType = AuditEvent["type"];
export const AUDIT_EVENT_TYPES: readonly AuditEventType[] = auditEventSchema.options.map(
  (option) => option.shape.type.value,
);

/** The chain of the state: sign-ins, console roles, whatever belongs to no school. */
export const STATE_SCOPE = "state";
