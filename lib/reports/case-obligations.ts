// What somebody still owes a case, so that it must not simply end in another one.
import type { Reader } from "#lib/db/client.ts";

type Held = { readonly id: string; readonly holdReason: string | null };

/** A measure waits for its second person, or is on its way, or the school for its answer. */
export async function isAwaited(reader: Reader, caseId: string): Promise<boolean> {
  const measures = await reader.caseMeasure.count({
    where: {
      caseId,
      OR: [{ state: { in: ["queued", "reverting"] } }, { state: "done", confirmBy: { not: null }, confirmedAt: null }],
    },
  });
  return measures > 0 || (await reader.caseEscalation.count({ where: { caseId, answeredAt: null } })) > 0;
}

export async function isObliged(reader: Reader, { id, holdReason }: Held): Promise<boolean> {
  return holdReason !== null || (await isAwaited(reader, id));
}
