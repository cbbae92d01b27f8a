// Signing in and out: who gets in, what the others see, and that a shared computer forgets.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { LARGE_SCHOOL_ID, SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { openMatrix, signedIn, signIn, submitChange } from "./console.ts";
import { ageSignIn } from "./database.ts";
import { test } from "./test.ts";

test("a person without a console role sees a friendly page, and nothing else", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.teacher);
  await expect(page).toHaveURL(/\/no-access$/);
  await expect(page.getByRole("heading", { name: "Hier gibt es für Sie nichts zu tun" })).toBeVisible();
  for (const path of ["/", `/schools/${LARGE_SCHOOL_ID}/matrix`, `/schools/${LARGE_SCHOOL_ID}/audit`]) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/no-access$/);
  }
});

test("after signing in the person is where they wanted to go", async ({ page }) => {
  const address = `/schools/${SMALL_SCHOOL_ID}/approvals`;
  await page.goto(address);
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, demoCharacters.smallSchoolManager);
  await expect(page).toHaveURL(new RegExp(`${address}$`));
});

test("another school is not there", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  for (const part of ["matrix", "approvals", "audit"]) {
    const response = await page.goto(`/schools/${LARGE_SCHOOL_ID}/${part}`);
    expect(response?.status()).toBe(404);
    expect(await response?.text()).not.toContain("Gymnasium Beispielstadt");
  }
});

test("signing out ends the session here and at the identity provider", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.smallSchoolManager);
  const cookies = await page.context().cookies();
  await page.getByRole("button", { name: /^Konto von/ }).click();
  await page.getByRole("button", { name: "Abmelden" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  // not even a kept cookie opens the console again
  await page.context().addCookies(cookies.filter(({ name }) => name.startsWith("next-auth")));
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
  // the provider asks again
  await page.getByRole("button", { name: "Mit dem Bildungsportal anmelden" }).click();
  await expect(page.getByLabel("Benutzername")).toBeVisible();
});

test("approving asks for a recent sign-in and then goes on at the same place; rejecting leaves everything as it is", async ({
  browser,
}) => {
  const admin = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  const cell = /^Mitglieder des Elternbeirats dürfen Schüler:innen anschreiben/;
  await submitChange(admin, SMALL_SCHOOL_ID, [cell], "Der Elternbeirat möchte die Klassensprecher erreichen");

  const manager = await signedIn(browser, demoCharacters.smallSchoolManager);
  await ageSignIn(demoCharacters.smallSchoolManager.subject, 6);
  await manager.goto(`/schools/${SMALL_SCHOOL_ID}/approvals`);
  await manager
    .getByRole("main")
    .getByRole("link", { name: /Elternbeirat/ })
    .first()
    .click();
  await manager.getByRole("button", { name: "Zustimmen" }).click();
  await expect(manager.getByText("Bitte melden Sie sich noch einmal an.", { exact: false })).toBeVisible();
  const request = new URL(manager.url()).pathname;
  await manager.getByRole("link", { name: "Wieder anmelden" }).click();
  await signIn(manager, demoCharacters.smallSchoolManager);
  await expect(manager).toHaveURL(new RegExp(`${request}$`));

  await manager.getByRole("button", { name: "Ablehnen" }).click();
  await manager.getByLabel("Warum lehnen Sie ab?").fill("Das besprechen wir erst in der Konferenz");
  await manager.getByRole("button", { name: "Antrag ablehnen" }).click();
  await expect(manager.getByRole("heading", { name: "Abgelehnt" })).toBeVisible();
  await openMatrix(manager, SMALL_SCHOOL_ID);
  await expect(manager.getByRole("checkbox", { name: cell })).not.toBeChecked();
});
