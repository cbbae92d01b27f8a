// The inbox and the page of a case for somebody without a mouse: every key that the help names, over several cases.
import { expect, type Locator, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { signedIn } from "./console.ts";
import { tabTo } from "./keyboard.ts";
import { expectGoodLooks } from "./looks.ts";
import { closeOpenCases, inboxLinks, LIVE_TIMEOUT_MS, openCase } from "./reporting.ts";
import { test } from "./test.ts";
import { german } from "./words.ts";

const { t } = german;
const { secondSupport } = demoCharacters;
const BULK_REASON = "Nach Rücksprache kein Verstoß";

const lineAt = (page: Page, index: number) => page.getByRole("main").locator("li[data-id]").nth(index);
const heading = (page: Page) => page.getByRole("heading", { level: 1, name: /^Vorgang \d+$/ });

/** A key that is pressed before the script has come, or knows of the last change, does nothing. */
async function pressUntilFocused(page: Page, key: string, target: Locator): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(key);
    await expect(target).toBeFocused({ timeout: 500 });
  }).toPass({ timeout: LIVE_TIMEOUT_MS });
}

/** Of the link at that place, whatever has the focus now. */
async function toCase(page: Page, index: number): Promise<void> {
  // k never leads past the first
  await pressUntilFocused(page, "k", inboxLinks(page).first());
  for (let step = 0; step < index; step += 1) await page.keyboard.press("j");
  await expect(inboxLinks(page).nth(index)).toBeFocused();
}

async function typeInto(page: Page, label: string, text: string, button: string): Promise<void> {
  const main = page.getByRole("main");
  await tabTo(page, main.getByLabel(label).and(page.locator(":visible")));
  await page.keyboard.type(text);
  await page.keyboard.press("Tab");
  await expect(main.getByRole("button", { name: button, exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
}

test("without a mouse: walking, opening, assigning, noting, resolving, closing together, the help", async ({
  browser,
}) => {
  test.setTimeout(400_000);
  await closeOpenCases();
  for (const room of ["Hausaufgaben", "Lerngruppe", "Theater"]) await openCase(room);
  const page = await signedIn(browser, secondSupport);
  const main = page.getByRole("main");
  await page.goto("/reports");
  await expect(inboxLinks(page)).toHaveCount(3);

  await test.step("j and k walk, and stop at both ends", async () => {
    await toCase(page, 2);
    await page.keyboard.press("j");
    await expect(inboxLinks(page).nth(2)).toBeFocused();
    await page.keyboard.press("k");
    await expect(inboxLinks(page).nth(1)).toBeFocused();
  });

  await test.step("? shows the keys", async () => {
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: t("client.reports.keys.title") })).toBeVisible();
    await expectGoodLooks(page, "reports-keys");
    await page.keyboard.press("Escape");
    await expect(inboxLinks(page).nth(1)).toBeFocused();
  });

  await test.step("o and Enter open the case that has the focus", async () => {
    for (const [index, key] of [
      [1, "o"],
      [2, "Enter"],
    ] as const) {
      await toCase(page, index);
      const name = await inboxLinks(page).nth(index).textContent();
      await page.keyboard.press(key);
      await expect(heading(page)).toBeVisible();
      expect(name).toContain(`${(await heading(page).textContent()) ?? "?"}:`);
      await page.goto("/reports");
    }
  });

  await test.step("a takes it, n leads to the note", async () => {
    await toCase(page, 1);
    await page.keyboard.press("a");
    await expect(lineAt(page, 1).getByText(t("reports.me"), { exact: true })).toBeVisible();
    await expect(lineAt(page, 0).getByText(t("reports.nobody"), { exact: true })).toBeVisible();
    await page.keyboard.press("n");
    await expect(heading(page)).toBeVisible();
    await expect(main.getByLabel(t("client.reports.note.label"))).toBeFocused();
    await page.keyboard.type("ajknrx?");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(main.getByText("ajknrx?", { exact: true }).first()).toBeVisible();
  });

  await test.step("r closes the case on its page, and opens it again", async () => {
    await page.goto("/reports");
    await toCase(page, 0);
    await page.keyboard.press("Enter");
    await expect(heading(page)).toBeVisible();
    await pressUntilFocused(page, "r", main.getByLabel(t("client.reports.outcome")));
    const reason = t("client.reports.steps.reason");
    await typeInto(page, reason, "Beide haben sich vertragen", t("client.reports.steps.resolve"));
    await expect(main.getByText(t("reports.outcome.noViolation")).first()).toBeVisible();
    await expect(main.getByRole("form", { name: t("client.reports.steps.resolve") })).toHaveCount(0);
    const reopen = main.getByRole("form", { name: t("client.reports.steps.reopen") });
    await pressUntilFocused(page, "r", reopen.getByLabel(reason));
    await typeInto(page, reason, "Es geht von vorne los", t("client.reports.steps.reopen"));
    await expect(main.getByText(t("reports.state.reopened"), { exact: true }).first()).toBeVisible();
  });

  await test.step("x chooses, r closes all of them with one reason", async () => {
    await page.goto("/reports");
    await expect(inboxLinks(page)).toHaveCount(3);
    await toCase(page, 0);
    const names = await inboxLinks(page).allTextContents();
    await page.keyboard.press("x");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await expect(main.getByRole("status")).toHaveText(t("client.reports.chosen", { count: 2 }));
    await page.keyboard.press("r");
    const form = main.getByRole("form", { name: t("client.reports.bulk.title", { count: 2 }) });
    await expect(form).toBeVisible();
    await expectGoodLooks(page, "reports-bulk");
    await typeInto(page, t("client.reports.reason"), BULK_REASON, t("client.reports.bulk.send", { count: 2 }));
    await expect(inboxLinks(page)).toHaveText(names.slice(2));
    for (const name of names.slice(0, 2)) {
      await page.goto("/reports?state=resolved&sort=changed");
      await main.getByRole("link", { name, exact: true }).press("Enter");
      await expect(main.getByText(BULK_REASON).first()).toBeVisible();
    }
  });
});
