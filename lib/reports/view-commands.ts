// Saved views of the inbox: a name for an address, each person's own.
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { assigningRole } from "./access.ts";
import { inboxQuery, parseInboxQuery } from "./inbox-filter.ts";
import { MOST_VIEWS, VIEW_NAME_LENGTH } from "./limits.ts";

const saveInput = z.object({
  name: z.string().trim().min(1).max(VIEW_NAME_LENGTH),
  query: z.string().max(2_000),
});
const removeInput = z.object({ viewId: z.uuid() });

async function save({ tx, principal, input, audit }: StateActionContext<z.infer<typeof saveInput>>): Promise<null> {
  const { personId } = principal;
  const { name } = input;
  // nothing but filters gets into it, whatever was sent
  const query = inboxQuery(parseInboxQuery(input.query));
  const where = { personId_name: { personId, name } };
  const isNew = (await tx.reportView.findUnique({ where })) === null;
  if (isNew && (await tx.reportView.count({ where: { personId } })) >= MOST_VIEWS) throw new ActionRefusal("tooMuch");
  await tx.reportView.upsert({ where, create: { personId, name, query }, update: { query } });
  await audit({ type: "inboxViewChanged", change: "saved", name });
  return null;
}

async function remove({ tx, principal, input, audit }: StateActionContext<z.infer<typeof removeInput>>): Promise<null> {
  const view = await tx.reportView.findFirst({ where: { id: input.viewId, personId: principal.personId } });
  if (view === null) throw new ActionRefusal("notFound");
  await tx.reportView.delete({ where: { id: view.id } });
  await audit({ type: "inboxViewChanged", change: "removed", name: view.name });
  return null;
}

export const saveViewCommand: StateActionDefinition<typeof saveInput, null> = {
  name: "saveView",
  input: saveInput,
  consoleRole: assigningRole,
  run: save,
};

export const removeViewCommand: StateActionDefinition<typeof removeInput, null> = {
  name: "removeView",
  input: removeInput,
  consoleRole: assigningRole,
  run: remove,
};
