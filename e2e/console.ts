// The console as a person uses it: signing in through the identity provider, changing the matrix, deciding a request.
import { expect, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import type { DemoLogin } from "#demo/data/people.ts";
import { CONSOLE_URL } from "./system.ts";

/** A person at a computer of their own. */
export async function signedIn(browser: Browser, person: DemoLogin, look: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    ...look,
    locale: "de-DE",
    timezoneId: "Europe/Berlin",
    baseURL: CONSOLE_URL,
  });
  const page = await context.newPage();
  await page.goto("/");
  await signIn(page, person);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  return page;
}

export async function signIn(page: Page, person: DemoLogin): Promise<void> {
  await page.getByRole("button", { name: "Mit dem Bildungsportal anmelden" }).click();
  await page.getByLabel("Benutzername").fill(person.username);
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
  await page.waitForURL((url) => url.origin === CONSOLE_URL && !url.pathname.startsWith("/sign-in"));
}

/** Waits for the school's first sync. */
export async function openMatrix(page: Page, schoolId: string): Promise<void> {
  await page.goto(`/schools/${schoolId}/matrix`);
  await expect(page.getByRole("grid", { name: "Kommunikationsmatrix" })).toBeVisible();
}

/** Ticks or unticks cells by the sentences that are their names, and submits with a reason. */
export async function submitChange(
  page: Page,
  schoolId: string,
  sentences: readonly RegExp[],
  reason: string,
): Promise<void> {
  await openMatrix(page, schoolId);
  for (const sentence of sentences) await page.getByRole("checkbox", { name: sentence }).click();
  await page.getByRole("link", { name: "Zusammenfassung der Änderungen anzeigen" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Zusammenfassung der Änderungen" })).toBeVisible();
  await page.getByLabel("Begründung").fill(reason);
  await page.getByRole("button", { name: "Änderungen senden" }).click();
  await expect(page.getByRole("heading", { name: "Gesendet" })).toBeVisible();
}
