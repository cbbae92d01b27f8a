// What a notice says: which school, what kind of matter, and where to look. No person, no reason, no content; it passes
// servers that are not ours. German first, then English, because the outbox knows nobody's language.
import { LOCALES, type Locale } from "#lib/i18n/locales.ts";
import { translatorOf } from "#lib/i18n/texts.ts";
import { escapeHtml } from "#lib/mail/html.ts";
import type { NoticeKind } from "./rules.ts";

export type NoticeSubject =
  | { readonly matter: "request"; readonly requestId: string; readonly schoolId: string; readonly schoolName: string }
  | { readonly matter: "proposal"; readonly proposalId: string };

export type MailText = { readonly subject: string; readonly text: string; readonly html: string };

/** Of the console's page about it. The same paths as components/shell/paths.ts, which lib does not know. */
export function addressOf(consoleUrl: string, subject: NoticeSubject): string {
  const path =
    subject.matter === "request"
      ? `/schools/${encodeURIComponent(subject.schoolId)}/approvals/${subject.requestId}`
      : `/frame/proposals/${subject.proposalId}`;
  return `${consoleUrl}${path}`;
}

/** Names of schools come from outside; in a header or a line of text they stay on their line. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, " ").trim();

type Part = Readonly<Record<"subject" | "title" | "body" | "link" | "footer", string>>;

function partOf(locale: Locale, kind: NoticeKind, subject: NoticeSubject): Part {
  const t = translatorOf(locale);
  const place =
    subject.matter === "request"
      ? t("mail.school", { school: oneLine(subject.schoolName), id: oneLine(subject.schoolId) })
      : t("mail.state");
  return {
    subject: t(`mail.${kind}.subject`, { place }),
    title: t(`mail.${kind}.title`),
    body: t(`mail.${subject.matter}.${kind}`, { place }),
    link: t("mail.link"),
    footer: t("mail.footer"),
  };
}

export function mailTextOf(kind: NoticeKind, subject: NoticeSubject, consoleUrl: string): MailText {
  const address = addressOf(consoleUrl, subject);
  const parts = LOCALES.map((locale) => ({ locale, ...partOf(locale, kind, subject) }));
  const text = parts
    .map(({ body, link, footer }) => `${body}\n\n${link}:\n${address}\n\n${footer}\n`)
    .join("\n-- \n\n");
  const sections = parts.map(
    ({ locale, title, body, link, footer }) => `<div lang="${locale}">
<h1 style="font-size:1.25em">${escapeHtml(title)}</h1>
<p>${escapeHtml(body)}</p>
<p><a href="${escapeHtml(address)}">${escapeHtml(link)}</a></p>
<p>${escapeHtml(footer)}</p>
</div>`,
  );
  const [first] = parts;
  const subjectLine = first?.subject ?? "";
  const html = `<!DOCTYPE html>
<html lang="${first?.locale ?? "de"}">
<head><meta charset="utf-8"><title>${escapeHtml(subjectLine)}</title></head>
<body style="font-family:sans-serif;line-height:1.5">
${sections.join("\n<hr>\n")}
</body>
</html>
`;
  return { subject: subjectLine, text, html };
}
