// Many cells at once, an opening with a last day, and the way back to an old version.
import { expect, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { addDays, schoolDay } from "#lib/policy/end-date.ts";
import { openMatrix, signedIn, submitChange, versionInEffect } from "./console.ts";
import { test } from "./test.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const SENTENCE = "Fachkräfte der Schulsozialarbeit dürfen Mitglieder des Elternbeirats anschreiben";
const SOCIAL_WORK_TO_COUNCIL = new RegExp(`^${SENTENCE}`);

/** Over the page that compares, with the edits in the address of the summary. */
async function goBackTo(page: Page, version: number, reason: string): Promise<void> {
  const current = await versionInEffect(page, SCHOOL);
  await page.getByRole("link", { name: "Alle Fassungen ansehen" }).click();
  await page.getByLabel("Von Fassung").fill(String(version));
  await page.getByLabel("zu Fassung").fill(String(current));
  await page.getByRole("button", { name: "Vergleichen" }).click();
  await page.getByRole("link", { name: `Zu dieser Fassung zurückkehren: ${String(version)}` }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Zusammenfassung der Änderungen" })).toBeVisible();
  await page.getByLabel("Begründung").fill(reason);
  await page.getByRole("button", { name: "Änderungen senden" }).click();
  await expect(page.getByRole("heading", { name: "Gesendet" })).toBeVisible();
}

test("a row, a column and a preset change the draft in one step each, skip what is locked and say so", async ({
  browser,
}) => {
  const admin = await signedIn(browser, demoCharacters.orgAdminOfTwoSchools);
  await openMatrix(admin, SCHOOL);
  const row = admin.getByRole("checkbox", { name: /^Zeile Schüler:innen: \d von 9 erlaubt/ });
  await expect(row).toHaveAccessibleDescription(/bleib(t|en), wie sie (ist|sind)\.$/);
  const locked = admin.getByRole("checkbox", { name: /^Schüler:innen dürfen Gruppen hinzufügen/ });
  await expect(locked).toBeChecked();

  await admin.getByRole("checkbox", { name: /^Schüler:innen dürfen Lehrkräfte anschreiben/ }).focus();
  await admin.keyboard.press("ArrowLeft");
  await expect(row).toBeFocused();
  await admin.keyboard.press("Space");
  await expect(row).toHaveAttribute("aria-checked", "true");
  await admin.keyboard.press("Space");
  await expect(row).toHaveAttribute("aria-checked", "false");
  await expect(locked).toBeChecked();
  await admin.getByRole("button", { name: "Rückgängig" }).click();
  await expect(row).toHaveAttribute("aria-checked", "true");
  await admin.getByRole("button", { name: "Verwerfen" }).click();

  await admin.getByRole("button", { name: "Streng" }).click();
  await expect(admin.getByRole("status").filter({ hasText: "Streng:" })).toBeVisible();
  await expect(
    admin.getByRole("checkbox", { name: /^Sorgeberechtigte dürfen Lehrkräfte anschreiben/ }),
  ).not.toBeChecked();
  await admin.getByRole("button", { name: "Rückgängig" }).click();
  await expect(admin.getByRole("checkbox", { name: /^Sorgeberechtigte dürfen Lehrkräfte anschreiben/ })).toBeChecked();
});

test("an opening gets a last day, every version stays readable, and going back is a new change", async ({
  browser,
}) => {
  const admin = await signedIn(browser, demoCharacters.orgAdminOfTwoSchools);
  const found = await versionInEffect(admin, SCHOOL);
  await submitChange(admin, SCHOOL, [SOCIAL_WORK_TO_COUNCIL], "Bis zur Sitzung geschlossen");

  await test.step("opened again until a last day", async () => {
    const lastDay = addDays(schoolDay(new Date()), 30);
    await openMatrix(admin, SCHOOL);
    await admin.getByRole("checkbox", { name: SOCIAL_WORK_TO_COUNCIL }).click();
    await admin.getByRole("link", { name: "Zusammenfassung der Änderungen anzeigen" }).click();
    await admin.getByLabel("Begründung").fill("Für die Sitzung wieder geöffnet");
    await admin.getByLabel("Letzter Tag (freiwillig)").fill(addDays(lastDay, 1_000));
    await admin.getByRole("button", { name: "Änderungen senden" }).click();
    await expect(admin.getByText("Bitte wählen Sie einen Tag ab morgen", { exact: false })).toBeVisible();
    await admin.getByLabel("Letzter Tag (freiwillig)").fill(lastDay);
    await admin.getByRole("button", { name: "Änderungen senden" }).click();
    await expect(admin.getByRole("heading", { name: "Gesendet" })).toBeVisible();
    await openMatrix(admin, SCHOOL);
    await expect(admin.getByRole("checkbox", { name: SOCIAL_WORK_TO_COUNCIL })).toHaveAccessibleDescription(
      /Befristet: Letzter Tag ist der/,
    );
  });

  await test.step("the versions tell it, with the last day", async () => {
    await admin.goto(`/schools/${SCHOOL}/versions`);
    const list = admin.getByRole("main");
    await expect(list.getByRole("heading", { name: `Fassung ${String(found + 2)}` })).toBeVisible();
    await expect(list.getByText(/befristet, letzter Tag:/).first()).toBeVisible();
    await expect(list.getByText("„Bis zur Sitzung geschlossen“")).toBeVisible();
  });

  await test.step("back to the closed version, and back to how it was found", async () => {
    await goBackTo(admin, found + 1, "Die Sitzung ist vorbei");
    await openMatrix(admin, SCHOOL);
    await expect(admin.getByRole("checkbox", { name: SOCIAL_WORK_TO_COUNCIL })).not.toBeChecked();
    await goBackTo(admin, found, "Alles wieder wie vorher");
    await openMatrix(admin, SCHOOL);
    await expect(admin.getByRole("checkbox", { name: SOCIAL_WORK_TO_COUNCIL })).toBeChecked();
  });

  await test.step("an address that names no version says so", async () => {
    await admin.goto(`/schools/${SCHOOL}/versions/compare?from=x&to=999999`);
    await expect(admin.getByText("Diese Fassungen lassen sich nicht vergleichen")).toBeVisible();
  });
});
