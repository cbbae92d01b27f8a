// The places of the console on wide screens.
import { useTranslations } from "next-intl";
import { Brand } from "./brand.tsx";
import { NavLink } from "./nav-link.tsx";
import { placeGroups, type OpenCounts, type PlaceAccess, type PlaceName } from "./places.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";

type SidebarProps = {
  readonly schoolId: string | null;
  readonly hasOpenRequest: boolean;
  readonly open: OpenCounts;
  readonly access: PlaceAccess;
};

const MOST_SHOWN = 99;

export function Sidebar({ schoolId, hasOpenRequest, open, access }: SidebarProps) {
  const t = useTranslations("shell");
  return (
    <div className="hidden w-64 flex-none border-r border-line bg-sunken lg:block print:hidden">
      <nav aria-label={t("navigation")} className="sticky top-0 flex h-dvh flex-col gap-6 overflow-y-auto p-4">
        <IntentLink href="/" className="flex min-h-11 items-center px-2 pt-1">
          <Brand />
        </IntentLink>
        <div className="space-y-5">
          {placeGroups(schoolId, access).map(({ heading, places }) => (
            <div key={heading ?? "top"}>
              {heading === null ? null : <p className="px-3 pb-1 text-sm font-semibold text-ink-soft">{t(heading)}</p>}
              <ul className="space-y-0.5">
                {places.map(({ name, href, icon: Icon }) => (
                  <li key={name}>
                    <NavLink
                      href={href}
                      className="flex min-h-11 items-center gap-3 rounded-md px-3 hover:bg-line/60 aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent"
                    >
                      <Icon aria-hidden className="size-5 flex-none" />
                      {t(name)}
                      {name === "approvals" && hasOpenRequest ? (
                        <OpenMark count="1" label={t("approvalsOpen")} />
                      ) : null}
                      <OpenCount name={name} open={open} />
                    </NavLink>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      </nav>
    </div>
  );
}

/** How many cases wait; more than 99 is many. */
function OpenCount({ name, open }: { readonly name: PlaceName; readonly open: OpenCounts }) {
  const t = useTranslations("shell");
  const count = name === "reports" || name === "schoolReports" ? open[name] : 0;
  if (count === 0) return null;
  return (
    <OpenMark
      count={count > MOST_SHOWN ? `${String(MOST_SHOWN)}+` : String(count)}
      label={t("reportsOpen", { count })}
    />
  );
}

/** Somebody waits for a decision. */
function OpenMark({ count, label }: { readonly count: string; readonly label: string }) {
  return (
    <span className="ml-auto inline-flex h-6 min-w-6 items-center justify-center rounded-full bg-waiting-soft px-1.5 text-sm font-semibold text-waiting tabular-nums">
      <span aria-hidden>{count}</span>
      <span className="sr-only">, {label}</span>
    </span>
  );
}
