// At which school the reader is, and the way to another one.
import { Check, ChevronsUpDown, School } from "lucide-react";
import { useTranslations } from "next-intl";
import type { SchoolHead } from "#lib/policy/types.ts";
import { schoolPath } from "./paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";

const MENU_ID = "school-menu";

type SchoolSwitcherProps = { readonly schools: readonly SchoolHead[]; readonly current: SchoolHead | null };

export function SchoolSwitcher({ schools, current }: SchoolSwitcherProps) {
  const t = useTranslations("shell");
  if (schools.length === 0) return null;
  const [onlyOne] = schools;
  if (schools.length === 1 && onlyOne) return <SchoolName school={onlyOne} />;
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
          {schools.map((school) => (
            <li key={school.id}>
              {/* a full load: a popover stays open over a soft navigation */}
              <a
                href={schoolPath(school.id, "matrix")}
                aria-current={school.id === current?.id ? "true" : undefined}
                className="flex min-h-11 items-center gap-3 rounded-md px-3 py-2 hover:bg-sunken"
              >
                <span className="min-w-0 flex-1">
                  {school.name}
                  <span className="block text-sm text-ink-soft tabular-nums">{school.id}</span>
                </span>
                {school.id === current?.id ? <Check aria-hidden className="size-5 flex-none text-accent" /> : null}
              </a>
            </li>
          ))}
        </ul>
        <IntentLink href="/" className="flex min-h-11 items-center rounded-md px-3 text-accent hover:bg-sunken">
          {t("allSchools")}
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
