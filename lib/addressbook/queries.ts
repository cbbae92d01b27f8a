// What the pages of the address book read. Every query takes the principal and answers null for a school that is not
// there or not the principal's: only a school's own administrators look people up (design §9).
import { mayEditSchool, type Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import type { Role } from "#lib/policy/roles.ts";
import { openMode } from "#lib/provisioning/life-cycle.ts";
import type { RoomMode } from "#lib/provisioning/types.ts";
import { countGroups, countPeople, findGroup, listFolder, listGroups, listMembers } from "./people.ts";
import { searchPeople, type SearchResult, type SearchWish } from "./search.ts";
import { foldersOf, pathsOf, type FolderCount, type FolderName } from "./tree.ts";
import type { ListedGroup, ListedMember, ListedPerson, Page } from "./types.ts";
import { asking, readView, type View, type ViewWish } from "./view.ts";
import { changeOfGroup, changeOfMask, type Change } from "./visibility.ts";

export const TREE_PAGE = 500;

/** `change`: what the draft does to this row; `paths`: the folders in which a person stands. */
export type SeenPerson = ListedPerson & { readonly change: Change; readonly paths: readonly Role[] };
export type SeenMember = ListedMember & { readonly change: Change };
export type SeenGroup = ListedGroup & { readonly change: Change };

export type ViewHead = Omit<View, "before" | "after" | "scope">;
export type AddressBook = {
  readonly view: ViewHead;
  readonly folders: readonly FolderCount[];
  /** Groups for the filter of the search. */
  readonly groups: readonly { readonly id: string; readonly title: string }[];
};

/** Support sees a school only in a case of it; the state never (design §9). */
export function mayUseAddressBook(principal: Principal, schoolId: string): boolean {
  return mayEditSchool(principal, schoolId);
}

export async function readAllowedView(principal: Principal, schoolId: string, wish: ViewWish): Promise<View | null> {
  return mayUseAddressBook(principal, schoolId) ? await readView(database(), schoolId, wish) : null;
}

function headOf({ school, version, as, draft, openRequestId }: View): ViewHead {
  return { school, version, as, draft, openRequestId };
}

function seenPerson({ before, after, scope }: View, person: ListedPerson, folder: Role | null): SeenPerson {
  return {
    ...person,
    change: changeOfMask(before, after, person.mask, folder),
    paths: pathsOf(person.mask, scope.visibility),
  };
}

function seenGroup({ before, after }: View, group: ListedGroup): SeenGroup {
  return { ...group, change: changeOfGroup(before, after, group.isOwn) };
}

const FILTER_GROUPS = 1_000;

export async function getAddressBook(
  principal: Principal,
  schoolId: string,
  wish: ViewWish,
): Promise<AddressBook | null> {
  const view = await readAllowedView(principal, schoolId, wish);
  if (!view) return null;
  const ask = asking(database());
  const { scope, before, after } = view;
  const [people, { every, own }, groups] = await Promise.all([
    countPeople(ask, scope),
    countGroups(ask, scope),
    database().group.findMany({
      where: { schoolId, leftAt: null },
      orderBy: [{ sortTitle: "asc" }, { id: "asc" }],
      take: FILTER_GROUPS,
      select: { id: true, title: true },
    }),
  ]);
  const changed = { own: changeOfGroup(before, after, true), other: changeOfGroup(before, after, false) };
  const changedAs = (change: Change) =>
    (changed.own === change ? own : 0) + (changed.other === change ? every - own : 0);
  return {
    view: headOf(view),
    folders: foldersOf(
      people,
      { total: every, added: changedAs("added"), removed: changedAs("removed") },
      before,
      after,
    ),
    groups,
  };
}

export type FolderPage =
  | { readonly kind: "people"; readonly page: Page<SeenPerson> }
  | { readonly kind: "groups"; readonly page: Page<SeenGroup> };

export async function getFolder(
  principal: Principal,
  schoolId: string,
  wish: ViewWish,
  folder: FolderName,
  after: string | null,
): Promise<FolderPage | null> {
  const view = await readAllowedView(principal, schoolId, wish);
  if (!view) return null;
  const ask = asking(database());
  const want = { after, size: TREE_PAGE };
  if (folder === "groups") {
    const { items, next } = await listGroups(ask, view.scope, want);
    return { kind: "groups", page: { items: items.map((group) => seenGroup(view, group)), next } };
  }
  const { items, next } = await listFolder(ask, view.scope, folder, want);
  return { kind: "people", page: { items: items.map((person) => seenPerson(view, person, folder)), next } };
}

export async function getMembers(
  principal: Principal,
  schoolId: string,
  wish: ViewWish,
  groupId: string,
  after: string | null,
): Promise<Page<SeenMember> | null> {
  const view = await readAllowedView(principal, schoolId, wish);
  if (!view) return null;
  const { items, next } = await listMembers(asking(database()), view.scope, groupId, { after, size: TREE_PAGE });
  return {
    items: items.map((member) => ({ ...member, change: changeOfMask(view.before, view.after, member.mask, null) })),
    next,
  };
}

export type SeenResult = Omit<SearchResult, "people" | "similar" | "groups"> & {
  readonly groups: readonly SeenGroup[];
  readonly people: readonly SeenPerson[];
  readonly similar: readonly SeenPerson[];
};

export async function searchAddressBook(
  principal: Principal,
  schoolId: string,
  wish: ViewWish,
  search: SearchWish,
): Promise<SeenResult | null> {
  const view = await readAllowedView(principal, schoolId, wish);
  if (!view) return null;
  // who is locked is nothing that anybody but an administrator may know
  const state = view.as === null ? search.state : null;
  const result = await searchPeople(asking(database()), view.scope, { ...search, state });
  return {
    ...result,
    groups: result.groups.map((group) => seenGroup(view, group)),
    people: result.people.map((person) => seenPerson(view, person, null)),
    similar: result.similar.map((person) => seenPerson(view, person, null)),
  };
}

const roomModes: readonly RoomMode[] = ["silent", "oneWay", "twoWay", "readOnly"];

export type GroupView = {
  readonly view: ViewHead;
  readonly group: SeenGroup;
  readonly members: Page<SeenMember>;
  readonly rooms: readonly {
    readonly kind: "group" | "channel";
    readonly alias: string;
    /** Who writes there, as last set in Synapse; null while the room is not there or its levels are being repaired. */
    readonly mode: RoomMode | null;
    readonly exists: boolean;
    readonly syncedAt: Date | null;
    readonly problem: string | null;
  }[];
};

export async function getGroup(
  principal: Principal,
  schoolId: string,
  wish: ViewWish,
  groupId: string,
  after: string | null,
): Promise<GroupView | null> {
  const view = await readAllowedView(principal, schoolId, wish);
  const group = view && (await findGroup(asking(database()), view.scope, groupId));
  if (!view || !group) return null;
  const members = await getMembers(principal, schoolId, wish, groupId, after);
  const rooms = await database().managedRoom.findMany({
    where: { schoolId, groupId, kind: { in: ["group", "channel"] } },
    orderBy: { kind: "asc" },
  });
  return {
    view: headOf(view),
    group: seenGroup(view, group),
    members: members ?? { items: [], next: null },
    rooms: rooms.map(({ kind, alias, mode, roomId, syncedAt, problem }) => ({
      kind: kind === "channel" ? "channel" : "group",
      alias,
      mode: roomId === null ? null : (roomModes.find((one) => one === (mode ?? openMode(kind, false))) ?? null),
      exists: roomId !== null,
      syncedAt,
      problem,
    })),
  };
}
