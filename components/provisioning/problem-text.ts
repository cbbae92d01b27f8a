// Codes of what went wrong, in words. What we do not know is told with its code, for support.
import type { Translator } from "#components/ui/translator.ts";
import type { PulledSource } from "#lib/directory/runs.ts";

const FAILURES = [
  "unreachable",
  "serverError",
  "notOneRoster",
  "unauthorised",
  "rateLimited",
  "notFound",
  "refused",
  "incomplete",
  "emptyAnswer",
  "interrupted",
] as const;
const OF_PEOPLE = ["subjectTaken", "foreignAccount", "deactivated", "stillInRooms"] as const;
const OF_ROOMS = ["aliasTaken", "roomGone", "noPowerLevels", "provisionerRemoved", "provisionerLimited"] as const;
const OF_RECORDS = [
  "ambiguousPerson",
  "duplicateId",
  "fieldsInvalid",
  "foreignServer",
  "groupMissing",
  "groupOfAnotherSchool",
  "groupOfAnotherSource",
  "idTooLong",
  "invalidLocalpart",
  "membersPartial",
  "nameMissing",
  "nameUnknown",
  "notOfThisSchool",
  "organisationsInCircle",
  "referralNotFollowed",
  "reservedLocalpart",
  "subjectMissing",
  "subjectTaken",
  "unknownClass",
  "unknownEntry",
  "unknownPerson",
  "unknownRole",
  "unknownRoom",
  "unknownSchool",
  "unreadable",
] as const;
const RECORD_TYPES = [
  "user",
  "class",
  "enrollment",
  "school",
  "message",
  "room",
  "member",
  "group",
  "person",
  "referral",
] as const;

const OF_LDAP = [
  "unreachable",
  "unauthorised",
  "certificateRefused",
  "baseMissing",
  "incomplete",
  "referral",
  "emptyAnswer",
  "interrupted",
] as const;

/** Why a run failed, by the source that it read. */
export function runFailure(t: Translator, source: PulledSource, failure: string | null): string {
  return source === "ldap"
    ? t(`provisioning.ldapFailure.${OF_LDAP.find((known) => known === failure) ?? "unexpected"}`)
    : t(`live.syncFailure.${FAILURES.find((known) => known === failure) ?? "unexpected"}`);
}

export function personProblem(t: Translator, code: string): string {
  const known = OF_PEOPLE.find((one) => one === code);
  return known === undefined ? t("provisioning.problem.other", { code }) : t(`provisioning.problem.person.${known}`);
}

export function roomProblem(t: Translator, code: string): string {
  const known = OF_ROOMS.find((one) => one === code);
  return known === undefined ? t("provisioning.problem.other", { code }) : t(`provisioning.problem.room.${known}`);
}

/** "unreadable: givenName": the code, and what it is about. */
export function recordProblem(t: Translator, reason: string): string {
  const [code = "", ...rest] = reason.split(": ");
  const detail = rest.join(": ");
  const failure = FAILURES.find((one) => one === code);
  if (failure !== undefined) return t(`live.syncFailure.${failure}`);
  const known = OF_RECORDS.find((one) => one === code);
  return known === undefined
    ? t("provisioning.problem.record.other", { code: reason })
    : t(`provisioning.problem.record.${known}`, { detail });
}

export function recordType(t: Translator, type: string): string {
  const known = RECORD_TYPES.find((one) => one === type);
  return known === undefined ? type : t(`provisioning.recordType.${known}`);
}
