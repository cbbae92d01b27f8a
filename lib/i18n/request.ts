// What next-intl asks for on every request: the language, its texts and the schools' time zone.
import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { LOCALE_COOKIE, TIME_ZONE, isLocale, negotiateLocale, type Locale } from "./locales.ts";

async function requestedLocale(): Promise<Locale> {
  const chosen = (await cookies()).get(LOCALE_COOKIE)?.value;
  return isLocale(chosen) ? chosen : negotiateLocale((await headers()).get("accept-language"));
}

async function messagesOf(locale: Locale) {
  switch (locale) {
    case "de":
      return (await import("../../messages/de.json")).default;
    case "en":
      return (await import("../../messages/en.json")).default;
  }
}

export default getRequestConfig(async () => {
  const locale = await requestedLocale();
  return { locale, messages: await messagesOf(locale), timeZone: TIME_ZONE, now: new Date() };
});
