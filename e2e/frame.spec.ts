// The state's frame with two persons: what closes overrides a school at once, what opens again waits for a second state
// administrator, and nobody else is shown any of it. At a cell that no other journey needs.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { openMatrix, signedIn } from "./console.ts";
import { expectGoodLooks } from "./looks.ts";
import { openRule, sendFrame } from "./state.ts";
import { test } from "./test.ts";
import { LANGUAGES, NUMBER } from "./words.ts";

const CELL = "secretariat>parentsCouncil";
const LOCK_REASON = "Das Land prüft diesen Weg gerade neu.";

for (const words of LANGUAGES) {
  const { t, cell, like } = words;
  test(`${words.locale}: a lock holds at once, and its end takes two state administrators`, async ({ browser }) => {
    test.setTimeout(180_000);
    const first = await signedIn(browser, demoCharacters.landAdmin, {}, words);

    await test.step("one state administrator locks", async () => {
      const rule = await openRule(first, CELL, words);
      await rule.getByLabel(t("client.frame.allowed"), { exact: true }).uncheck();
      await rule.getByLabel(t("client.frame.locked"), { exact: true }).check();
      await rule.getByLabel(t("client.frame.lockReason")).fill(LOCK_REASON);
      await sendFrame(first, "Erlass zur Erreichbarkeit des Elternbeirats", words);
      await expect(first.getByText(like(t("client.frame.effective", { frame: NUMBER })))).toBeVisible();
    });

    await test.step("at a school the cell is off and locked, with the reason", async () => {
      const school = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin, {}, words);
      await openMatrix(school, SMALL_SCHOOL_ID, words);
      const box = school.getByRole("checkbox", { name: cell(CELL) });
      await expect(box).not.toBeChecked();
      await expect(box).toHaveAccessibleDescription(new RegExp(LOCK_REASON));
    });

    await test.step("the same person asks to open again, and cannot approve", async () => {
      const rule = await openRule(first, CELL, words);
      await rule.getByLabel(t("client.frame.locked"), { exact: true }).uncheck();
      await rule.getByLabel(t("client.frame.allowed"), { exact: true }).check();
      await expect(rule.getByText(t("client.frame.needsSecond"))).toBeVisible();
      await sendFrame(first, "Die Prüfung ist abgeschlossen", words);
      await first.getByRole("link", { name: t("frame.openProposalLink") }).click();
      await expect(first.getByText(t("client.frame.authorHint"))).toBeVisible();
      await expectGoodLooks(first, "state-frame-proposal");
      await expect(first.getByRole("button", { name: t("client.decision.approve") })).toHaveCount(0);
    });

    await test.step("the second one approves", async () => {
      const second = await signedIn(browser, demoCharacters.secondLandAdmin, {}, words);
      await second.goto("/frame");
      await second.getByRole("link", { name: t("frame.openProposalLink") }).click();
      await second.getByRole("button", { name: t("client.decision.approve") }).click();
      await expect(second.getByRole("heading", { name: t("client.frame.outcome.approved") })).toBeVisible();
      await second.getByRole("link", { name: t("frame.history") }).click();
      await expect(second.getByText("Die Prüfung ist abgeschlossen").first()).toBeVisible();
      const school = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin, {}, words);
      await openMatrix(school, SMALL_SCHOOL_ID, words);
      await expect(school.getByRole("checkbox", { name: cell(CELL) })).toBeChecked();
    });

    await test.step("for a school the page is not there", async () => {
      const admin = await signedIn(browser, demoCharacters.orgAdmin, {}, words);
      await expect(admin.getByRole("link", { name: t("shell.frame") })).toHaveCount(0);
      for (const path of ["/frame", "/frame/history", "/frame/summary?base=1&change=x"]) {
        await admin.goto(path);
        await expect(admin.getByRole("heading", { name: t("states.notFoundTitle") })).toBeVisible();
      }
    });
  });
}
