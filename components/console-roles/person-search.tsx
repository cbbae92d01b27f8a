// Finds one person by what is written in the portal, and shows what may be done about them.
import { UserX } from "lucide-react";
import { useTranslations } from "next-intl";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SearchForm } from "#components/ui/search-form.tsx";
import type { FoundPerson } from "#lib/console/queries.ts";
import { BlockNotice } from "./block-notice.tsx";
import { PersonAction, type PersonStep } from "./person-action.tsx";

type PersonSearchProps = { readonly search: string; readonly found: readonly FoundPerson[] | null };

export function PersonSearch({ search, found }: PersonSearchProps) {
  const t = useTranslations("consoleRoles");
  return (
    <section aria-labelledby="find" className="space-y-4">
      <h2 id="find" className="text-xl font-semibold tracking-tight">
        {t("findTitle")}
      </h2>
      <SearchForm
        id="person-search"
        action="/console-roles"
        name="person"
        text={search}
        maxLength={255}
        isRequired
        label={t("findLabel")}
        hint={t("findHint")}
        button={t("findButton")}
        kind="secondary"
      />
      {found === null ? null : found.length === 0 ? (
        <EmptyState icon={UserX}>{t("findNothing")}</EmptyState>
      ) : (
        <ul className="space-y-4">
          {found.map((person) => (
            <li key={person.id}>
              <Found person={person} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function stepsFor(person: FoundPerson): PersonStep[] {
  if (person.isSelf) return [];
  if (person.block) return ["restoreConsoleAccess"];
  return [
    ...(person.consoleRoles.includes("support") ? [] : (["grantSupport"] as const)),
    ...(person.consoleRoles.includes("landAdmin") || person.isProposed ? [] : (["proposeLandAdmin"] as const)),
    "endConsoleAccess",
  ];
}

function Found({ person }: { readonly person: FoundPerson }) {
  const t = useTranslations();
  const { name, id, username, schools, consoleRoles, openSessions, isSelf } = person;
  return (
    <article className="space-y-4 rounded-lg border border-line bg-surface p-5">
      <header>
        <h3 className="text-lg font-semibold">{name}</h3>
        <p className="text-ink-soft tabular-nums">{[username, id].filter((text) => text !== "").join(" · ")}</p>
      </header>
      <ul className="list-disc pl-5">
        {consoleRoles.map((role) => (
          <li key={role}>{t(`roles.one.${role}`)}</li>
        ))}
        {schools.map((school) => (
          <li key={school.id}>
            {school.name}: {school.roles.map((role) => t(`roles.one.${role}`)).join(", ")}
          </li>
        ))}
        {schools.length + consoleRoles.length === 0 ? <li>{t("consoleRoles.noRoles")}</li> : null}
        <li>{t("consoleRoles.sessions", { count: openSessions })}</li>
      </ul>
      {person.block ? <BlockNotice block={person.block} /> : null}
      {isSelf ? (
        <Notice tone="info">
          <p>{t("consoleRoles.self")}</p>
        </Notice>
      ) : (
        <div className="flex flex-wrap gap-3">
          {stepsFor(person).map((step) => (
            <PersonAction key={step} step={step} personId={id} name={name} />
          ))}
        </div>
      )}
    </article>
  );
}
