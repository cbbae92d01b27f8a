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

export type DirectoryProblem = { readonly recordType: string; readonly recordId: string; readonly reason: string };

/** Everything of one school that could be read, and whose absence proves nothing. */
export type SchoolContent = {
  readonly people: readonly DirectoryPerson[];
  readonly affiliations: readonly DirectoryAffiliation[];
  readonly groups: readonly DirectoryGroup[];
  readonly members: readonly DirectoryMember[];
  readonly problems: readonly DirectoryProblem[];
  /** Ids of records that came but could not be understood: they have not left. */
  readonly unreadable: {
    readonly people: readonly string[];
    readonly groups: readonly string[];
    readonly enrollments: readonly string[];
  };
  /** False if a record came without a readable id: nobody knows whose it is, so nothing of its kind is removed. */
  readonly removable: { readonly people: boolean; readonly groups: boolean; readonly enrollments: boolean };
};

/** What a sync of a school has changed; whoever provisions goes on from here. */
export type SchoolChange = {
  readonly schoolId: string;
  /** New people and those whose name, login or state changed. */
  readonly personIds: readonly string[];
  /** Groups whose title, members or members' roles changed. */
  readonly groupIds: readonly string[];
};
