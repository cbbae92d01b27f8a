// Next.js: the i18n plugin and the headers of every answer. The Content-Security-Policy has a nonce and comes from proxy.ts.
import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

const TWO_YEARS_S = 63_072_000;

const SECURITY_HEADERS = [
  { key: "Strict-Transport-Security", value: `max-age=${String(TWO_YEARS_S)}; includeSubDomains` },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
];

const config: NextConfig = {
  // npm test checks the types of everything; a start on a fresh machine need not wait for it
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
  turbopack: { root: import.meta.dirname },
  // the largest form is 72 cells and a reason of 1,000 characters
  experimental: { serverActions: { bodySizeLimit: "64kb" } },
  headers: () => Promise.resolve([{ source: "/:path*", headers: SECURITY_HEADERS }]),
};

const withNextIntl = createNextIntlPlugin({
  requestConfig: "./lib/i18n/request.ts",
  experimental: {
    // compiled when built: the browser gets no ICU parser
    messages: { path: "./messages", format: "json", locales: "infer", precompile: true },
  },
});

export default withNextIntl(config);
