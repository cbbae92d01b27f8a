// The same places at the thumb of a phone; what does not fit stands behind "more".
import { useTranslations } from "next-intl";
import { MoreMenu } from "./more-menu.tsx";
import { NavLink } from "./nav-link.tsx";
import { barPlaces, placeGroups, type OpenCounts, type PlaceAccess, type PlaceName } from "./places.ts";

type BottomBarProps = {
  readonly schoolId: string | null;
  readonly hasOpenRequest: boolean;
  readonly open: OpenCounts;
  readonly access: PlaceAccess;
};

/** Names that fit under an icon. */
const SHORT = {
  addressbook: "addressbookShort",
  audit: "auditShort",
  stateProvisioning: "stateProvisioningShort",
  frame: "frameShort",
  consoleRoles: "consoleRolesShort",
  stateAudit: "stateAuditShort",
  ownAudit: "ownAuditShort",
} as const satisfies Partial<Record<PlaceName, string>>;
const shortened = (name: PlaceName) => Object.entries(SHORT).find(([long]) => long === name)?.[1] ?? null;

const ITEM =
  "relative flex h-16 w-full flex-col items-center justify-center gap-1 px-0.5 text-sm text-ink-soft aria-[current]:font-semibold aria-[current]:text-accent";

export function BottomBar({ schoolId, hasOpenRequest, open, access }: BottomBarProps) {
  const t = useTranslations("shell");
  const { bar, more } = barPlaces(placeGroups(schoolId, access));
  if (bar.length < 2) return null;
  return (
    <nav
      aria-label={t("navigation")}
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface lg:hidden print:hidden"
    >
      <ul className="mx-auto flex max-w-xl">
        {bar.map(({ name, href, icon: Icon }) => (
          <li key={name} className="min-w-0 flex-1">
            <NavLink href={href} className={ITEM}>
              <Icon aria-hidden className="size-5" />
              <span className="max-w-full truncate">{t(shortened(name) ?? name)}</span>
              {name === "approvals" && hasOpenRequest ? (
                <span className="absolute top-2 left-1/2 ml-2 size-2.5 rounded-full bg-waiting">
                  <span className="sr-only">{t("approvalsOpen")}</span>
                </span>
              ) : null}
              {(name === "reports" || name === "schoolReports") && open[name] > 0 ? (
                <span className="absolute top-2 left-1/2 ml-2 size-2.5 rounded-full bg-waiting">
                  <span className="sr-only">{t("reportsOpen", { count: open[name] })}</span>
                </span>
              ) : null}
            </NavLink>
          </li>
        ))}
        {more.length === 0 ? null : (
          <li className="min-w-0 flex-1">
            <MoreMenu
              label={t("more")}
              title={t("moreTitle")}
              hrefs={more.flatMap(({ places }) => places.map(({ href }) => href))}
              className={ITEM}
            >
              {more.map(({ heading, places }) => (
                <div key={heading ?? "top"}>
                  {heading === null ? null : (
                    <p className="px-3 py-2 text-sm font-semibold text-ink-soft">{t(heading)}</p>
                  )}
                  <ul>
                    {places.map(({ name, href, icon: Icon }) => (
                      <li key={name}>
                        <NavLink
                          href={href}
                          className="flex min-h-11 items-center gap-3 rounded-md px-3 hover:bg-sunken aria-[current=page]:font-semibold aria-[current=page]:text-accent"
                        >
                          <Icon aria-hidden className="size-5 flex-none" />
                          {t(name)}
                        </NavLink>
                      </li>
                    ))}
                  </ul>
                </div>
              ))}
            </MoreMenu>
          </li>
        )}
      </ul>
    </nav>
  );
}
