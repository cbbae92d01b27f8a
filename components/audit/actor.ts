// Who did it, as the audit log names them.
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

export function roleText(t: Translator, actorRole: string): string | null {
  const role = KNOWN_ROLES.find((known) => known === actorRole);
  return role === undefined ? null : t(`roles.one.${role}`);
}

export function actorText(t: Translator, { actorName, actorRole }: Actor): string {
  return actorName ?? t(actorRole === "system" ? "audit.system" : "audit.unknown");
}

/** "Anna Berger (OrganisationsAdmin)". */
export function actorWithRole(t: Translator, actor: Actor): string {
  const role = roleText(t, actor.actorRole);
  const name = actorText(t, actor);
  return role === null ? name : `${name} (${role})`;
}
