// What the demo's mail server shows: the list of mails, one mail, and the switch that takes it away for a while.
import { escapeHtml } from "#lib/mail/html.ts";
import { renderPage, type Page } from "../identity/layout.ts";
import type { StoredMail } from "./store.ts";

const PRODUCT = "Mailserver";
const time = new Intl.DateTimeFormat("de-DE", { dateStyle: "medium", timeStyle: "medium", timeZone: "Europe/Berlin" });

function facts({ receivedAt, to, from }: StoredMail): string {
  return `${time.format(new Date(receivedAt))} · an ${escapeHtml(to.join(", "))} · von ${escapeHtml(from)}`;
}

export function listPage(mails: readonly StoredMail[], isListening: boolean): Page {
  const items = mails.map(
    (mail) =>
      `<li><p><a href="/mails/${escapeHtml(mail.id)}">${escapeHtml(mail.subject)}</a><br><span class="quiet">${facts(mail)}</span></p></li>`,
  );
  const list = items.length === 0 ? "<p>Noch keine Mail.</p>" : `<ol>${items.join("\n")}</ol>`;
  const [state, next, label] = isListening
    ? ["Der Mailserver nimmt Mails an.", "down", "Mailserver anhalten"]
    : ["Der Mailserver ist angehalten: Mails warten in der Konsole.", "up", "Mailserver wieder starten"];
  return renderPage({
    product: PRODUCT,
    title: "Mails",
    body: `<h1>Mails</h1>
<p class="notice">Dies ist eine Vorführung auf diesem Rechner. Jede Mail der Konsole bleibt hier; keine verlässt den Rechner. Alle Adressen sind erfunden.</p>
<form method="post" action="/control">
<p>${state}</p>
<div class="actions"><button name="smtp" value="${next}">${label}</button></div>
</form>
${list}`,
  });
}

const ADDRESS = /https?:\/\/[^\s<>"]+/g;

/** The text part, with its addresses as links. */
function readable(text: string): string {
  let html = "";
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = escapeHtml(match[0]);
    html += `${escapeHtml(text.slice(end, match.index))}<a href="${address}">${address}</a>`;
    end = match.index + match[0].length;
  }
  return (html + escapeHtml(text.slice(end))).replaceAll("\n", "<br>\n");
}

export function mailPage(mail: StoredMail): Page {
  return renderPage({
    product: PRODUCT,
    title: mail.subject,
    body: `<p><a href="/">Alle Mails</a></p>
<h1>${escapeHtml(mail.subject)}</h1>
<p class="quiet">${facts(mail)}</p>
<p>${readable(mail.text)}</p>`,
  });
}

export const notFoundPage = (): Page =>
  renderPage({
    product: PRODUCT,
    title: "Diese Mail gibt es nicht",
    body: `<h1>Diese Mail gibt es nicht</h1>\n<p><a href="/">Alle Mails</a></p>`,
  });
