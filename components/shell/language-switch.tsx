// Deutsch or English, each in its own words; a form, so that it works before any script has loaded.
import { useLocale, useTranslations } from "next-intl";
import { chooseLocale } from "#lib/i18n/actions.ts";
import { LOCALES } from "#lib/i18n/locales.ts";

export function LanguageSwitch() {
  const t = useTranslations("shell");
  const current = useLocale();
  return (
    <form action={chooseLocale} aria-label={t("language")} className="inline-flex rounded-md border border-line p-0.5">
      {LOCALES.map((locale) => (
        <button
          key={locale}
          type="submit"
          name="locale"
          value={locale}
          lang={locale}
          aria-pressed={locale === current}
          className="min-h-11 rounded-sm px-3 text-ink-soft hover:text-ink aria-pressed:bg-accent-soft aria-pressed:font-semibold aria-pressed:text-accent"
        >
          {t(`languages.${locale}`)}
        </button>
      ))}
    </form>
  );
}
