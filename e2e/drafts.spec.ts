// The state's frame is drafted like a school's matrix: steps are taken back and done again by button and by key, and a
// reload loses nothing. And on a phone the state's own places stay within reach at a school.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { LARGE_SCHOOL_ID } from "#demo/data/schools.ts";
import { signedIn } from "./console.ts";
import { expectGoodLooks, showAs } from "./looks.ts";
import { openRule } from "./state.ts";
import { test } from "./test.ts";
import { german } from "./words.ts";

const { t } = german;
const CELL = "guardian>secretariat";
const changes = (count: number) => t("client.frame.changes", { count });

test("steps of the frame's draft are taken back and done again", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.landAdmin);
  const rule = await openRule(page, CELL);
  const bar = page.getByRole("region", { name: t("client.frame.bar") });
  const reason = rule.getByLabel(t("client.frame.lockReason"));
  await rule.getByLabel(t("client.frame.allowed"), { exact: true }).uncheck();
  await rule.getByLabel(t("client.frame.locked"), { exact: true }).check();
  await reason.fill("Das Land prüft");
  await reason.pressSequentially(" diesen Weg neu.");
  await page.getByLabel(t("client.frame.setting.gracePeriodDays")).fill("40");
  await expect(bar.getByText(changes(2))).toBeVisible();
  await expectGoodLooks(page, "state-frame-undo");

  const allowed = rule.getByLabel(t("client.frame.allowed"), { exact: true });
  await allowed.focus();
  await page.keyboard.press("Control+z");
  await expect(bar.getByText(changes(1))).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(reason, "typing is one step").toHaveValue("");
  await page.reload();
  await bar.getByRole("button", { name: t("client.matrix.undo") }).click();
  await bar.getByRole("button", { name: t("client.matrix.undo") }).click();
  await expect(bar.getByText(changes(0))).toBeVisible();
  await expect(bar.getByRole("button", { name: t("client.matrix.undo") })).toBeDisabled();
  for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press("Control+y");
  await expect(bar.getByText(changes(2))).toBeVisible();
  await bar.getByRole("button", { name: t("client.matrix.discard") }).click();
  await expect(bar.getByText(changes(0))).toBeVisible();
});

test("on a phone, a state administrator at a school reaches everything", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.landAdmin);
  await page.goto(`/schools/${LARGE_SCHOOL_ID}/matrix`);
  await showAs(page, "phone");
  const navigation = page.getByRole("navigation", { name: t("shell.navigation") });
  await navigation.getByRole("button", { name: t("shell.more") }).click();
  await expect(navigation.getByRole("link", { name: t("shell.consoleRoles") })).toBeVisible();
  await expectGoodLooks(page, "phone-more", ["phone"]);
  await showAs(page, "phone");
  await navigation.getByRole("link", { name: t("shell.versions") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("versions.title") })).toBeVisible();
  await expect(navigation.getByRole("link", { name: t("shell.consoleRoles") })).toBeHidden();
});
