// OneRoster 1.1 and 1.2 records as servers really send them: booleans as text or not, references by `href` alone, ids
// as numbers, missing courses and terms. A record that does not parse becomes a problem and the others go on.
import { z } from "zod";
import { parseDate } from "./dates.ts";

export type RecordType = "school" | "user" | "class" | "enrollment";

/** `recordId` is "" if even that could not be read; `reason` names fields, never their content. */
export type RecordProblem = {
  readonly recordType: RecordType;
  readonly recordId: string;
  readonly reason: string;
  /** Null if that could not be read either. */
  readonly modifiedAt: Date | null;
};

const MAX_TEXT_LENGTH = 255;
const CONTROL_CHARACTERS = /\p{Cc}/gu;

/** PostgreSQL refuses NUL, and no name needs a line break. */
const text = z
  .string()
  .transform((value) => value.replace(CONTROL_CHARACTERS, " ").trim())
  .pipe(z.string().max(MAX_TEXT_LENGTH));
const optionalText = text.nullish().transform((value) => value ?? "");
const id = z.union([z.string(), z.number().int().transform(String)]).pipe(
  z
    .string()
    .trim()
    .min(1)
    .max(MAX_TEXT_LENGTH)
    .refine((value) => !/\p{Cc}/u.test(value)),
);
const flag = z.union([
  z.boolean(),
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(["true", "false"]).transform((value) => value === "true")),
]);
/** 1.0 says "inactive" for what 1.1 calls "tobedeleted". Anything unknown is a problem: it must not count as active. */
const active = z
  .string()
  .toLowerCase()
  .pipe(z.enum(["active", "tobedeleted", "inactive"]))
  .default("active")
  .transform((value) => value === "active");
const date = z.string().transform((value, context) => {
  const parsed = parseDate(value);
  if (parsed !== undefined) return parsed;
  context.addIssue("no date");
  return z.NEVER;
});
/** Only moves the cursor, so one that cannot be read costs nothing but a later one. */
const modified = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === "string" ? (parseDate(value) ?? null) : null));

/** The standard has a URL in `href` and the id in `sourcedId`; some servers have the bare id in `href` alone. */
const reference = z.object({ sourcedId: id.optional(), href: id.optional() }).transform((value, context) => {
  const found = value.sourcedId ?? value.href?.split("/").findLast((part) => part !== "");
  if (found !== undefined) return found;
  context.addIssue("no id");
  return z.NEVER;
});

/** Something else than an address is no reason to lose the person. */
const optionalEmail = z
  .string()
  .trim()
  .pipe(z.email().max(254))
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

export const schoolSchema = z
  .object({
    sourcedId: id,
    status: active,
    dateLastModified: modified,
    name: text,
    identifier: optionalText,
    type: z.string().default("school"),
    parent: reference.nullish().catch(null),
    metadata: z.object({ enabledServices: z.array(z.string()).nullish() }).nullish(),
  })
  .transform(({ sourcedId, status, dateLastModified, name, identifier, type, parent, metadata }) => ({
    id: sourcedId,
    active: status,
    modifiedAt: dateLastModified,
    /** Departments, districts and the like are organisations too. */
    isSchool: type.toLowerCase() === "school",
    parentId: parent ?? null,
    name,
    identifier,
    enabledServices: metadata?.enabledServices ?? [],
  }));

const heldRole = z
  .object({
    org: z.union([id, reference]),
    role: z.string().min(1).max(MAX_TEXT_LENGTH),
    beginDate: date.nullish(),
    endDate: date.nullish(),
  })
  .transform(({ org, role, beginDate, endDate }) => ({
    schoolId: org,
    role,
    beginDate: beginDate ?? null,
    endDate: endDate ?? null,
  }));
/** Role at an organisation, between two days where it says so. The end counts as the day it names, whole. */
export type HeldRole = z.infer<typeof heldRole>;

/**
 * `metadata.addressProtected` (Auskunftssperre). The standard has no word for it, so every value counts that does not
 * clearly deny: somebody at risk must not be shown because a server writes "ja".
 */
const protection = z.unknown().transform((value) => {
  const word = typeof value === "string" ? value.trim().toLowerCase() : value;
  return ![undefined, null, false, 0, "", "0", "false", "no", "nein"].some((denial) => denial === word);
});

