// What the provisioner compares: how a room or an account should be, and how Synapse was last told to have it.
import type { Role } from "#lib/policy/roles.ts";

/** Kinds of managed rooms (design §6). */
export const MANAGED_KINDS = ["group", "channel", "staffroom", "announcements", "space"] as const;
export type ManagedKind = (typeof MANAGED_KINDS)[number];

/** Who writes in a room. In a silent one nobody ever does: it only stands for something. */
export type RoomMode = "silent" | "oneWay" | "twoWay" | "readOnly";
/** What becomes of a room; closed is emptied and deleted. */
export type DesiredMode = RoomMode | "closed";
/** `drifted`: a verification found other power levels than any mode has. */
export type RecordedMode = RoomMode | "drifted";

/** Somebody who may belong into rooms of a school. */
export type RoomCandidate = {
  readonly personId: string;
  readonly localpart: string;
  /** Roles at the school of the room. */
  readonly schoolRoles: readonly Role[];
  /** Named at the school by a source that knows no roles (AMQP). Belongs to the school without contacts. */
  readonly isNamedBySource: boolean;
  readonly isProtected: boolean;
  readonly account: "active" | "pending" | "unusable";
};

/** A candidate as member of a group. */
export type GroupPerson = RoomCandidate & {
  /** OneRoster enrollment roles in this group. */
  readonly enrollmentRoles: readonly string[];
  /** The source of the group calls the person a moderator. */
  readonly isModerator: boolean;
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
  /** Null where no source says anything about it: whatever people in the room write is theirs. */
  readonly topic: string | null;
  readonly mode: DesiredMode;
  /** Room ids that a space shows. */
  readonly children: readonly string[];
  readonly members: readonly DesiredMember[];
};

export type RecordedMember = {
  readonly personId: string;
  readonly localpart: string;
  readonly level: number;
  /** By a moderator of the room: respected. */
  readonly banned: boolean;
};

export type RecordedRoom = {
  readonly exists: boolean;
  readonly name: string | null;
  readonly topic: string;
  readonly mode: RecordedMode;
  readonly children: readonly string[];
  readonly members: readonly RecordedMember[];
};

export type RoomPerson = { readonly personId: string; readonly localpart: string };
export type PersonLevel = RoomPerson & { readonly level: number };

/** In this order: what takes rights away comes before what lets people in. */
export type RoomOperation =
  | { readonly type: "create"; readonly moderators: readonly RoomPerson[] }
  | { readonly type: "rename"; readonly name: string }
  | { readonly type: "setTopic"; readonly topic: string }
  | { readonly type: "setMode"; readonly mode: RoomMode }
  | { readonly type: "setLevels"; readonly levels: readonly PersonLevel[] }
  | { readonly type: "kick"; readonly person: RoomPerson }
  | { readonly type: "setChildren"; readonly added: readonly string[]; readonly removed: readonly string[] }
  | { readonly type: "join"; readonly person: RoomPerson; readonly level: number }
  | { readonly type: "close" };
