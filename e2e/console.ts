// The console as a person uses it: signing in through the identity provider, changing the matrix, deciding a request.
// In German unless a journey brings other words.
import { expect, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import type { DemoLogin } from "#demo/data/people.ts";
import type { CellKey } from "#lib/policy/roles.ts";
import { CONSOLE_URL } from "./system.ts";
import { german, NUMBER, type Words } from "./words.ts";

/** A person at a computer of their own. */
export async function signedIn(
  browser: Browser,
  person: DemoLogin,
  look: BrowserContextOptions = {},
  words: Words = german,
): Promise<Page> {
  const context = await browser.newContext({
    ...look,
    locale: words.region,
    timezoneId: "Europe/Berlin",
    baseURL: CONSOLE_URL,
  });
  const page = await context.newPage();
  await page.goto("/");
  await signIn(page, person, words);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  return page;
}

export async function signIn(page: Page, person: DemoLogin, { t }: Words = german): Promise<void> {
  await page.getByRole("button", { name: t("client.signIn.button") }).click();
  // the identity provider's page, which is not ours
  await page.getByLabel("Benutzername").fill(person.username);
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
  await page.waitForURL((url) => url.origin === CONSOLE_URL && !url.pathname.startsWith("/sign-in"));
}

/** The identity provider still knows the person and does not ask. */
export async function signInAgain(page: Page, { t }: Words = german): Promise<void> {
  await page.getByRole("button", { name: t("client.signIn.button") }).click();
  await page.waitForURL((url) => url.origin === CONSOLE_URL && !url.pathname.startsWith("/sign-in"));
}

/** Waits for the school's first sync. */
export async function openMatrix(page: Page, schoolId: string, { t }: Words = german): Promise<void> {
  await page.goto(`/schools/${schoolId}/matrix`);
  await expect(page.getByRole("grid", { name: t("client.matrix.grid") })).toBeVisible();
}

export async function versionInEffect(page: Page, schoolId: string, words: Words = german): Promise<number> {
  await openMatrix(page, schoolId, words);
  const text = words.like(words.t("matrix.version", { number: NUMBER }));
  const shown = await page.getByText(text).first().textContent();
  return Number(text.exec(shown ?? "")?.[1]);
}

type Sentences = readonly (RegExp | CellKey)[];

/** Ticks or unticks cells by the sentences that are their names, and goes on to the summary with a reason. */
export async function prepareChange(
  page: Page,
  schoolId: string,
  cells: Sentences,
  reason: string,
  words: Words = german,
): Promise<void> {
  const { t } = words;
  await openMatrix(page, schoolId, words);
  for (const cell of cells) {
    await page.getByRole("checkbox", { name: typeof cell === "string" ? words.cell(cell) : cell }).click();
  }
  await page.getByRole("link", { name: t("client.matrix.summary") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("summary.title") })).toBeVisible();
  await page.getByLabel(t("client.submit.reason")).fill(reason);
}

export async function sendChange(page: Page, { t }: Words = german): Promise<void> {
  await page.getByRole("button", { name: t("client.submit.send") }).click();
  await expect(page.getByRole("heading", { name: t("client.submit.doneTitle"), exact: true })).toBeVisible();
}

export async function submitChange(
  page: Page,
  schoolId: string,
  cells: Sentences,
  reason: string,
  words: Words = german,
): Promise<void> {
  await prepareChange(page, schoolId, cells, reason, words);
  await sendChange(page, words);
}

/** Sends what needs approval, and opens the request's page. @returns its path */
export async function submitRequest(
  page: Page,
  schoolId: string,
  cells: Sentences,
  reason: string,
  words: Words = german,
): Promise<string> {
  await submitChange(page, schoolId, cells, reason, words);
  await page.getByRole("link", { name: words.t("client.submit.toRequest") }).click();
  await expect(page.getByRole("heading", { level: 1, name: words.t("request.title") })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** By an author, from wherever they are. */
export async function withdrawRequest(page: Page, request: string, { t }: Words = german): Promise<void> {
  await page.goto(request);
  await page.getByRole("button", { name: t("client.decision.withdraw") }).click();
  await page.getByRole("button", { name: t("client.decision.confirmWithdraw") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("client.decision.withdrawnTitle") })).toBeVisible();
}
