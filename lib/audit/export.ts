// Asks for an export on behalf of whoever sends the request. Not an action of a page: the answer is a file.
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import { exportAuditCommand, type AuditExport } from "./commands.ts";

export type { AuditExport } from "./commands.ts";

const ask = defineAction(exportAuditCommand);

/** @param filter as it stands in the address */
export async function requestExport(
  scope: string,
  filter: Readonly<Record<string, string>>,
): Promise<ActionResult<AuditExport>> {
  return await ask({ scope, filter });
}
