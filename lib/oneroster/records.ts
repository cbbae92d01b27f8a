// OneRoster 1.1 records as servers really send them: booleans as text or not, references by `href` alone, missing
// courses and terms. A record that does not parse becomes a problem and the others go on.
import { z } from "zod";

export type RecordType = "school" | "user" | "class" | "enrollment";

/** `recordId` is "" if even that could not be read; `reason` names fields, never their content. */
export type RecordProblem = { readonly recordType: RecordType; readonly recordId: string; readonly reason: string };

const MAX_TEXT_LENGTH = 255;
const CONTROL_CHARACTERS = /\p{Cc}/gu;

/** PostgreSQL refuses NUL, and no name needs a line break. */
const text = z
  .string()
  .transform((value) => value.replace(CONTROL_CHARACTERS, " ").trim())
  .pipe(z.string().max(MAX_TEXT_LENGTH));
const optionalText = text.nullish().transform((value) => value ?? "");
const id = z
  .string()
  .trim()
  .min(1)
  .max(MAX_TEXT_LENGTH)
  .refine((value) => !/\p{Cc}/u.test(value));
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((value) => value === "true")]);
/** 1.0 says "inactive" for what 1.1 calls "tobedeleted". */
const active = z
  .enum(["active", "tobedeleted", "inactive"])
  .default("active")
  .transform((value) => value === "active");

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
    name: text,
    identifier: optionalText,
    type: z.string().default("school"),
    metadata: z.object({ enabledServices: z.array(z.string()).default([]) }).nullish(),
  })
  .transform(({ sourcedId, status, name, identifier, type, metadata }) => ({
    id: sourcedId,
    active: status,
    isSchool: type === "school",
    name,
    identifier,
    enabledServices: metadata?.enabledServices ?? [],
  }));

const heldRole = z.object({
  org: z.union([id, reference]),
  role: z.string().min(1),
  beginDate: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).nullish(),
});

export const userSchema = z
  .object({
    sourcedId: id,
    status: active,
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
    metadata: z.object({ roles: z.array(heldRole).nullish() }).nullish(),
  })
  .transform((user) => ({
    id: user.sourcedId,
    active: user.status,
    username: user.username,
    enabled: user.enabled ?? user.enabledUser ?? true,
    givenName: user.givenName,
    familyName: user.familyName,
    identifier: user.identifier,
    email: user.email,
    userIds: user.userIds ?? [],
    /** The plain OneRoster role; it holds at every school of `schoolIds` unless `roles` is given. */
    plainRole: user.role ?? "",
    schoolIds: user.orgs ?? [],
    roles:
      user.metadata?.roles?.map((held) => ({
        schoolId: held.org,
        role: held.role,
        beginDate: held.beginDate ? new Date(held.beginDate) : null,
      })) ?? null,
  }));

export const classSchema = z
  .object({
    sourcedId: id,
    status: active,
    title: text.pipe(z.string().min(1)),
    classType: z.string().default("scheduled"),
    school: reference,
  })
  .transform(({ sourcedId, status, title, classType, school }) => ({
    id: sourcedId,
    active: status,
    title,
    kind: classType,
    schoolId: school,
  }));

export const enrollmentSchema = z
  .object({
    sourcedId: id,
    status: active,
    role: z.enum(["teacher", "student", "administrator", "proctor"]),
    user: reference,
    class: reference,
  })
  .transform((enrollment) => ({
    id: enrollment.sourcedId,
    active: enrollment.status,
    role: enrollment.role,
    userId: enrollment.user,
    classId: enrollment.class,
  }));

export type OneRosterSchool = z.infer<typeof schoolSchema>;
export type OneRosterUser = z.infer<typeof userSchema>;
export type OneRosterClass = z.infer<typeof classSchema>;
export type OneRosterEnrollment = z.infer<typeof enrollmentSchema>;

const withId = z.object({ sourcedId: id });

/** A list of records, each decoded by itself. */
export function decodeRecords<T>(
  recordType: RecordType,
  schema: z.ZodType<T>,
  records: readonly unknown[],
): { readonly records: readonly T[]; readonly problems: readonly RecordProblem[] } {
  const decoded: T[] = [];
  const problems: RecordProblem[] = [];
  for (const record of records) {
    const result = schema.safeParse(record);
    if (result.success) decoded.push(result.data);
    else {
      const fields = new Set(result.error.issues.map((issue) => issue.path.join(".") || "record"));
      const recordId = withId.safeParse(record).data?.sourcedId ?? "";
      problems.push({ recordType, recordId, reason: `unreadable: ${[...fields].join(", ")}` });
    }
  }
  return { records: decoded, problems };
}
