// Which cases to show and in which order. A plain form: the choice stands in the address and works before any script.
import { Filter } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { REPORTS_PATH } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import {
  CATEGORIES,
  INBOX_SORTS,
  INBOX_STATES,
  inboxQuery,
  SEVERITIES,
  type InboxFilter,
} from "#lib/reports/inbox-filter.ts";
import type { InboxChoices } from "#lib/reports/inbox-queries.ts";

type InboxFilterFormProps = { readonly filter: InboxFilter; readonly choices: InboxChoices };

const CONTROL = "block min-h-11 w-full rounded-md border border-control bg-surface px-3";

export function InboxFilterForm({ filter, choices }: InboxFilterFormProps) {
  const t = useTranslations("reports");
  const active = new URLSearchParams(inboxQuery(filter)).size;
  return (
    <details open={active > 0} className="rounded-lg border border-line bg-surface">
      <summary className="flex min-h-11 items-center gap-2 px-4 font-semibold">
        <Filter aria-hidden className="size-5 text-ink-soft" />
        {t("filter.title")}
        {active === 0 ? null : (
          <span className="font-normal text-ink-soft">{t("filter.active", { count: active })}</span>
        )}
      </summary>
      <form method="get" action={REPORTS_PATH} aria-label={t("filter.title")} className="space-y-4 p-4 pt-2">
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
          <Choice name="state" label={t("filter.state")} value={filter.state}>
            {INBOX_STATES.map((state) => (
              <option key={state} value={state}>
                {state === "open" || state === "all" ? t(`filter.${state}`) : t(`state.${state}`)}
              </option>
            ))}
          </Choice>
          <Choice name="severity" label={t("filter.severity")} value={filter.severity ?? ""}>
            <option value="">{t("filter.any")}</option>
            {SEVERITIES.toReversed().map((severity) => (
              <option key={severity} value={severity}>
                {t(`severity.${severity}`)}
              </option>
            ))}
          </Choice>
          <Choice name="category" label={t("filter.category")} value={filter.category ?? ""}>
            <option value="">{t("filter.any")}</option>
            {CATEGORIES.map((category) => (
              <option key={category} value={category}>
                {t(`category.${category}`)}
              </option>
            ))}
          </Choice>
          <Choice name="school" label={t("filter.school")} value={filter.school ?? ""}>
            <option value="">{t("filter.any")}</option>
            {choices.schools.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Choice>
          <Choice name="assignee" label={t("filter.assignee")} value={filter.assignee ?? ""}>
            <option value="">{t("filter.any")}</option>
            <option value="me">{t("filter.me")}</option>
            <option value="none">{t("filter.none")}</option>
            {choices.people.map(({ id, name }) => (
              <option key={id} value={`p:${id}`}>
                {name}
              </option>
            ))}
            {choices.teams.map((team) => (
              <option key={team} value={`t:${team}`}>
                {t("filter.team", { name: team })}
              </option>
            ))}
          </Choice>
          <Choice name="sort" label={t("filter.sort")} value={filter.sort}>
            {INBOX_SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {t(`sort.${sort}`)}
              </option>
            ))}
          </Choice>
          <label className="block space-y-1">
            <span className="block font-semibold">{t("filter.number")}</span>
            <input
              name="number"
              inputMode="numeric"
              maxLength={13}
              defaultValue={filter.number}
              autoComplete="off"
              className={CONTROL}
            />
          </label>
          <div className="space-y-1 self-end">
            <Check name="overdue" label={t("filter.overdue")} isOn={filter.overdue === true} />
            <Check name="unread" label={t("filter.unread")} isOn={filter.unread === true} />
          </div>
        </div>
        <div className="flex flex-wrap gap-3">
          <button type="submit" className={buttonClass("primary")}>
            {t("filter.apply")}
          </button>
          {active === 0 ? null : (
            <ButtonLink href={REPORTS_PATH} kind="quiet">
              {t("filter.reset")}
            </ButtonLink>
          )}
        </div>
      </form>
    </details>
  );
}

type ChoiceProps = {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly children: ReactNode;
};

function Choice({ name, label, value, children }: ChoiceProps) {
  return (
    <label className="block space-y-1">
      <span className="block font-semibold">{label}</span>
      <select name={name} defaultValue={value} className={CONTROL}>
        {children}
      </select>
    </label>
  );
}

type CheckProps = { readonly name: string; readonly label: string; readonly isOn: boolean };

function Check({ name, label, isOn }: CheckProps) {
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input type="checkbox" name={name} value="1" defaultChecked={isOn} className="size-5" />
      {label}
    </label>
  );
}
