// Taking the audit log out of the console is itself an entry of it (design §10), written before the first line goes out.
import { z } from "zod";
import type { ActionContext, ActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { filterQuery, parseFilter } from "./filter.ts";
import { matching, mayAuditScope } from "./queries.ts";

/** A state's chain of a month; more is asked for month by month. */
const EXPORTED_ENTRIES = 100_000;

/** As it stands in the address, and read as the page reads it. */
const filter = z.record(z.string(), z.string()).transform((parameters, context) => {
  const parsed = parseFilter(parameters);
  if (parsed.isBroken) context.addIssue("no filter of the audit log");
  return parsed.filter;
});
const exportInput = z.object({ scope: z.string().min(1).max(255), filter });

export type AuditExport = {
  readonly entries: number;
  /** The newest entry that belongs to it; the entry of the export itself comes after it. */
  readonly newest: number;
  /** Whose export it is: a party of a case finds nothing of it. */
  readonly readerId: string;
};

async function exportAudit({
  tx,
  input,
  principal,
  audit,
}: ActionContext<z.infer<typeof exportInput>>): Promise<AuditExport> {
  const { scope, filter: wanted } = input;
  const { _count, _max } = await tx.auditEntry.aggregate({
    where: await matching(tx, scope, wanted, principal.personId),
    _count: true,
    _max: { seq: true },
  });
  if (_count > EXPORTED_ENTRIES) throw new ActionRefusal("tooMuch");
  await audit({ type: "auditExported", scope, entries: _count, filters: filterQuery(wanted) });
  return { entries: _count, newest: _max.seq ?? 0, readerId: principal.personId };
}

export const exportAuditCommand: ActionDefinition<typeof exportInput, AuditExport> = {
  name: "exportAudit",
  input: exportInput,
  school: (_tx, { scope }) => Promise.resolve(scope),
  authorise: mayAuditScope,
  recentSignIn: true,
  run: exportAudit,
};
