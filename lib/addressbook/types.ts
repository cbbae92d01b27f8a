// What the address book hands out: small, serialisable, and nothing that the reader may not see.
import type { Role } from "#lib/policy/roles.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Visibility } from "./visibility.ts";

/** Runs one query: a Prisma client in the console, a pool of connections in the gate. Prepared, never text put together. */
export type Ask = (query: Prisma.Sql) => Promise<unknown>;

/** Whose view of which school. */
export type Scope = {
  readonly schoolId: string;
  readonly visibility: Visibility;
  /** The person who sees: never part of the own list, and the one whose groups count. Null: nobody in particular. */
  readonly viewerId: string | null;
};

/** A place in a list, to go on from there; opaque outside. */
export type Cursor = string;

export type Page<T> = { readonly items: readonly T[]; readonly next: Cursor | null };

export type ListedPerson = {
  readonly id: string;
  /** Of the Matrix id. */
  readonly localpart: string;
  /** "Berger, Anna"; the id if the directory gives no name at all. */
  readonly name: string;
  /** As the chat shows it: "Anna Berger". */
  readonly displayName: string;
  readonly mask: number;
  readonly roles: readonly Role[];
  /** Signed in to the chat at least once. */
  readonly hasSignedIn: boolean;
  readonly isLocked: boolean;
  readonly isProtected: boolean;
  /** Titles of the classes, to tell people of the same name apart. */
  readonly classes: readonly string[];
};

export type ListedMember = ListedPerson & { readonly memberRoles: readonly string[] };

export type ListedGroup = {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  /** Members who are seen, and how many of them have signed in. */
  readonly members: number;
  readonly signedIn: number;
  /** The viewer belongs to it. */
  readonly isOwn: boolean;
};
