// What the directory domain hands on: people and groups of one school as the tables hold them.
import type { Role } from "#prisma/generated/enums.ts";

/** Which field of a OneRoster user the identity provider calls its subject. */
export type SubjectField = "sourcedId" | "identifier" | "username" | `userIds:${string}`;

export type DirectoryPerson = {
  readonly id: string;
  readonly familyName: string;
  readonly givenName: string;
  readonly displayName: string;
  readonly username: string;
  readonly subject: string;
  readonly localpart: string;
  readonly enabled: boolean;
  readonly addressProtected: boolean;
  /** Of staff only; null: none is known, or none is needed. */
  readonly email: string | null;
};

export type DirectoryAffiliation = {
  readonly personId: string;
  readonly role: Role;
  /** From the source; null lets the time of the sync count. */
  readonly beginDate: Date | null;
};

export type DirectoryGroup = { readonly id: string; readonly title: string; readonly kind: string };

export type DirectoryMember = {
  readonly groupId: string;
  readonly personId: string;
  readonly role: string;
  readonly enrollmentId: string;
};

/** A record that was not stored, or not as it is. */
export type DirectoryProblem = {
  readonly recordType: string;
  readonly recordId: string;
  readonly reason: string;
  readonly schoolId?: string;
  /** When the source changed the record: a cursor waits for it. */
  readonly modifiedAt?: Date | null;
};

export type Modified = ReadonlyMap<string, Date | null>;

/**
 * What could be read of one school, and whose absence proves nothing. Whole, unless `named` says that the source spoke
 * only of these: then whatever is named and not listed is gone, and the rest is as it was.
 */
export type SchoolContent = {
  readonly people: readonly DirectoryPerson[];
  readonly affiliations: readonly DirectoryAffiliation[];
  readonly groups: readonly DirectoryGroup[];
  readonly members: readonly DirectoryMember[];
  readonly problems: readonly DirectoryProblem[];
  /** When the source changed what it says of people and groups: a cursor waits for those that cannot be stored. */
  readonly modified: { readonly people: Modified; readonly groups: Modified };
  /** Ids of records that came but could not be understood: they have not left. */
  readonly unreadable: {
    readonly people: readonly string[];
    readonly groups: readonly string[];
    readonly enrollments: readonly string[];
  };
  /** False if a record came without a readable id: nobody knows whose it is, so nothing of its kind is removed. */
  readonly removable: { readonly people: boolean; readonly groups: boolean; readonly enrollments: boolean };
  readonly named?: {
    readonly people: ReadonlySet<string>;
    readonly groups: ReadonlySet<string>;
    readonly enrollments: ReadonlySet<string>;
  };
};

export type RoleAt = { readonly personId: string; readonly role: Role };
export type Membership = { readonly groupId: string; readonly personId: string; readonly role: string };

/** What the tables lack to say the same as the source, at one school. */
export type SchoolDifference = {
  readonly people: {
    readonly added: readonly DirectoryPerson[];
    /** Known, and back after having left. */
    readonly returned: readonly DirectoryPerson[];
    readonly changed: readonly DirectoryPerson[];
  };
  readonly affiliations: {
    readonly added: readonly DirectoryAffiliation[];
    /** The source now says another begin. */
    readonly redated: readonly DirectoryAffiliation[];
    readonly removed: readonly RoleAt[];
  };
  /** People without any role at the school afterwards. */
  readonly leaving: readonly string[];
  readonly groups: {
    readonly added: readonly DirectoryGroup[];
    readonly changed: readonly DirectoryGroup[];
    readonly removed: readonly string[];
  };
  readonly members: {
    readonly added: readonly DirectoryMember[];
    /** The same membership under another enrollment. */
    readonly renewed: readonly DirectoryMember[];
    readonly removed: readonly Membership[];
  };
};

/** What a sync of a school has changed; whoever provisions goes on from here. */
export type SchoolChange = {
  readonly schoolId: string;
  /** New people and those whose name, login or state changed. */
  readonly personIds: readonly string[];
  /** Groups whose title, members or members' roles changed. */
  readonly groupIds: readonly string[];
  /** The source told changes alone; what is outstanding besides need not be looked for. */
  readonly only?: {
    /** Somebody came, went or changed roles. */
    readonly schoolRooms: boolean;
  };
};
