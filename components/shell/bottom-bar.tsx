// The same places at the thumb of a phone.
import { useTranslations } from "next-intl";
import { NavLink } from "./nav-link.tsx";
import { placeGroups, type PlaceAccess, type PlaceName } from "./places.ts";

type BottomBarProps = {
  readonly schoolId: string | null;
  readonly hasOpenRequest: boolean;
  readonly access: PlaceAccess;
};

/** Names that fit under an icon. */
const SHORT = {
  addressbook: "addressbookShort",
  audit: "auditShort",
  frame: "frameShort",
  consoleRoles: "consoleRolesShort",
  stateAudit: "stateAuditShort",
  ownAudit: "ownAuditShort",
} as const satisfies Partial<Record<PlaceName, string>>;
const shortened = (name: PlaceName) => Object.entries(SHORT).find(([long]) => long === name)?.[1] ?? null;

export function BottomBar({ schoolId, hasOpenRequest, access }: BottomBarProps) {
  const t = useTranslations("shell");
  // at a school its own places are nearer than the state's, and there is room for five
  const places = placeGroups(schoolId, access)
    .filter(({ heading }) => schoolId === null || heading !== "state")
    .flatMap((group) => group.places);
  if (places.length < 2) return null;
  return (
    <nav
      aria-label={t("navigation")}
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface lg:hidden print:hidden"
    >
      <ul className="mx-auto flex max-w-xl">
        {places.map(({ name, href, icon: Icon }) => (
          <li key={name} className="min-w-0 flex-1">
            <NavLink
              href={href}
              className="relative flex h-16 flex-col items-center justify-center gap-1 px-1 text-sm text-ink-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent"
            >
              <Icon aria-hidden className="size-5" />
              <span className="max-w-full truncate">{t(shortened(name) ?? name)}</span>
              {name === "approvals" && hasOpenRequest ? (
                <span className="absolute top-2 left-1/2 ml-2 size-2.5 rounded-full bg-waiting">
                  <span className="sr-only">{t("approvalsOpen")}</span>
                </span>
              ) : null}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
