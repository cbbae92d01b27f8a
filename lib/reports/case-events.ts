// The timeline of a case, a typed union: what happened, to be shown as a sentence. Entries hold ids; names are resolved
// when shown. Stored JSON outlives this code: add fields as optional, never rename.
import { z } from "zod";
import { CaseOutcome, CaseSeverity, MeasureKind, ReportCategory } from "#prisma/generated/enums.ts";

const text = z.string();
const reportId = z.uuid();

export const caseEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("reported"), reportId, channel: z.enum(["gate", "poll"]) }),
  z.object({ type: z.literal("reportRepeated"), reportId }),
  z.object({ type: z.literal("reportInvalid"), reportId, problem: z.string() }),
  z.object({ type: z.literal("note"), text }),
  z.object({ type: z.literal("assigned"), personId: z.string().nullable(), team: z.string().nullable() }),
  z.object({ type: z.literal("categorised"), before: z.enum(ReportCategory), after: z.enum(ReportCategory) }),
  z.object({ type: z.literal("severitySet"), before: z.enum(CaseSeverity), after: z.enum(CaseSeverity) }),
  z.object({ type: z.literal("schoolSet"), before: z.string().nullable(), after: z.string().nullable() }),
  z.object({ type: z.literal("waiting"), until: z.string(), text }),
  z.object({ type: z.literal("resumed") }),
  /** The day until which it was to wait has come. */
  z.object({ type: z.literal("woken") }),
  z.object({ type: z.literal("escalated"), escalationId: z.uuid(), toState: z.boolean(), text }),
  z.object({
    type: z.literal("escalationAnswered"),
    escalationId: z.uuid(),
    text,
    wanted: z.array(z.enum(MeasureKind)),
  }),
  z.object({ type: z.literal("released"), what: z.enum(["reporter", "screenshot"]), reason: text }),
  z.object({ type: z.literal("evidenceViewed"), evidenceId: z.uuid() }),
  z.object({ type: z.literal("measureRequested"), measureId: z.uuid(), kind: z.enum(MeasureKind) }),
  z.object({ type: z.literal("measureDone"), measureId: z.uuid(), kind: z.enum(MeasureKind) }),
  z.object({
    type: z.literal("measureFailed"),
    measureId: z.uuid(),
    kind: z.enum(MeasureKind),
    problem: z.string(),
  }),
  z.object({ type: z.literal("measureConfirmed"), measureId: z.uuid(), kind: z.enum(MeasureKind) }),
  z.object({ type: z.literal("measureReverted"), measureId: z.uuid(), kind: z.enum(MeasureKind) }),
  z.object({ type: z.literal("merged"), fromId: z.uuid(), intoId: z.uuid() }),
  z.object({ type: z.literal("split"), newCaseId: z.uuid(), reportIds: z.array(reportId) }),
  z.object({ type: z.literal("resolved"), outcome: z.enum(CaseOutcome), text }),
  z.object({ type: z.literal("reopened"), text }),
  z.object({ type: z.literal("holdSet"), reason: text }),
  z.object({ type: z.literal("holdLifted") }),
  z.object({ type: z.literal("exported"), reason: text }),
  /** Retention has taken the content. */
  z.object({ type: z.literal("erased"), was: z.string() }),
]);

export type CaseEvent = z.infer<typeof caseEventSchema>;
