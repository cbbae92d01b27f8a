// Mail about a request, at the demo's own mail server: it reaches whoever may approve, its link leads to the request,
// and the author hears of the decision. Without a mail server nothing is lost.
import { expect, type Page } from "@playwright/test";
import { emailOf } from "#demo/data/records.ts";
import { demoCharacters, demoLogins } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { controlMailServer, readMails } from "#test/mail-server.ts";
import { signedIn, signIn, submitChange, submitRequest, withdrawRequest } from "./console.ts";
import { CONSOLE_URL, MAIL_URL } from "./system.ts";
import { test } from "./test.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const CELL = "student>parentsCouncil";
const REASON = "Die Klassensprecher möchten den Elternbeirat fragen";
const { smallSchoolOrgAdmin: author, smallSchoolManager: manager } = demoCharacters;

/** Subjects of the mails to this person that lead to this page, the newest first. */
async function mailsAbout(path: string, to: string) {
  return (await readMails(MAIL_URL)).filter((mail) => mail.to.includes(emailOf(to)) && mail.text.includes(path));
}

const reach = (page: Page, text: RegExp) =>
  expect(async () => {
    await page.reload();
    await expect(page.getByText(text)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });

test.afterEach(async () => {
  await controlMailServer(MAIL_URL, { smtp: "up" });
});

test("from the submission by mail to the decision, and back by mail", async ({ browser }) => {
  const authorPage = await signedIn(browser, author);
  const request = await submitRequest(authorPage, SCHOOL, [CELL], REASON);

  await test.step("everybody who may approve is told, and the page says so", async () => {
    await reach(authorPage, /^2 Personen, die zustimmen können, wurden per Mail benachrichtigt\.$/);
    const mails = await mailsAbout(request, manager.username);
    expect(mails.map(({ subject }) => subject)).toEqual([
      `Schulchat: Ein Antrag wartet – Grundschule Am Weinberg (${SCHOOL})`,
    ]);
    expect(await mailsAbout(request, author.username)).toEqual([]);
    const whole = mails.map(({ text, html }) => text + html).join("");
    for (const { givenName, familyName } of demoLogins) {
      expect(whole).not.toMatch(new RegExp(String.raw`(?<!\p{L})(${givenName}|${familyName})(?!\p{L})`, "u"));
    }
    expect(whole).not.toContain("Klassensprecher");
  });

  const managerPage = await (await browser.newContext({ locale: "de-DE", timezoneId: "Europe/Berlin" })).newPage();
  await test.step("the link in the mail leads, after signing in, to the request", async () => {
    await managerPage.goto(MAIL_URL);
    await managerPage
      .getByRole("listitem")
      .filter({ hasText: emailOf(manager.username) })
      .first()
      .getByRole("link")
      .click();
    await managerPage
      .getByRole("link", { name: `${CONSOLE_URL}${request}` })
      .first()
      .click();
    await signIn(managerPage, manager);
    await managerPage.waitForURL(`${CONSOLE_URL}${request}`);
    await expect(managerPage.getByRole("heading", { level: 1, name: "Antrag auf Öffnung" })).toBeVisible();
  });

  await test.step("approving tells both sides", async () => {
    await managerPage.getByRole("button", { name: "Zustimmen" }).click();
    const subjectsTo = async (person: string) => (await mailsAbout(request, person)).map(({ subject }) => subject);
    const approved = `Schulchat: Einem Antrag wurde zugestimmt – Grundschule Am Weinberg (${SCHOOL})`;
    await expect.poll(() => subjectsTo(author.username), { timeout: 20_000 }).toEqual([approved]);
    await expect.poll(() => subjectsTo(manager.username), { timeout: 20_000 }).toContain(approved);
  });

  await submitChange(authorPage, SCHOOL, [CELL], "Wieder wie vorher");
});

test("the mail server is away: the request stands, the page says that mails wait, and they arrive once it is back", async ({
  browser,
}) => {
  const authorPage = await signedIn(browser, author);
  const land = await signedIn(browser, demoCharacters.landAdmin);
  await controlMailServer(MAIL_URL, { smtp: "down" });
  const request = await submitRequest(authorPage, SCHOOL, [CELL], REASON);
  await expect(authorPage.getByText(/^2 Mails warten noch auf den Versand/)).toBeVisible();
  await reach(land, /^Der Mailserver ist nicht erreichbar\./);
  await expect(land.getByText("2 Benachrichtigungen warten auf den Versand.")).toBeVisible();

  await controlMailServer(MAIL_URL, { smtp: "up" });
  await reach(authorPage, /^2 Personen, die zustimmen können, wurden per Mail benachrichtigt\.$/);
  expect(await mailsAbout(request, manager.username)).toHaveLength(1);
  await reach(land, /^Mailserver erreichbar$/);
  await withdrawRequest(authorPage, request);
});
