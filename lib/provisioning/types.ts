// What the provisioner compares: how a room or an account should be, and how Synapse was last told to have it.
import type { Role } from "#lib/policy/roles.ts";

/** Kinds of managed rooms that exist so far (design §6). */
export type ManagedKind = "group" | "channel";

/** A person of a group, as far as rooms are concerned. */
export type GroupPerson = {
  readonly personId: string;
  readonly localpart: string;
  /** OneRoster enrollment roles in this group. */
  readonly enrollmentRoles: readonly string[];
  /** Roles at the school of the group; none means that the person has left it. */
  readonly schoolRoles: readonly Role[];
  readonly account: "active" | "pending" | "unusable";
};

export type DesiredMember = {
  readonly personId: string;
  readonly localpart: string;
  readonly level: number;
  /** Somebody without an account is joined as soon as there is one. */
  readonly mayJoin: boolean;
};

export type DesiredRoom = {
  readonly kind: ManagedKind;
  readonly name: string;
  readonly members: readonly DesiredMember[];
};

export type RecordedRoom = {
  /** Null before the room is made. */
  readonly exists: boolean;
  readonly name: string | null;
  readonly members: readonly { readonly personId: string; readonly localpart: string; readonly level: number }[];
};

export type RoomPerson = { readonly personId: string; readonly localpart: string };

/** In this order: what takes rights away comes before what lets people in. */
export type RoomOperation =
  | { readonly type: "create"; readonly moderators: readonly RoomPerson[] }
  | { readonly type: "rename"; readonly name: string }
  | { readonly type: "setLevels"; readonly levels: readonly (RoomPerson & { readonly level: number })[] }
  | { readonly type: "kick"; readonly person: RoomPerson }
  | { readonly type: "join"; readonly person: RoomPerson; readonly level: number };
