// The events of the audit log, a typed union: adding one without a sentence for it does not compile (messages and
// components/audit). Events hold ids; names are resolved when shown (design §10).
import { z } from "zod";

const cellKeys = z.array(z.string());
const edits = z.array(z.object({ key: z.string(), allowed: z.boolean() }));

export const auditEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("policyChanged"),
    version: z.number(),
    before: z.string(),
    after: z.string(),
    edits,
    reason: z.string(),
  }),
  z.object({ type: z.literal("requestSubmitted"), requestId: z.string(), cells: cellKeys, reason: z.string() }),
  z.object({ type: z.literal("requestExtended"), requestId: z.string(), cells: cellKeys, reason: z.string() }),
  z.object({
    type: z.literal("requestApproved"),
    requestId: z.string(),
    version: z.number(),
    before: z.string(),
    after: z.string(),
    cells: cellKeys,
  }),
  z.object({ type: z.literal("requestRejected"), requestId: z.string(), cells: cellKeys, reason: z.string() }),
  z.object({ type: z.literal("requestVoided"), requestId: z.string(), cells: cellKeys }),
  z.object({ type: z.literal("requestExpired"), requestId: z.string(), cells: cellKeys }),
  z.object({ type: z.literal("firstVersion"), version: z.number(), after: z.string() }),
  z.object({
    type: z.literal("invitationsWithdrawn"),
    version: z.number(),
    rooms: z.number(),
    invitations: z.number(),
  }),
  z.object({ type: z.literal("actionRefused"), action: z.string(), code: z.string() }),
  z.object({ type: z.literal("signedIn") }),
  z.object({ type: z.literal("signedOut") }),
  z.object({ type: z.literal("consoleRoleGranted"), personId: z.string(), role: z.string() }),
]);

export type AuditEvent = z.infer<typeof auditEventSchema>;
export type AuditEventType = AuditEvent["type"];
export const AUDIT_EVENT_TYPES: readonly AuditEventType[] = auditEventSchema.options.map(
  (option) => option.shape.type.value,
);

/** The chain of the state: sign-ins, console roles, whatever belongs to no school. */
export const STATE_SCOPE = "state";
