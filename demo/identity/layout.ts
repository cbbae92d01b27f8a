/** The frame of the identity provider's pages: one quiet column, light and dark, no script unless a page brings its own. */
import { randomBytes } from "node:crypto";
import { escapeHtml } from "#lib/mail/html.ts";

export type Page = {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** `script`, if any, runs after the page has loaded. Everything in `body` is HTML already. */
export function renderPage(page: { title: string; body: string; script?: string; product?: string }): Page {
  const product = escapeHtml(page.product ?? "Bildungsportal");
  const nonce = randomBytes(16).toString("base64");
  const script = page.script === undefined ? "" : `<script nonce="${nonce}">${page.script}</script>`;
  return {
    html: `<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)} – ${product} (Vorführung)</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${stylesheet}</style>
</head>
<body>
<main>
<p class="product">${product} <span>Vorführung</span></p>
${page.body}
</main>
${script}
</body>
</html>
`,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": [
        "default-src 'none'",
        `style-src 'nonce-${nonce}'`,
        `script-src 'nonce-${nonce}'`,
        "img-src data:",
        // Browsers apply form-action to the redirects after a form too, and both applications of the demo are on loopback.
        "form-action 'self' http://localhost:* http://127.0.0.1:*",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join("; "),
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    },
  };
}

const stylesheet = `
:root {
  color-scheme: light dark;
  --paper: light-dark(oklch(98.5% 0.004 95), oklch(20% 0.012 230));
  --raised: light-dark(oklch(100% 0 0), oklch(25% 0.014 230));
  --ink: light-dark(oklch(25% 0.02 230), oklch(94% 0.006 95));
  --quiet: light-dark(oklch(43% 0.02 230), oklch(78% 0.012 230));
  --line: light-dark(oklch(62% 0.02 230), oklch(58% 0.02 230));
  --accent: light-dark(oklch(42% 0.075 205), oklch(80% 0.085 200));
  --on-accent: light-dark(oklch(99% 0 0), oklch(20% 0.03 210));
  --notice: light-dark(oklch(94% 0.035 90), oklch(31% 0.035 85));
  --danger: light-dark(oklch(46% 0.17 27), oklch(80% 0.1 25));
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 "Atkinson Hyperlegible Next", system-ui, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 1.5rem 0 0.5rem; }
h2 { font-size: 1.125rem; margin: 2.5rem 0 0.25rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; color: var(--quiet); }
p { margin: 0.5rem 0; }
a { color: var(--accent); }
.product { margin: 0; font-weight: 700; color: var(--accent); }
.product span { font-weight: 400; color: var(--quiet); }
.notice { background: var(--notice); border-radius: 0.375rem; padding: 0.75rem 1rem; margin: 1.25rem 0; }
.error { color: var(--danger); font-weight: 600; }
.quiet { color: var(--quiet); }
label { display: block; font-weight: 600; margin-top: 1.25rem; }
input { width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 0.375rem; }
input[aria-invalid="true"] { border: 2px solid var(--danger); }
button { min-height: 2.75rem; padding: 0.5rem 1rem; font: inherit; border-radius: 0.375rem; border: 1px solid var(--line); background: var(--raised); color: var(--ink); cursor: pointer; }
button:hover { border-color: var(--accent); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1rem; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.5rem; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); }
li { display: grid; }
li button { text-align: left; display: grid; align-content: start; }
li button strong { font-weight: 600; }
`;
