// Our texts outside of a request, for what is written to people who are not at the console.
import { createTranslator } from "next-intl";
import de from "../../messages/de.json" with { type: "json" };
import en from "../../messages/en.json" with { type: "json" };
import { TIME_ZONE, type Locale } from "./locales.ts";

const MESSAGES = { de, en } satisfies Record<Locale, typeof de>;

/** All texts of a language. */
export function translatorOf(locale: Locale) {
  return createTranslator({ locale, messages: MESSAGES[locale], timeZone: TIME_ZONE });
}
