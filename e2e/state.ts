// The frame as a state administrator changes it, for journeys that need a lock to come and to go.
import { expect, type Locator, type Page } from "@playwright/test";
import type { CellKey } from "#lib/policy/roles.ts";
import { german } from "./words.ts";

const { t, cell } = german;

/** Opens the cell's rule below the table. */
export async function openRule(page: Page, key: CellKey): Promise<Locator> {
  await page.goto("/frame");
  await page
    .getByRole("grid", { name: t("client.frame.grid") })
    .getByRole("button", { name: cell(key) })
    .click();
  return page.getByRole("region", { name: "Gewählte Einstellung" });
}

/** Over the summary, which shows the effect on the schools. */
export async function sendFrame(page: Page, reason: string): Promise<void> {
  await page.getByRole("link", { name: t("client.matrix.summary") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("summary.title") })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Wirkung an den Schulen" })).toBeVisible();
  await page.getByLabel("Begründung").fill(reason);
  await page.getByRole("button", { name: "Landesvorgabe ändern" }).click();
  await expect(page.getByRole("heading", { name: "Gesendet" })).toBeVisible();
}

/** Locks a cell that is off anyway; holds at once. */
export async function lockOff(page: Page, key: CellKey, why: string): Promise<void> {
  const rule = await openRule(page, key);
  await rule.getByLabel("Gesperrt", { exact: true }).check();
  await rule.getByLabel("Begründung der Sperre").fill(why);
  await sendFrame(page, why);
}

/** Takes two persons. */
export async function unlock(first: Page, second: Page, key: CellKey, why: string): Promise<void> {
  const rule = await openRule(first, key);
  await rule.getByLabel("Gesperrt", { exact: true }).uncheck();
  await sendFrame(first, why);
  await second.goto("/frame");
  await second.getByRole("link", { name: "Antrag ansehen" }).click();
  await second.getByRole("button", { name: "Zustimmen" }).click();
  await expect(second.getByRole("heading", { name: "Zugestimmt" })).toBeVisible();
}
