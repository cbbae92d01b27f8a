// The console's words in the language of a journey, read from the same files as the console reads them.
import { createTranslator } from "next-intl";
import { keySentence } from "#components/matrix/sentences.ts";
import { TIME_ZONE, type Locale } from "#lib/i18n/locales.ts";
import type { CellKey } from "#lib/policy/roles.ts";
import de from "../messages/de.json" with { type: "json" };
import en from "../messages/en.json" with { type: "json" };

/** Stands in a text where the page shows a number that the journey does not know. */
export const NUMBER = "NUMBER";

function pattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(NUMBER, String.raw`(\d+)`);
}

function wordsOf(locale: Locale, region: string, messages: typeof de) {
  const t = createTranslator({ locale, messages, timeZone: TIME_ZONE });
  return {
    locale,
    /** What the browser asks for. */
    region,
    t,
    /** The name of a cell's checkbox begins with its sentence. */
    cell: (key: CellKey) => new RegExp(`^${pattern(keySentence(t, key))}`),
    /** What holds once a cell is closed. */
    closed: (key: CellKey) => keySentence(t, key, false),
    /** Finds a text with {@link NUMBER} in it, or as a part of a longer one. */
    like: (text: string) => new RegExp(pattern(text)),
  };
}

export type Words = ReturnType<typeof wordsOf>;
export const german = wordsOf("de", "de-DE", de);
export const english = wordsOf("en", "en-GB", en);
export const LANGUAGES = [german, english] as const;
