// The language switch. Anybody may choose, signed in or not, so it stands outside the wrapper of other actions.
"use server";
import { cookies } from "next/headers";
import { LOCALE_COOKIE, isLocale } from "./locales.ts";

const YEAR_S = 365 * 24 * 60 * 60;

/** Field `locale` of the form; an unknown language is ignored. The page answers in the new one. */
export async function chooseLocale(form: FormData): Promise<void> {
  const locale = form.get("locale");
  if (typeof locale !== "string" || !isLocale(locale)) return;
  (await cookies()).set(LOCALE_COOKIE, locale, { path: "/", maxAge: YEAR_S, sameSite: "lax", httpOnly: true });
}
