// The same places at the thumb of a phone.
import { useTranslations } from "next-intl";
import { NavLink } from "./nav-link.tsx";
import { placeGroups } from "./places.ts";

type BottomBarProps = { readonly schoolId: string | null; readonly hasOpenRequest: boolean };

export function BottomBar({ schoolId, hasOpenRequest }: BottomBarProps) {
  const t = useTranslations("shell");
  const places = placeGroups(schoolId).flatMap((group) => group.places);
  if (places.length < 2) return null;
  return (
    <nav
      aria-label={t("navigation")}
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface lg:hidden"
    >
      <ul className="mx-auto flex max-w-xl">
        {places.map(({ name, href, icon: Icon }) => (
          <li key={name} className="min-w-0 flex-1">
            <NavLink
              href={href}
              className="relative flex h-16 flex-col items-center justify-center gap-1 px-1 text-sm text-ink-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent"
            >
              <Icon aria-hidden className="size-5" />
              <span className="max-w-full truncate">{name === "audit" ? t("auditShort") : t(name)}</span>
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
