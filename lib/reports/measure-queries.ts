// What the panel of measures reads: what could be done now, with every effect, and what was done already. Null for a
// case that is not there, whose content the reader may not know, or that the reader is a party of.
import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import type { Database } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { caseSight, withoutParty } from "./access.ts";
import { readCaseFacts, type FactTools } from "./measure-facts.ts";
import { isHeavy, measureOptions, type MeasureKind, type MeasureOption, type MeasureState } from "./measure-rules.ts";

export type MeasureView = {
  readonly id: string;
  readonly kind: MeasureKind;
  readonly state: MeasureState;
  readonly requestedAt: Date;
  readonly requestedBy: string;
  readonly confirmBy: Date | null;
  readonly confirmedBy: string | null;
  readonly doneAt: Date | null;
  readonly problem: string | null;
  readonly text: string;
  readonly may: readonly ("confirm" | "takeBack" | "retry")[];
};
export type MeasuresView = {
  readonly options: readonly MeasureOption[];
  readonly measures: readonly MeasureView[];
  /** Nothing of the case is deleted while it stands. */
  readonly hold: { readonly reason: string; readonly by: string; readonly at: Date } | null;
};

const SHOWN = 100;
const uuid = z.uuid();

export async function getMeasures(
  principal: Principal,
  caseId: string,
  now: Date,
  { db, tools }: { readonly db: Database; readonly tools: FactTools } = ofWeb(),
): Promise<MeasuresView | null> {
  if (caseSight(principal) !== "content" || !uuid.safeParse(caseId).success) return null;
  const found = await db.reportCase.findFirst({
    where: { id: caseId, ...withoutParty(principal) },
    select: { holdReason: true, heldAt: true, heldBy: { select: { displayName: true } } },
  });
  if (found === null) return null;
  const facts = await readCaseFacts(db, tools, caseId);
  const rows = await db.caseMeasure.findMany({
    where: { caseId },
    orderBy: [{ requestedAt: "desc" }, { id: "asc" }],
    take: SHOWN,
    include: { requestedBy: { select: { displayName: true } }, confirmedBy: { select: { displayName: true } } },
  });
  const measures = rows.map((row): MeasureView => {
    const isOpen = isHeavy(row.kind) && row.confirmedAt === null && (row.state === "queued" || row.state === "done");
    const isMine = row.requestedById === principal.personId;
    const mayConfirm = isOpen && !isMine && row.confirmBy !== null && row.confirmBy > now;
    return {
      id: row.id,
      kind: row.kind,
      state: row.state,
      requestedAt: row.requestedAt,
      requestedBy: row.requestedBy.displayName,
      confirmBy: isOpen ? row.confirmBy : null,
      confirmedBy: row.confirmedBy?.displayName ?? null,
      doneAt: row.doneAt,
      problem: row.problem,
      text: row.text,
      may: [
        ...(mayConfirm ? (["confirm"] as const) : []),
        ...(isOpen ? (["takeBack"] as const) : []),
        ...(row.state === "failed" ? (["retry"] as const) : []),
      ],
    };
  });
  const { holdReason: reason, heldAt: at, heldBy } = found;
  const hold = reason === null || at === null ? null : { reason, at, by: heldBy?.displayName ?? "" };
  return { options: facts === null ? [] : measureOptions(facts), measures, hold };
}

function ofWeb() {
  const { EVIDENCE_KEYS: keys, SYNAPSE_SERVER_NAME: serverName } = readEnvironment("web");
  return { db: database(), tools: { keys, serverName } };
}
