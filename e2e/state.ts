// The frame as a state administrator changes it, for journeys that need a lock to come and to go.
import { expect, type Locator, type Page } from "@playwright/test";
import type { CellKey } from "#lib/policy/roles.ts";
import { german, type Words } from "./words.ts";

/** Opens the cell's rule below the table. */
export async function openRule(page: Page, key: CellKey, { t, cell }: Words = german): Promise<Locator> {
  await page.goto("/frame");
  await page
    .getByRole("grid", { name: t("client.frame.grid") })
    .getByRole("button", { name: cell(key) })
    .click();
  return page.getByRole("region", { name: t("client.frame.detail") });
}

/** Over the summary, which shows the effect on the schools. */
export async function sendFrame(page: Page, reason: string, { t }: Words = german): Promise<void> {
  await page.getByRole("link", { name: t("client.matrix.summary") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("summary.title") })).toBeVisible();
  await expect(page.getByRole("heading", { name: t("frame.effectTitle") })).toBeVisible();
  await page.getByLabel(t("client.submit.reason"), { exact: true }).fill(reason);
  await page.getByRole("button", { name: t("client.frame.send") }).click();
  await expect(page.getByRole("heading", { name: t("client.frame.sentTitle") })).toBeVisible();
}

/** Locks a cell that is off anyway; holds at once. */
export async function lockOff(page: Page, key: CellKey, why: string): Promise<void> {
  const rule = await openRule(page, key);
  await rule.getByLabel(german.t("client.frame.locked"), { exact: true }).check();
  await rule.getByLabel(german.t("client.frame.lockReason")).fill(why);
  await sendFrame(page, why);
}

/** Takes two persons. */
export async function unlock(first: Page, second: Page, key: CellKey, why: string): Promise<void> {
  const rule = await openRule(first, key);
  await rule.getByLabel(german.t("client.frame.locked"), { exact: true }).uncheck();
  await sendFrame(first, why);
  await second.goto("/frame");
  await second.getByRole("link", { name: german.t("frame.openProposalLink") }).click();
  await second.getByRole("button", { name: german.t("client.decision.approve") }).click();
  await expect(second.getByRole("heading", { name: german.t("client.frame.outcome.approved") })).toBeVisible();
}
