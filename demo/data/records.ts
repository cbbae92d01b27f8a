/** Builds single directory records, so that the generator and the mutators of the running server write the same form. */
import { createHash } from "node:crypto";
import type { DemoClass, DemoEnrollment, DemoOrg, DemoRole, DemoRoleAt, DemoUser, Reference } from "./types.ts";

/** The messenger's id among the services that the directory switches on for a school. */
export const DEMO_SERVICE_ID = "7c4f0d52-3a1e-4b6f-9d27-5e8a61c0b394";

/** A lower-case UUID that depends on nothing but its arguments, so that adding a person never changes another's id. */
export function sourcedIdFor(kind: "person" | "class", key: string): string {
  const hex = createHash("sha256").update(`${kind}:${key}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

/** Of a domain that belongs to nobody (RFC 2606). */
export const emailOf = (username: string): string => `${username}@schule.example`;

/** `epochMicroseconds` as the portal writes times. */
export function timestamp(epochMicroseconds: number): string {
  const seconds = Math.floor(epochMicroseconds / 1_000_000);
  const fraction = String(epochMicroseconds - seconds * 1_000_000).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

export const orgReference = (id: string): Reference => ({ href: id, type: "org" });
export const userReference = (id: string): Reference => ({ href: id, type: "user" });
export const classReference = (id: string): Reference => ({ href: id, type: "class" });

export type PersonInput = {
  readonly username: string;
  readonly givenName: string;
  readonly familyName: string;
  /** Not empty; the order is kept. */
  readonly roles: readonly DemoRoleAt[];
  /** `true` unless told. */
  readonly enabled?: boolean;
};

export function makeOrg(input: { id: string; name: string; services: readonly string[]; modified: string }): DemoOrg {
  return {
    sourcedId: input.id,
    status: "active",
    dateLastModified: input.modified,
    identifier: input.id.slice(input.id.lastIndexOf("-") + 1),
    name: input.name,
    type: "school",
    metadata: { enabledServices: [...input.services] },
  };
}

export function makeUser(input: PersonInput, modified: string): DemoUser {
  return {
    sourcedId: sourcedIdFor("person", input.username),
    status: "active",
    dateLastModified: modified,
    username: input.username,
    email: emailOf(input.username),
    enabled: input.enabled ?? true,
    givenName: input.givenName,
    familyName: input.familyName,
    ...roleFields(input.roles),
  };
}

export function makeClass(input: {
  schoolId: string;
  title: string;
  classType: DemoClass["classType"];
  modified: string;
}): DemoClass {
  return {
    sourcedId: sourcedIdFor("class", `${input.schoolId}:${input.title}`),
    status: "active",
    dateLastModified: input.modified,
    title: input.title,
    classType: input.classType,
    school: orgReference(input.schoolId),
  };
}

export function makeEnrollment(input: {
  schoolId: string;
  classId: string;
  userId: string;
  role: DemoEnrollment["role"];
  modified: string;
}): DemoEnrollment {
  return {
    sourcedId: `${input.schoolId},${input.classId},${input.userId}`,
    status: "active",
    dateLastModified: input.modified,
    role: input.role,
    user: userReference(input.userId),
    class: classReference(input.classId),
    school: orgReference(input.schoolId),
  };
}

/** `role`, `orgs` and, where these two cannot say it, `metadata.roles`. */
export function roleFields(roles: readonly DemoRoleAt[]): Pick<DemoUser, "role" | "orgs" | "metadata"> {
  const first = roles[0];
  if (first === undefined) throw new Error("A person in the directory needs at least one role.");
  const orgs = [...new Set(roles.map((entry) => entry.org))].map(orgReference);
  const role = plainRole(roles.map((entry) => entry.role));
  if (roles.length === 1 && role === first.role) return { role, orgs };
  return { role, orgs, metadata: { roles: roles.map((entry) => ({ ...entry })) } };
}

function plainRole(roles: readonly DemoRole[]): DemoUser["role"] {
  for (const role of ["teacher", "student", "guardian"] as const) if (roles.includes(role)) return role;
  if (roles.includes("parentsCouncil")) return "guardian";
  return roles.includes("schoolManagement") || roles.includes("orgAdmin") ? "administrator" : "aide";
}
