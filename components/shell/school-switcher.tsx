// At which school the reader is, and the way to another one.
import { Check, ChevronsUpDown, Clock, School, Search } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ChoosableSchool } from "#lib/overview/queries.ts";
import type { SchoolHead } from "#lib/policy/types.ts";
import { SwitchLink } from "./switch-link.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";

const MENU_ID = "school-menu";

type SchoolSwitcherProps = {
  readonly schools: readonly ChoosableSchool[];
  readonly current: SchoolHead | null;
  /** State staff: there are more schools than a menu holds. */
  readonly mayFindOthers: boolean;
};

export function SchoolSwitcher({ schools, current, mayFindOthers }: SchoolSwitcherProps) {
  const t = useTranslations("shell");
  const [onlyOne] = schools;
  if (!mayFindOthers) {
    if (!onlyOne) return null;
    if (schools.length === 1) return <SchoolName school={onlyOne.school} />;
  }
  if (schools.length === 0) {
    return (
      <IntentLink
        href="/"
        className="text-link inline-flex min-h-11 items-center gap-1.5 px-1 whitespace-nowrap sm:gap-2 sm:px-2"
      >
        <Search aria-hidden className="size-5" />
        {t("findSchool")}
      </IntentLink>
    );
  }
  return (
    <>
      <button
        type="button"
        popoverTarget={MENU_ID}
        className="flex min-h-11 max-w-full min-w-0 items-center gap-2 rounded-md px-2 text-left hover:bg-sunken"
      >
        {current === null ? (
          <span className="font-semibold">{t("chooseSchool")}</span>
        ) : (
          <SchoolName school={current} />
        )}
        <ChevronsUpDown aria-hidden className="size-4 flex-none text-ink-soft" />
        {current === null ? null : <span className="sr-only">, {t("switchSchool")}</span>}
      </button>
      <div id={MENU_ID} popover="auto" className="menu menu-start p-2">
        <p className="px-3 py-2 text-sm font-semibold text-ink-soft">{t("switchSchool")}</p>
        <ul>
          {schools.map(({ school, pendingRequestId }) => (
            <li key={school.id}>
              <SwitchLink
                schoolId={school.id}
                isCurrent={school.id === current?.id}
                className="flex min-h-11 items-center gap-3 rounded-md px-3 py-2 hover:bg-sunken"
              >
                <span className="min-w-0 flex-1">
                  {school.name}
                  <span className="block text-sm text-ink-soft tabular-nums">{school.id}</span>
                </span>
                {pendingRequestId === null ? null : (
                  <span className="inline-flex flex-none items-center text-waiting">
                    <Clock aria-hidden className="size-5" />
                    <span className="sr-only">{t("approvalsOpen")}</span>
                  </span>
                )}
                {school.id === current?.id ? <Check aria-hidden className="size-5 flex-none text-accent" /> : null}
              </SwitchLink>
            </li>
          ))}
        </ul>
        <IntentLink href="/" className="flex min-h-11 items-center rounded-md px-3 text-accent hover:bg-sunken">
          {t(mayFindOthers ? "findSchool" : "allSchools")}
        </IntentLink>
      </div>
    </>
  );
}

function SchoolName({ school }: { readonly school: SchoolHead }) {
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <School aria-hidden className="size-5 flex-none text-ink-soft" />
      <span className="min-w-0 leading-tight">
        <span className="block truncate font-semibold">{school.name}</span>
        <span className="block truncate text-sm text-ink-soft tabular-nums">{school.id}</span>
      </span>
    </span>
  );
}
