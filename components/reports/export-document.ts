// A case as one HTML file that needs nothing else and prints well. Every text in it is escaped; there is no script.
import { escapeHtml } from "#lib/mail/html.ts";
import { describeEvent } from "#lib/reports/event-text.ts";
import type { ExportedEvidence } from "#lib/reports/exported.ts";
import type { ShownCasePage, ShownPerson } from "./case-state.ts";
import type { ShownMeasures } from "./measures-state.ts";
import type { Writer } from "./writer.ts";

const STYLE = `body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#111}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px solid #999}h3{font-size:1rem;margin-bottom:.25rem}
dt{color:#555;font-size:.9rem}dd{margin:0 0 .5rem}.text{white-space:pre-wrap;overflow-wrap:anywhere}
img{max-width:100%;border:1px solid #999}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem;background:#f3f3f3;padding:.5rem}
article{break-inside:avoid}@media print{body{margin:0}}`;

const block = (text: string) => `<p class="text">${escapeHtml(text)}</p>`;
const heading = (text: string) => `<h2>${escapeHtml(text)}</h2>`;
const personText = ({ name, roles }: ShownPerson) => (roles === "" ? name : `${name} (${roles})`);

export type ExportContent = {
  readonly page: ShownCasePage;
  readonly measures: ShownMeasures;
  readonly evidence: readonly ExportedEvidence[];
  /** Who, when and why. */
  readonly made: string;
};

function evidenceHtml({ t }: Writer, { kind, mediaType, content }: ExportedEvidence): string {
  if (content === null) return block(t("caseExport.unreadable"));
  if (kind === "screenshot") {
    const alt = escapeHtml(t("caseExport.screenshot"));
    return `<h3>${alt}</h3><img alt="${alt}" src="data:${escapeHtml(mediaType)};base64,${content.toString("base64")}">`;
  }
  const { text, isEncrypted, json } = describeEvent(content.toString("utf8"));
  const said = isEncrypted ? t("caseExport.encrypted") : (text ?? "");
  return `<h3>${escapeHtml(t("caseExport.message"))}</h3>${block(said)}
<h3>${escapeHtml(t("caseExport.raw"))}</h3><pre>${escapeHtml(json)}</pre>`;
}

export function exportDocument({ page, measures, evidence, made }: ExportContent, writer: Writer): string {
  const { t, locale } = writer;
  const fact = (label: string, text: string) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>`;
  const reports = page.reports.map(
    (report) => `<article><h3>${escapeHtml(report.title)} · ${escapeHtml(report.at.full)}</h3>
${report.reporter === null ? "" : `<dl>${fact(t("caseExport.reporter"), personText(report.reporter))}</dl>`}
${report.reason === null ? "" : block(report.reason)}${report.notes.map(block).join("")}
${evidence
  .filter(({ reportId }) => reportId === report.id)
  .map((one) => evidenceHtml(writer, one))
  .join("")}</article>`,
  );
  const escalations = page.escalations.map(
    ({ title, message, answer }) => `<article><h3>${escapeHtml(title)}</h3>${block(message)}
${answer === null ? "" : `<h3>${escapeHtml(answer.by)}</h3>${block(answer.text)}${answer.wanted === null ? "" : block(answer.wanted)}`}</article>`,
  );
  const done = measures.measures.map(
    ({ title, stateText, at, sentences, text }) =>
      `<article><h3>${escapeHtml(title)}: ${escapeHtml(stateText)} · ${escapeHtml(at.full)}</h3>
${block(sentences.join(" "))}${text === null ? "" : block(text)}</article>`,
  );
  const entries = page.entries.map(
    ({ at, sentence, text }) =>
      `<li>${escapeHtml(at.full)}: ${escapeHtml(sentence)}${text === null ? "" : block(text)}</li>`,
  );
  const section = (title: string, parts: readonly string[]) =>
    parts.length === 0 ? "" : `${heading(title)}${parts.join("\n")}`;
  return `<!DOCTYPE html>
<html lang="${escapeHtml(locale)}">
<head><meta charset="utf-8"><title>${escapeHtml(page.title)}</title><style>${STYLE}</style></head>
<body>
<h1>${escapeHtml(page.title)}</h1>
<p><strong>${escapeHtml(t("caseExport.confidential"))}</strong></p>
${block(made)}
${heading(t("caseExport.facts"))}
<dl>${page.facts.map(({ label, text }) => fact(label, text)).join("")}
${fact(page.stateText, page.severityText)}
${page.reported === null ? "" : fact(t("caseExport.reported"), personText(page.reported))}
${page.room === null ? "" : fact(t("caseExport.room"), `${page.room.name} – ${page.room.text}`)}</dl>
${section(t("caseExport.reports"), reports)}
${section(t("caseExport.escalations"), escalations)}
${section(t("caseExport.measures"), done)}
${section(t("caseExport.timeline"), [`<ul>${entries.join("\n")}</ul>`])}
</body>
</html>
`;
}
