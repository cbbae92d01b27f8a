/** The identity provider's pages: sign in, sign out, signed out, and what went wrong. German, as the portal itself. */
import { escapeHtml } from "#lib/mail/html.ts";
import { type Page, renderPage } from "./layout.ts";
import type { LoginGroup } from "./people.ts";

export type LoginPageModel = {
  /** Where the forms are sent. */
  readonly action: string;
  readonly clientName: string;
  readonly groups: readonly LoginGroup[];
  readonly username: string;
  /** Somebody who is signed in already is asked once more. */
  readonly again: boolean;
  readonly problem: "empty" | "unknown" | null;
};

const problems = {
  empty: "Bitte geben Sie einen Benutzernamen ein.",
  unknown: "Diesen Benutzernamen gibt es hier nicht. Bitte prüfen Sie die Schreibweise, zum Beispiel anna.berger.",
} as const;

export function loginPage(model: LoginPageModel): Page {
  const action = escapeHtml(model.action);
  const problem = model.problem === null ? "" : problems[model.problem];
  const invalid = problem === "" ? "" : ` aria-invalid="true"`;
  const choices = model.groups.map(({ heading, people }, index) => {
    const id = `group-${String(index)}`;
    const items = people.map(
      (person) =>
        `<li><button name="username" value="${escapeHtml(person.username)}"><strong>${escapeHtml(person.displayName)}</strong> ` +
        `<span class="quiet">${escapeHtml(person.note)}</span></button></li>`,
    );
    return `<h3 id="${id}">${escapeHtml(heading)}</h3>\n<ul aria-labelledby="${id}">${items.join("\n")}</ul>`;
  });
  const again = model.again ? "<p>Zur Sicherheit: Bitte melden Sie sich noch einmal an.</p>" : "";

  return renderPage({
    title: problem === "" ? "Anmelden" : "Fehler: Anmelden",
    body: `<h1>Anmelden</h1>
<p>Weiter zu: ${escapeHtml(model.clientName)}</p>
${again}
<p class="notice">Dies ist eine Vorführung auf diesem Rechner. Es gibt <strong>keine Passwörter</strong>: Wer einen Benutzernamen kennt, ist diese Person. Alle Personen sind erfunden.</p>
<form method="post" action="${action}">
<label for="username">Benutzername</label>
<p class="quiet" id="username-hint">Jede Person aus dem Verzeichnis, in der Form vorname.nachname</p>
<p class="error" id="username-problem" role="alert">${escapeHtml(problem)}</p>
<input id="username" name="username" value="${escapeHtml(model.username)}" autocomplete="username" autocapitalize="none" spellcheck="false" aria-describedby="username-hint username-problem"${invalid}>
<div class="actions">
<button class="primary">Anmelden</button>
<button name="cancel" value="yes">Abbrechen</button>
</div>
</form>
<h2>Oder mit einem Klick</h2>
<form method="post" action="${action}">
${choices.join("\n")}
</form>`,
  });
}

/** `form` is the library's own, with its protection against forged requests. */
export function logoutPage(form: string, submitAtOnce: boolean): Page {
  const page = {
    title: "Abmelden",
    body: `<h1>Abmelden</h1>
<p>Sie werden am Bildungsportal abgemeldet. Auf gemeinsam genutzten Geräten ist das wichtig.</p>
${form}
<div class="actions"><button class="primary" id="logout" form="op.logoutForm" name="logout" value="yes">Abmelden</button></div>`,
  };
  if (!submitAtOnce) return renderPage(page);
  return renderPage({ ...page, script: `const b = document.getElementById("logout"); b.form.requestSubmit(b);` });
}

export const loggedOutPage = (): Page =>
  renderPage({
    title: "Abgemeldet",
    body: "<h1>Sie sind abgemeldet</h1>\n<p>Sie können dieses Fenster schließen.</p>",
  });

export const startPage = (): Page =>
  renderPage({
    title: "Anmeldedienst",
    body: "<h1>Anmeldedienst der Vorführung</h1>\n<p>Hier gibt es nichts zu tun. Öffnen Sie die Konsole oder den Schulchat; von dort kommen Sie zur Anmeldung.</p>",
  });

const explanations: Readonly<Record<string, readonly [title: string, text: string]>> = {
  session_not_found: [
    "Diese Anmeldung gilt nicht mehr",
    "Sie wurde schon benutzt, ist abgelaufen oder gehört zu einem anderen Fenster. Bitte beginnen Sie in der Konsole oder im Schulchat von vorn.",
  ],
  invalid_client: [
    "Unbekannte Anwendung",
    "Die Anwendung, von der Sie kommen, ist beim Anmeldedienst nicht eingetragen. Bitte prüfen Sie Kennung und Geheimnis der Anwendung.",
  ],
  invalid_redirect_uri: [
    "Unbekannte Rücksprungadresse",
    "Die Anwendung nennt eine Adresse, die beim Anmeldedienst nicht eingetragen ist. Öffnen Sie die Anwendung unter der Adresse, die beim Start genannt wurde.",
  ],
  not_found: [
    "Diese Seite gibt es nicht",
    "Öffnen Sie die Konsole oder den Schulchat; von dort kommen Sie zur Anmeldung.",
  ],
  server_error: [
    "Das hat nicht geklappt",
    "Beim Anmeldedienst ist ein Fehler aufgetreten. Bitte versuchen Sie es noch einmal.",
  ],
};
const generalExplanation = [
  "Die Anmeldung ist nicht möglich",
  "Die Anfrage der Anwendung ist unvollständig oder fehlerhaft. Bitte beginnen Sie in der Anwendung von vorn.",
] as const;

/** `detail` is for whoever looks after the application; it stays in the protocol's English. */
export function errorPage(code: string, detail: string): Page {
  const [title, text] = explanations[code] ?? generalExplanation;
  return renderPage({
    title,
    body: `<h1>${title}</h1>\n<p>${text}</p>\n<p class="quiet">Für die Technik: <code lang="en">${escapeHtml(`${code} – ${detail}`)}</code></p>`,
  });
}
