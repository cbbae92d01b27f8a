// A mail passes servers that are not ours: it names the school and where to look, and nobody and nothing else.
import { describe, expect, test } from "vitest";
import { buildDemoDirectory } from "#demo/data/directory.ts";
import { demoLogins } from "#demo/data/people.ts";
import { schoolPlans } from "#demo/data/schools.ts";
import { mailTextOf, type NoticeSubject } from "./mail-text.ts";
import { OUTCOME_KINDS, WAITING_KINDS } from "./rules.ts";

const CONSOLE = "https://konsole.example";
const KINDS = [...WAITING_KINDS, ...OUTCOME_KINDS];
const request: NoticeSubject = {
  matter: "request",
  requestId: "4f2d8b8e-6d7c-4c53-9d3b-111111111111",
  schoolId: "DE-RP-SN-80808",
  schoolName: schoolPlans[0]?.name ?? "",
};
const proposal: NoticeSubject = { matter: "proposal", proposalId: "4f2d8b8e-6d7c-4c53-9d3b-222222222222" };
const ADDRESS = `${CONSOLE}/schools/DE-RP-SN-80808/approvals/4f2d8b8e-6d7c-4c53-9d3b-111111111111`;

/** Every name of everybody in the demo's world. */
const names = new Set([
  ...buildDemoDirectory().users.flatMap((user) => [user.givenName, user.familyName, user.username, user.email]),
  ...demoLogins.flatMap((login) => [login.givenName, login.familyName, login.username, login.displayName]),
]);
const namesIn = (text: string): string[] => {
  const words = new Set(text.split(/[^\p{L}\p{N}.@-]+/u));
  return [...names].filter((name) => (name.includes(" ") ? text.includes(name) : words.has(name)));
};

describe("a mail", () => {
  test.each(KINDS)("about %s holds nobody's name, and only the one link", (kind) => {
    for (const subject of [request, proposal]) {
      const { subject: line, text, html } = mailTextOf(kind, subject, CONSOLE);
      expect(namesIn(`${line}\n${text}\n${html.replaceAll(/<[^>]*>/g, " ")}`)).toEqual([]);
      const links = [...`${text}\n${html}`.matchAll(/https?:[^\s"<]+/g)].map(([link]) => link);
      expect(new Set(links).size).toBe(1);
      expect(html).not.toMatch(/<(img|script|link|iframe|style)|src=|url\(/);
      expect(`${line}${text}${html}`).not.toMatch(/\bmail\.[a-z]|\{|undefined/);
    }
  });
  test("the search for names would find one", () => {
    expect(namesIn("Antrag von Anna Berger, anna.berger@schule.example")).toEqual(
      expect.arrayContaining(["Anna", "Berger", "Anna Berger", "anna.berger@schule.example"]),
    );
  });

  test("says which school, and leads to the page, in German and English", () => {
    const { subject, text, html } = mailTextOf("submitted", request, CONSOLE);
    expect(subject).toBe("Schulchat: Ein Antrag wartet – Gymnasium Beispielstadt (DE-RP-SN-80808)");
    expect(text.split(ADDRESS)).toHaveLength(3);
    expect(text.indexOf("wartet ein Antrag")).toBeLessThan(text.indexOf("is waiting"));
    expect(html).toContain(`<a href="${ADDRESS}">In der Konsole ansehen</a>`);
    expect(html).toContain('<div lang="en">');
    expect(mailTextOf("approved", proposal, CONSOLE).text).toContain(`${CONSOLE}/frame/proposals/`);
  });

  test("of a school with a strange name stays a mail", () => {
    const strange = { ...request, schoolName: 'A & B <b>"X"</b>\r\nBcc: x@y.example', schoolId: "a/b" };
    const { subject, text, html } = mailTextOf("reminder", strange, CONSOLE);
    expect(subject).toBe('Schulchat: Ein Antrag läuft bald ab – A & B <b>"X"</b> Bcc: x@y.example (a/b)');
    expect(text).toContain(`${CONSOLE}/schools/a%2Fb/approvals/`);
    expect(html).toContain("A &amp; B &lt;b&gt;&quot;X&quot;&lt;/b&gt; Bcc");
  });
});
