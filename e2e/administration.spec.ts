// The state's own work: console roles by two persons, access that ends at once, the audit log with its filters, its
// export and its verification, and the question before an idle session ends.
import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { signedIn } from "./console.ts";
import { test } from "./test.ts";

const { landAdmin, secondLandAdmin, support, smallSchoolManager } = demoCharacters;
const REASON = "Vertretung im Landesteam, abgesprochen";

async function expectNoFindings(page: Page): Promise<void> {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
}

async function findPerson(page: Page, username: string): Promise<void> {
  await page.goto("/console-roles");
  await page.getByLabel("Benutzername oder Kennung").fill(username);
  await page.getByRole("main").getByRole("button", { name: "Suchen" }).click();
  await expect(page.getByRole("article")).toHaveCount(1);
}

test("a state administrator is proposed by one and confirmed by another, and removed again", async ({ browser }) => {
  const one = await signedIn(browser, landAdmin);
  const two = await signedIn(browser, secondLandAdmin);
  await findPerson(one, support.username);
  await one.getByRole("button", { name: /^Für die Landesverwaltung vorschlagen/ }).click();
  await one.getByLabel("Begründung").fill(REASON);
  await one.getByRole("button", { name: /^Für die Landesverwaltung vorschlagen/ }).click();
  await expect(one.getByText("Er wartet auf eine zweite Person.", { exact: false })).toBeVisible();
  await expectNoFindings(one);

  await two.goto("/");
  await two.getByRole("link", { name: /Vorschlag für die Landesverwaltung wartet/ }).click();
  await two.getByRole("button", { name: /^Bestätigen/ }).click();
  const granted = two
    .getByRole("listitem")
    .filter({ hasText: support.displayName })
    .filter({ hasText: "Landesverwaltung" });
  await expect(granted).toBeVisible();

  await granted.getByRole("button", { name: /^Rolle entziehen/ }).click();
  await granted.getByRole("button", { name: "Rolle entziehen", exact: true }).click();
  await expect(granted).toHaveCount(0);
});

test("access ends with the next click, and comes back", async ({ browser }) => {
  const manager = await signedIn(browser, smallSchoolManager);
  const state = await signedIn(browser, landAdmin);
  await findPerson(state, smallSchoolManager.username);
  await state.getByRole("button", { name: /^Zugang sofort beenden/ }).click();
  await state.getByLabel("Begründung").fill("Gerät verloren, von der Schule gemeldet");
  await state.getByRole("button", { name: "Zugang sofort beenden", exact: true }).click();
  await expect(state.getByRole("article").getByText("Zugang beendet")).toBeVisible();

  await manager.goto(`/schools/${SMALL_SCHOOL_ID}/matrix`);
  await expect(manager).toHaveURL(/\/sign-in/);

  await state
    .getByRole("article")
    .getByRole("button", { name: /^Zugang wieder geben/ })
    .click();
  await expect(state.getByRole("article").getByText("Zugang beendet")).toHaveCount(0);
});

test("the state's audit log: filter in the address, an entry, the export, the whole chain", async ({ browser }) => {
  const page = await signedIn(browser, landAdmin);
  await page.goto("/audit?type=signedIn");
  await expect(page.getByRole("combobox", { name: "Ereignis" })).toHaveValue("signedIn");
  await expect(page.getByText("hat sich angemeldet").first()).toBeVisible();
  await expectNoFindings(page);

  await page
    .getByRole("link", { name: /^Eintrag ansehen/ })
    .first()
    .click();
  await expect(page.getByRole("heading", { name: "Rohdaten" })).toBeVisible();
  await expect(page.getByText("Inhalt und Prüfsumme passen zusammen.")).toBeVisible();
  await expectNoFindings(page);

  await page.goto("/audit");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Als CSV-Datei exportieren" }).click();
  const file = await readFile(await (await download).path(), "utf8");
  expect(file.startsWith('\uFEFF"Nummer";"Zeitpunkt"')).toBe(true);
  await page.reload();
  await expect(page.getByText(/des Prüfprotokolls exportiert/).first()).toBeVisible();

  await page.getByRole("button", { name: "Ganze Kette prüfen" }).click();
  await expect(page.getByText(/sind lückenlos und unverändert\. Ende der Kette/)).toBeVisible();
});

test("support sees their own actions and neither the state's log nor a school's", async ({ browser }) => {
  const page = await signedIn(browser, support);
  await page.goto("/audit/own");
  await expect(page.getByRole("heading", { level: 1, name: "Meine Aktionen" })).toBeVisible();
  await page.goto("/audit");
  await expect(page.getByRole("heading", { name: "Diese Seite gibt es nicht" })).toBeVisible();
  await page.goto(`/schools/${SMALL_SCHOOL_ID}/matrix`);
  await expect(page.getByRole("navigation").getByRole("link", { name: "Prüfprotokoll" })).toHaveCount(0);
});

test("before an idle session ends somebody is asked, in every tab, and going on works", async ({ browser }) => {
  const page = await signedIn(browser, smallSchoolManager);
  let remainingMs = 90_000;
  // the server's half an hour is not waited for; everything after its answer is real
  await page.context().route("**/api/session", async (route) => {
    if (route.request().method() === "POST") remainingMs = 1_800_000;
    await route.fulfill({ json: { remainingMs, extendable: true } });
  });
  const other = await page.context().newPage();
  await Promise.all([page.goto("/"), other.goto("/")]);
  for (const tab of [page, other])
    await expect(tab.getByRole("alertdialog", { name: "Sind Sie noch da?" })).toBeVisible();
  await expectNoFindings(page);
  await page.getByRole("button", { name: "Weiter arbeiten" }).click();
  for (const tab of [page, other]) await expect(tab.getByRole("alertdialog")).toHaveCount(0);
});

test("an idle session signs out with an explanation", async ({ browser }) => {
  const page = await signedIn(browser, smallSchoolManager);
  await page
    .context()
    .route("**/api/session", (route) => route.fulfill({ json: { remainingMs: 1_500, extendable: true } }));
  await page.goto(`/schools/${SMALL_SCHOOL_ID}/matrix`);
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await page.context().unroute("**/api/session");
  await page.context().route("**/api/session", (route) => route.fulfill({ status: 401, json: { error: "signedOut" } }));
  await expect(page.getByText("Sie wurden abgemeldet")).toBeVisible({ timeout: 30_000 });
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
});
