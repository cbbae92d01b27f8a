// At the end of every page.
import { useTranslations } from "next-intl";
import { IntentLink } from "#components/ui/intent-link.tsx";

export function Footer() {
  const t = useTranslations("shell");
  return (
    <footer className="mt-16 print:hidden border-t border-line pt-2 text-ink-soft">
      <IntentLink
        href="/accessibility"
        className="inline-flex min-h-11 items-center underline-offset-4 hover:underline"
      >
        {t("accessibility")}
      </IntentLink>
    </footer>
  );
}
