// At the end of every page.
import Link from "next/link";
import { useTranslations } from "next-intl";

export function Footer() {
  const t = useTranslations("shell");
  return (
    <footer className="mt-16 border-t border-line pt-2 text-ink-soft">
      <Link href="/accessibility" className="inline-flex min-h-11 items-center underline-offset-4 hover:underline">
        {t("accessibility")}
      </Link>
    </footer>
  );
}
