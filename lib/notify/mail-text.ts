// What a notice says: which school, what kind of matter, and where to look. No person, no reason, no content; it passes
// servers that are not ours. German first, then English, because the outbox knows nobody's language.
import { LOCALES, type Locale } from "#lib/i18n/locales.ts";
import { translatorOf } from "#lib/i18n/texts.ts";
import { escapeHtml } from "#lib/mail/html.ts";
import { DIGEST, isAboutCases, type MailKind } from "./rules.ts";

export type NoticeSubject =
  | { readonly matter: "request"; readonly requestId: string; readonly schoolId: string; readonly schoolName: string }
  | { readonly matter: "proposal"; readonly proposalId: string }
  | { readonly matter: "rooms"; readonly schoolId: string; readonly schoolName: string }
  | { readonly matter: "case"; readonly caseId: string; readonly number: number }
  | { readonly matter: "digest"; readonly counts: CaseCounts };

/** Of the cases that the recipient may see. */
export type CaseCounts = { readonly open: number; readonly severe: number; readonly overdue: number };

export type MailText = { readonly subject: string; readonly text: string; readonly html: string };

function pathOf(subject: NoticeSubject): string {
  switch (subject.matter) {
    case "request":
      return `/schools/${encodeURIComponent(subject.schoolId)}/approvals/${subject.requestId}`;
    case "proposal":
      return `/frame/proposals/${subject.proposalId}`;
    case "rooms":
      return `/schools/${encodeURIComponent(subject.schoolId)}/provisioning`;
    case "case":
      return `/reports/${subject.caseId}`;
    case "digest":
      return "/reports";
  }
}

/** Of the console's page about it. The same paths as components/shell/paths.ts, which lib does not know. */
export function addressOf(consoleUrl: string, subject: NoticeSubject): string {
  return `${consoleUrl}${pathOf(subject)}`;
}

/** Names of schools come from outside; in a header or a line of text they stay on their line. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, " ").trim();

type Part = Readonly<Record<"subject" | "title" | "body" | "link" | "footer", string>>;

function partOf(locale: Locale, kind: MailKind, subject: NoticeSubject): Part {
  const t = translatorOf(locale);
  const common = { link: t("mail.link"), footer: t("mail.footer") };
  if (isAboutCases(kind)) {
    // the number says nothing, and is what people say on the telephone
    const about = subject.matter === "case" ? { number: String(subject.number) } : { number: "" };
    const counts = subject.matter === "digest" ? subject.counts : { open: 0, severe: 0, overdue: 0 };
    return {
      ...common,
      subject: t(`mail.${kind}.subject`, about),
      title: t(`mail.${kind}.title`),
      body: t(`mail.${kind}.body`, { ...about, ...counts }),
    };
  }
  const place =
    subject.matter === "request" || subject.matter === "rooms"
      ? t("mail.school", { school: oneLine(subject.schoolName), id: oneLine(subject.schoolId) })
      : t("mail.state");
  const matter = subject.matter === "request" ? "request" : "proposal";
  const body = kind === DIGEST ? t("mail.digest.body", { place }) : t(`mail.${matter}.${kind}`, { place });
  return {
    ...common,
    subject: t(`mail.${kind}.subject`, { place }),
    title: t(`mail.${kind}.title`),
    body,
  };
}

export function mailTextOf(kind: MailKind, subject: NoticeSubject, consoleUrl: string): MailText {
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