export const userSchema = z
  .object({
    sourcedId: id,
    status: active,
    dateLastModified: modified,
    username: optionalText,
    enabled: flag.nullish(),
    enabledUser: flag.nullish(),
    givenName: optionalText,
    familyName: optionalText,
    identifier: optionalText,
    email: optionalEmail,
    userIds: z.array(z.object({ type: z.string(), identifier: id })).nullish(),
    role: z.string().nullish(),
    orgs: z.array(reference).nullish(),
    primaryOrg: reference.nullish(),
    roles: z.array(heldRole).nullish(),
    metadata: z.object({ roles: z.array(heldRole).nullish(), addressProtected: protection.optional() }).nullish(),
  })
  .transform((user) => ({
    id: user.sourcedId,
    active: user.status,
    modifiedAt: user.dateLastModified,
    username: user.username,
    enabled: user.enabled ?? user.enabledUser ?? true,
    addressProtected: user.metadata?.addressProtected ?? false,
    givenName: user.givenName,
    familyName: user.familyName,
    identifier: user.identifier,
    email: user.email,
    userIds: user.userIds ?? [],
    /** The plain OneRoster role; it holds at every school of `schoolIds` unless `roles` is given. */
    plainRole: user.role ?? "",
    schoolIds: [...new Set([...(user.orgs ?? []), ...(user.primaryOrg ? [user.primaryOrg] : [])])],
    /** `metadata.roles`, null where there is none. */
    metadataRoles: user.metadata?.roles ?? null,
    /** `roles[]` of 1.2, null where there is none. */
    roles: user.roles ?? null,
  }));

export const classSchema = z
  .object({
    sourcedId: id,
    status: active,
    dateLastModified: modified,
    title: text.pipe(z.string().min(1)),
    classType: z.string().max(MAX_TEXT_LENGTH).default("scheduled"),
    school: reference,
  })
  .transform(({ sourcedId, status, dateLastModified, title, classType, school }) => ({
    id: sourcedId,
    active: status,
    modifiedAt: dateLastModified,
    title,
    kind: classType,
    schoolId: school,
  }));

export const enrollmentSchema = z
  .object({
    sourcedId: id,
    status: active,
    dateLastModified: modified,
    role: z
      .string()
      .toLowerCase()
      .pipe(z.enum(["teacher", "student", "administrator", "proctor"])),
    user: reference,
    class: reference,
  })
  .transform((enrollment) => ({
    id: enrollment.sourcedId,
    active: enrollment.status,
    modifiedAt: enrollment.dateLastModified,
    role: enrollment.role,
    userId: enrollment.user,
    classId: enrollment.class,
  }));

export type OneRosterSchool = z.infer<typeof schoolSchema>;
export type OneRosterUser = z.infer<typeof userSchema>;
export type OneRosterClass = z.infer<typeof classSchema>;
export type OneRosterEnrollment = z.infer<typeof enrollmentSchema>;

const withId = z.object({ sourcedId: id });
const withDate = z.object({ dateLastModified: modified });

/** A list of records, each decoded by itself. Of two with one id the last counts, and the pair is a problem. */
export function decodeRecords<T extends { readonly id: string }>(
  recordType: RecordType,
  schema: z.ZodType<T>,
  records: readonly unknown[],
): { readonly records: readonly T[]; readonly problems: readonly RecordProblem[] } {
  const decoded = new Map<string, T>();
  const problems: RecordProblem[] = [];
  for (const record of records) {
    const modifiedAt = withDate.safeParse(record).data?.dateLastModified ?? null;
    const result = schema.safeParse(record);
    if (result.success) {
      const { id: recordId } = result.data;
      if (decoded.has(recordId)) problems.push({ recordType, recordId, reason: "duplicateId", modifiedAt });
      decoded.set(recordId, result.data);
    } else {
      const fields = new Set(result.error.issues.map((issue) => issue.path.join(".") || "record"));
      const recordId = withId.safeParse(record).data?.sourcedId ?? "";
      problems.push({ recordType, recordId, reason: `unreadable: ${[...fields].join(", ")}`, modifiedAt });
    }
  }
  return { records: [...decoded.values()], problems };
}
