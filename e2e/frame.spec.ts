// The state's frame with two persons: what closes overrides a school at once, what opens again waits for a second state
// administrator, and nobody else is shown any of it. At a cell that no other journey needs.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { signedIn } from "./console.ts";
import { expectGoodLooks } from "./looks.ts";
import { openRule, sendFrame } from "./state.ts";
import { test } from "./test.ts";

const CELL = "secretariat>parentsCouncil";
const LOCK_REASON = "Das Land prüft diesen Weg gerade neu.";

test("a lock holds at once, and its end takes two state administrators", async ({ browser }) => {
  test.setTimeout(180_000);
  const first = await signedIn(browser, demoCharacters.landAdmin);

  await test.step("one state administrator locks", async () => {
    const rule = await openRule(first, CELL);
    await rule.getByLabel("Erlaubt", { exact: true }).uncheck();
    await rule.getByLabel("Gesperrt", { exact: true }).check();
    await rule.getByLabel("Begründung der Sperre").fill(LOCK_REASON);
    await sendFrame(first, "Erlass zur Erreichbarkeit des Elternbeirats");
    await expect(first.getByText(/Vorgabe \d+ ist an allen Schulen wirksam/)).toBeVisible();
  });

  await test.step("the same person asks to open again, and cannot approve", async () => {
    const rule = await openRule(first, CELL);
    await rule.getByLabel("Gesperrt", { exact: true }).uncheck();
    await rule.getByLabel("Erlaubt", { exact: true }).check();
    await expect(rule.getByText("braucht eine zweite Person")).toBeVisible();
    await sendFrame(first, "Die Prüfung ist abgeschlossen");
    await first.getByRole("link", { name: "Antrag ansehen" }).click();
    await expect(first.getByText("Zustimmen muss eine zweite Person")).toBeVisible();
    await expectGoodLooks(first, "state-frame-proposal");
    await expect(first.getByRole("button", { name: "Zustimmen" })).toHaveCount(0);
  });

  await test.step("the second one approves", async () => {
    const second = await signedIn(browser, demoCharacters.secondLandAdmin);
    await second.goto("/frame");
    await second.getByRole("link", { name: "Antrag ansehen" }).click();
    await second.getByRole("button", { name: "Zustimmen" }).click();
    await expect(second.getByRole("heading", { name: "Zugestimmt" })).toBeVisible();
    await second.getByRole("link", { name: "Bisherige Vorgaben" }).click();
    await expect(second.getByText("Die Prüfung ist abgeschlossen").first()).toBeVisible();
  });

  await test.step("for a school the page is not there", async () => {
    const admin = await signedIn(browser, demoCharacters.orgAdmin);
    await expect(admin.getByRole("link", { name: "Landesvorgabe" })).toHaveCount(0);
    for (const path of ["/frame", "/frame/history", "/frame/summary?base=1&change=x"]) {
      await admin.goto(path);
      await expect(admin.getByRole("heading", { name: "Diese Seite gibt es nicht" })).toBeVisible();
    }
  });
});
