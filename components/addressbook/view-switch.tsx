// Whose view is shown, by which rules, and the way to another: a plain form and a search for a person, so that the view
// stands in the address.
import { ChevronRight, Eye } from "lucide-react";
import { useTranslations } from "next-intl";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import { Notice } from "#components/ui/notice.tsx";
import type { ViewHead } from "#lib/addressbook/queries.ts";
import { ROLES } from "#lib/policy/roles.ts";
import { bookPath, type ViewQuery } from "./paths.ts";
import { SeenAsPicker } from "./seen-as-picker.tsx";

const CONTROL = "block min-h-11 w-full rounded-md border border-control bg-surface px-3";

type ViewSwitchProps = { readonly view: ViewHead; readonly query: ViewQuery };

export function ViewSwitch({ view, query }: ViewSwitchProps) {
  const t = useTranslations();
  const { as, school } = view;
  return (
    <div className="space-y-4">
      {as === null ? null : <SeenAsNotice view={view} />}
      <details className="group rounded-lg border border-line bg-surface">
        <summary className="flex min-h-11 flex-wrap items-center gap-x-2 px-4 py-2">
          <Eye aria-hidden className="size-5 text-ink-soft" />
          <span className="font-semibold">{t("addressbook.view.label")}</span>
          <span className="text-ink-soft">
            {as === null ? t("addressbook.view.everybody") : as.kind === "role" ? t(`roles.one.${as.role}`) : as.name}
          </span>
          <ChevronRight aria-hidden className="ml-auto size-5 text-ink-soft group-open:rotate-90" />
        </summary>
        <div className="space-y-5 border-t border-line p-4">
          <RoleForm view={view} query={query} />
          <SeenAsPicker schoolId={school.id} view={query} />
        </div>
      </details>
    </div>
  );
}

function RoleForm({ view: { as, draft, openRequestId, school }, query }: ViewSwitchProps) {
  const t = useTranslations();
  const chosen = as === null ? "" : as.kind === "role" ? as.role : `person:${as.id}`;
  const edits = [...new URLSearchParams(query)].filter(([name]) => name === "on" || name === "off");
  const rules = [
    "now" as const,
    ...(openRequestId === null ? [] : ["request" as const]),
    ...(edits.length === 0 ? [] : ["edits" as const]),
  ];
  return (
    <form
      method="get"
      action={bookPath(school.id)}
      className="flex flex-wrap items-end gap-3"
      aria-label={t("addressbook.view.title")}
    >
      <label className="block min-w-44 flex-1 space-y-1">
        <span className="block font-semibold">{t("addressbook.view.role")}</span>
        <select name="as" defaultValue={chosen} className={CONTROL}>
          <option value="">{t("addressbook.view.everybody")}</option>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {t(`roles.one.${role}`)}
            </option>
          ))}
          {as?.kind === "person" ? <option value={chosen}>{as.name}</option> : null}
        </select>
      </label>
      {rules.length === 1 ? null : (
        <label className="block min-w-44 flex-1 space-y-1">
          <span className="block font-semibold">{t("addressbook.view.rules")}</span>
          <select name="draft" defaultValue={draft ?? "now"} className={CONTROL}>
            {rules.map((rule) => (
              <option key={rule} value={rule}>
                {t(`addressbook.view.${rule}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {edits.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button type="submit" className={buttonClass("secondary")}>
        {t("addressbook.view.apply")}
      </button>
    </form>
  );
}

function SeenAsNotice({ view }: { readonly view: ViewHead }) {
  const t = useTranslations();
  const { as, draft, school, version } = view;
  if (as === null) return null;
  const roles = as.kind === "role" ? [as.role] : as.roles;
  return (
    <Notice
      tone={draft === null ? "info" : "waiting"}
      title={
        as.kind === "role"
          ? t("addressbook.view.asRole", { role: t(`roles.one.${as.role}`) })
          : t("addressbook.view.asPerson", {
              name: as.name,
              roles: roles.map((role) => t(`roles.one.${role}`)).join(", "),
            })
      }
    >
      <p>{t(draft === null ? "addressbook.view.inEffect" : "addressbook.view.withDraft", { version })}</p>
      {as.kind === "role" ? <p>{t("addressbook.view.ownGroups")}</p> : null}
      {as.kind === "person" && as.isLocked ? <p>{t("addressbook.view.locked")}</p> : null}
      {school.isOn ? null : <p>{t("addressbook.view.schoolOff")}</p>}
      <ButtonLink href={bookPath(school.id)} kind="quiet" className="-ml-4">
        {t("addressbook.view.reset")}
      </ButtonLink>
    </Notice>
  );
}
