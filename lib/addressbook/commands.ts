// Taking a class or role list out of the console: with a reason, a fresh sign-in and an entry in the audit log, written
// before the list is handed out (design §9, §10).
import { z } from "zod";
import type { ActionContext, ActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { ROLES, type Role } from "#lib/policy/roles.ts";
import { findGroup, listFolder, listMembers } from "./people.ts";
import { mayUseAddressBook } from "./queries.ts";
import type { ListedPerson, Page } from "./types.ts";
import { asking } from "./view.ts";
import { SEES_EVERYBODY } from "./visibility.ts";

const EXPORT_PAGE = 2_000;
/** Several times the largest school. */
export const EXPORTED_PEOPLE = 20_000;
export const EXPORT_REASON_LENGTH = { min: 10, max: 500 } as const;

const list = z.union([
  z.object({ role: z.enum(ROLES) }),
  z.object({
    groupId: z
      .string()
      .min(1)
      .max(255)
      .refine((id) => !id.includes("\0")),
  }),
]);
export type ListWish = z.infer<typeof list>;

const exportInput = z.object({
  schoolId: z.string().min(1).max(255),
  list,
  reason: z.string().trim().min(EXPORT_REASON_LENGTH.min).max(EXPORT_REASON_LENGTH.max),
});

export type ExportedList = {
  readonly role: Role | null;
  /** Of the group; null for a role. */
  readonly title: string | null;
  readonly people: readonly ListedPerson[];
};

async function exportList({ tx, input, schoolId, audit }: ActionContext<z.infer<typeof exportInput>>) {
  const ask = asking(tx);
  const scope = { schoolId, visibility: SEES_EVERYBODY, viewerId: null };
  const wanted = input.list;
  const group = "groupId" in wanted ? await findGroup(ask, scope, wanted.groupId) : null;
  if ("groupId" in wanted && group === null) throw new ActionRefusal("notFound");
  const people: ListedPerson[] = [];
  for (let after: string | null = null; ;) {
    const wish = { after, size: EXPORT_PAGE };
    const page: Page<ListedPerson> =
      "role" in wanted
        ? await listFolder(ask, scope, wanted.role, wish)
        : await listMembers(ask, scope, wanted.groupId, wish);
    // a file travels on: who is under a protected address stands in none
    people.push(...page.items.filter(({ isProtected }) => !isProtected));
    if (people.length > EXPORTED_PEOPLE) throw new ActionRefusal("tooMuch");
    if (page.next === null) break;
    after = page.next;
  }
  await audit({
    type: "addressListExported",
    list: "role" in wanted ? wanted.role : wanted.groupId,
    isGroup: !("role" in wanted),
    people: people.length,
    reason: input.reason,
  });
  return { role: "role" in wanted ? wanted.role : null, title: group?.title ?? null, people };
}

export const exportListCommand: ActionDefinition<typeof exportInput, ExportedList> = {
  name: "exportAddressList",
  input: exportInput,
  school: async (tx, { schoolId }) =>
    (await tx.school.findUnique({ where: { id: schoolId, leftAt: null }, select: { id: true } }))?.id ?? null,
  authorise: mayUseAddressBook,
  recentSignIn: true,
  run: exportList,
};
