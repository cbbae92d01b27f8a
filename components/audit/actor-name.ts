// Who did something, with the role in which they did it.
import type { Translator } from "#components/ui/translator.ts";

const KNOWN_ROLES = [
  "teacher",
  "student",
  "guardian",
  "schoolManagement",
  "secretariat",
  "socialWork",
  "parentsCouncil",
  "orgAdmin",
  "support",
  "landAdmin",
] as const;

type Actor = { readonly actorName: string | null; readonly actorRole: string };

/** "Anna Berger (OrganisationsAdmin)". */
export function actorName(t: Translator, { actorName: known, actorRole }: Actor): string {
  const role = KNOWN_ROLES.find((name) => name === actorRole);
  const name = known ?? t(actorRole === "system" ? "audit.system" : "audit.unknown");
  return role === undefined ? name : `${name} (${t(`roles.one.${role}`)})`;
}
