// The server action on somebody's own notices about cases: one line over notice-commands.ts.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import { setNoticesCommand } from "./notice-commands.ts";
import type { NoticeWishes } from "./notice-wishes.ts";

const set = defineAction(setNoticesCommand);

export async function setCaseNotices(wishes: NoticeWishes): Promise<ActionResult<null>> {
  return await set(wishes);
}
