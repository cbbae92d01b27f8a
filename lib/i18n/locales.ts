// The languages of the console and how one is chosen: the cookie of the language switch, else what the browser asks for.
export const LOCALES = ["de", "en"] as const;
export type Locale = (typeof LOCALES)[number];

export const DEFAULT_LOCALE: Locale = "de";
export const LOCALE_COOKIE = "locale";
/** Schools live by their wall clock, whatever the server's or the browser's is. */
export const TIME_ZONE = "Europe/Berlin";

export function isLocale(value: string | undefined): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

/** The best of our languages for an Accept-Language header (RFC 9110 §12.5.4); German where it names none of them. */
export function negotiateLocale(acceptLanguage: string | null): Locale {
  const wishes = (acceptLanguage ?? "").split(",").map((part) => {
    const [range = "", ...parameters] = part.trim().split(";");
    const quality = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith("q="));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    return { language: range.split("-")[0]?.toLowerCase(), weight: Number.isFinite(weight) ? weight : 0 };
  });
  const [best] = wishes
    .filter(({ language, weight }) => isLocale(language) && weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  return isLocale(best?.language) ? best.language : DEFAULT_LOCALE;
}
