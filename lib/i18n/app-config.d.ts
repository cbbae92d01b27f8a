// Tells next-intl our languages and texts: a missing or misspelt key does not compile.
import type de from "../../messages/de.json";
import type { Locale as OurLocale } from "./locales.ts";

declare module "next-intl" {
  type AppConfig = {
    Locale: OurLocale;
    Messages: typeof de;
  }
}
