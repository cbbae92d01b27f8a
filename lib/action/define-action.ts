// Makes a server action of a definition: the session of the request says who asks, the rest is performAction.
import type { z } from "zod";
import { currentPrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { jobSender } from "#lib/jobs/shared.ts";
import { performAction, type AnyActionDefinition } from "./perform-action.ts";
import type { ActionResult } from "./result.ts";

export function defineAction<Schema extends z.ZodType, Output>(definition: AnyActionDefinition<Schema, Output>) {
  return async function action(untrusted: unknown): Promise<ActionResult<Output>> {
    return await performAction({ db: database(), jobs: jobSender() }, definition, currentPrincipal, untrusted);
  };
}
