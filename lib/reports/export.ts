// Asks for the export of a case on behalf of whoever sends the request. Not an action of a page: the answer is a file.
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import { exportCaseCommand, type CaseExport } from "./retention-commands.ts";

const ask = defineAction(exportCaseCommand());

export async function requestCaseExport(caseId: string, reason: string): Promise<ActionResult<CaseExport>> {
  return await ask({ caseId, reason });
}
