// The document around every page: language, type, and the few texts that the browser itself needs.
import type { Metadata, Viewport } from "next";
import { NextIntlClientProvider } from "next-intl";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { latin, latinExtended } from "./fonts.ts";
import "./theme.css";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("app");
  return {
    title: { default: t("title"), template: `%s · ${t("title")}` },
    description: t("description"),
    robots: { index: false, follow: false },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f8fafa" },
    { media: "(prefers-color-scheme: dark)", color: "#0d1518" },
  ],
};

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const locale = await getLocale();
  const { client, errors } = await getMessages();
  // react-aria puts its one style element under the nonce of this tag
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html lang={locale} className={`${latin.variable} ${latinExtended.variable}`}>
      <head>
        <meta property="csp-nonce" nonce={nonce} />
      </head>
      <body>
        <NextIntlClientProvider messages={{ client, errors }}>{children}</NextIntlClientProvider>
      </body>
    </html>
  );
}
