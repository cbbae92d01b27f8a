// Tells next-intl our languages and texts: a missing or misspelt key does not compile.
import type de from "../../messages/de.json";
import type { Locale as OurLocale } from "./locales.ts";

declare module "next-intl" {
  // merged with next-intl's own declaration, which only an interface can be
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface AppConfig {
    Locale: OurLocale;
    Messages: typeof de;
  }
}
