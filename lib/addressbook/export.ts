// Asks for a list on behalf of whoever sends the request. Not an action of a page: the answer is a file.
import { defineAction } from "#lib/action/define-action.ts";
import { exportListCommand } from "./commands.ts";

/** Never throws: a refusal is a value. */
export const requestList = defineAction(exportListCommand);
