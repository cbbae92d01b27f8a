// The person who is signed in: name, language, signing out. A native popover, so it costs no script.
import { ChevronDown, CircleUserRound, LogOut } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass } from "#components/ui/classes.ts";
import { LanguageSwitch } from "./language-switch.tsx";

const MENU_ID = "account-menu";

export function AccountMenu({ name, roles }: { readonly name: string; readonly roles: readonly string[] }) {
  const t = useTranslations("shell");
  return (
    <>
      <button
        type="button"
        popoverTarget={MENU_ID}
        aria-label={t("account", { name })}
        className="flex min-h-11 items-center gap-2 rounded-md px-2 hover:bg-sunken"
      >
        <CircleUserRound aria-hidden className="size-6 flex-none text-ink-soft" strokeWidth={1.5} />
        <span className="hidden max-w-48 truncate md:inline">{name}</span>
        <ChevronDown aria-hidden className="size-4 flex-none text-ink-soft" />
      </button>
      <div id={MENU_ID} popover="auto" className="menu p-4">
        <p className="font-semibold">{name}</p>
        <p className="text-ink-soft">{roles.join(", ")}</p>
        <div className="my-4">
          <LanguageSwitch />
        </div>
        <form action="/api/sign-out" method="post">
          <button type="submit" className={buttonClass("secondary", "w-full")}>
            <LogOut aria-hidden className="size-5" />
            {t("signOut")}
          </button>
        </form>
      </div>
    </>
  );
}
