// Whose view is shown, and the way to another: a plain form, so that the view stands in the address.
import { Eye } from "lucide-react";
import { useTranslations } from "next-intl";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import { Notice } from "#components/ui/notice.tsx";
import type { ViewHead } from "#lib/addressbook/queries.ts";
import { ROLES } from "#lib/policy/roles.ts";
import { bookPath } from "./paths.ts";

export function ViewSwitch({ view }: { readonly view: ViewHead }) {
  const t = useTranslations();
  const { as, draft, openRequestId, school } = view;
  const path = bookPath(school.id);
  const chosen = as === null ? "" : as.kind === "role" ? as.role : `person:${as.id}`;
  return (
    <div className="space-y-4">
      <form
        method="get"
        action={path}
        className="flex flex-wrap items-end gap-3"
        aria-label={t("addressbook.view.title")}
      >
        <label className="block min-w-44 flex-1 space-y-1">
          <span className="block font-semibold">{t("addressbook.view.label")}</span>
          <select
            name="as"
            defaultValue={chosen}
            className="block min-h-11 w-full rounded-md border border-control bg-surface px-3"
          >
            <option value="">{t("addressbook.view.everybody")}</option>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t(`roles.one.${role}`)}
              </option>
            ))}
            {as?.kind === "person" ? <option value={chosen}>{as.name}</option> : null}
          </select>
        </label>
        {openRequestId === null ? null : (
          <label className="flex min-h-11 items-center gap-2">
            <input
              type="checkbox"
              name="draft"
              value="request"
              defaultChecked={draft === "request"}
              className="size-5"
            />
            {t("addressbook.view.withRequest")}
          </label>
        )}
        <button type="submit" className={buttonClass("secondary")}>
          <Eye aria-hidden className="size-5" />
          {t("addressbook.view.apply")}
        </button>
      </form>
      {as === null ? null : <SeenAsNotice view={view} />}
    </div>
  );
}

function SeenAsNotice({ view }: { readonly view: ViewHead }) {
  const t = useTranslations();
  const { as, draft, school, version } = view;
  if (as === null) return null;
  const roles = as.kind === "role" ? [as.role] : as.roles;
  const seesOwnGroupsOnly = as.kind === "role";
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
      {seesOwnGroupsOnly ? <p>{t("addressbook.view.ownGroups")}</p> : null}
      {as.kind === "person" && as.isLocked ? <p>{t("addressbook.view.locked")}</p> : null}
      {school.isOn ? null : <p>{t("addressbook.view.schoolOff")}</p>}
      <ButtonLink href={bookPath(school.id)} kind="quiet" className="-ml-4">
        {t("addressbook.view.reset")}
      </ButtonLink>
    </Notice>
  );
}
