// The address book in a browser: find somebody, see as somebody, ask why, take a list out; in German and English, with the
// keyboard alone and on a phone.
import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { LARGE_SCHOOL_ID } from "#demo/data/schools.ts";
import { signedIn } from "./console.ts";
import { ageSignIn } from "./database.ts";

const BOOK = `/schools/${LARGE_SCHOOL_ID}/addressbook`;
const { pupilA, pupilB, teacher } = demoCharacters;
const MOST_SCRIPT_BYTES = 250_000;

async function expectAccessible(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`),
    name,
  ).toEqual([]);
}

async function openBook(page: Page): Promise<void> {
  await page.goto(BOOK);
  await expect(page.getByRole("tree", { name: "Personen und Gruppen der Schule" })).toBeVisible();
}

test("somebody is found however the name is written, and the page tells everything about them", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.orgAdmin);
  await page.getByRole("navigation").getByRole("link", { name: "Adressbuch" }).first().click();
  const search = page.getByRole("searchbox", { name: "Suche nach Personen und Gruppen" });
  for (const text of ["schroeder lena", "Lena Schröder", "SCHRODER le"]) {
    await search.fill(text);
    await expect(page.getByRole("link", { name: /Schröder, Lena/ })).toBeVisible();
  }
  await search.fill("Shcröder Lena");
  await expect(page.getByRole("region", { name: "Ähnlich geschrieben" }).getByText("Schröder")).toBeVisible();
  await search.fill("%_'\"--");
  await expect(page.getByText("Niemand gefunden", { exact: false })).toBeVisible();
  await search.fill("x".repeat(10_000));
  await expect(page.getByText("Gesucht wird nur nach dem Anfang", { exact: false })).toBeVisible();

  await search.fill("schroeder lena");
  await expect(page.locator("mark").first()).toHaveText("Schröder");
  await page.getByRole("link", { name: /Schröder, Lena/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Schröder, Lena" })).toBeVisible();
  await expect(page.getByText(/^@u-.*:localhost$/)).toBeVisible();
  await expect(page.getByRole("link", { name: /^7a/ })).toBeVisible();
  await page.goBack();
  await expect(search).toHaveValue("schroeder lena");

  await page.getByRole("button", { name: "Suche zurücksetzen" }).click();
  await page.getByText("Filtern").click();
  await page.getByLabel("Zustand").selectOption({ label: "gesperrt" });
  await expect(page.getByText(/^Keine Person/)).toBeVisible();
});

test("the tree is walked with the keyboard alone, and says where one is", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.orgAdmin);
  await openBook(page);
  const tree = page.getByRole("tree");
  await tree.focus();
  const active = page.locator("[role=treeitem][aria-selected=true]");
  await page.keyboard.press("ArrowDown");
  await expect(active).toContainText("Lehrkräfte");
  await expect(active).toHaveAttribute("aria-level", "2");
  await page.keyboard.type("sch");
  await expect(active).toContainText("Schüler:innen");
  await page.keyboard.press("ArrowRight");
  await expect(active).toHaveAttribute("aria-expanded", "true");
  await expect(page).toHaveURL(/open=student/);
  await page.keyboard.press("ArrowDown");
  await expect(active).toHaveAttribute("aria-level", "3");
  await expect(active).toHaveAttribute("aria-posinset", "1");
  const size = Number(await active.getAttribute("aria-setsize"));
  expect(size).toBeGreaterThan(600);
  // drawn are only the rows in sight
  expect(await page.getByRole("treeitem").count()).toBeLessThan(60);
  await expect(page.getByText("Wird geladen …")).toHaveCount(0);
  await page.keyboard.type("schröder");
  await expect(active).toContainText("Schröder");
  await expectAccessible(page, "an open tree");
  await page.keyboard.press("End");
  await expect(active).toContainText("Elternbeirat");
  await page.keyboard.press("Home");
  await expect(active).toHaveAttribute("aria-level", "1");
  await page.reload();
  await expect(page.getByRole("treeitem", { name: /Schüler:innen/ })).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByText("Wird geladen …")).toHaveCount(0);
  await page.getByRole("tree").focus();
  await page.keyboard.type("schü");
  await page.keyboard.press("ArrowDown");
  await expect(active).toHaveAttribute("aria-level", "3");
  await expect(active).toHaveAttribute("aria-posinset", "1");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/addressbook\/people\//);
});

test("as seen by a role and a person, and what a draft would add", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.orgAdmin);
  await openBook(page);
  await page.getByLabel("Aus wessen Sicht?").selectOption("guardian");
  await page.getByRole("button", { name: "Ansicht zeigen" }).click();
  await expect(page.getByText("So sieht das Adressbuch aus für: Sorgeberechtigte:r")).toBeVisible();
  await expect(page.getByRole("treeitem", { name: /Lehrkräfte/ })).toBeVisible();
  await expect(page.getByRole("treeitem", { name: /Schüler:innen/ })).toHaveCount(0);

  await page.goto(`${BOOK}?as=guardian&on=guardian.student`);
  const pupils = page.getByRole("treeitem", { name: /Schüler:innen/ });
  await expect(pupils).toContainText("kommt hinzu");
  await pupils.click();
  await expect(page.getByRole("treeitem", { name: /kommt hinzu/ }).nth(2)).toBeVisible();

  await page.goto(`${BOOK}/people/${pupilA.subject}`);
  await page.getByRole("link", { name: "Adressbuch aus Sicht dieser Person" }).click();
  await expect(page.getByText("So sieht das Adressbuch aus für: Schröder, Lena", { exact: false })).toBeVisible();
  await page.getByRole("searchbox").fill("oeztuerk emre");
  await expect(page.getByText("Niemand gefunden", { exact: false })).toBeVisible();
});

test("why: two people are picked by keyboard, and the answer leads to the cell", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.orgAdmin);
  await openBook(page);
  await page.getByRole("link", { name: "Wer darf wen anschreiben, und warum?" }).click();
  for (const [label, name] of [
    ["Erste Person", teacher],
    ["Zweite Person", pupilA],
  ] as const) {
    await page.getByRole("combobox", { name: label }).fill(`${name.familyName} ${name.givenName}`);
    await expect(page.getByRole("option").first()).toContainText(name.familyName);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("combobox", { name: label })).toHaveValue(new RegExp(name.familyName));
  }
  await expect(page.getByRole("heading", { name: "Köhler, Sabine darf Schröder, Lena anschreiben" })).toBeVisible();
  await expect(page.getByText("Lehrkräfte dürfen Schüler:innen anschreiben", { exact: false }).first()).toBeVisible();
  await expect(page.getByText("seit Fassung 1", { exact: false }).first()).toBeVisible();
  await expectAccessible(page, "why");

  await page.goto(`${BOOK}/why?from=${pupilA.subject}&to=${pupilB.subject}`);
  await expect(page.getByRole("heading", { name: /darf .* nicht anschreiben/ })).toHaveCount(2);
  await page.getByRole("link", { name: "In der Matrix ansehen" }).first().click();
  await expect(page).toHaveURL(/\/matrix#student\.student$/);
  await expect(page.locator("[id='student.student']")).toBeInViewport();
});

test("a list leaves the console with a reason, a fresh sign-in and an entry", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.orgAdmin);
  await page.goto(`${BOOK}/export?role=secretariat`);
  await page.getByLabel("Wofür brauchen Sie die Liste?").fill("Telefonliste für das Lehrerzimmer");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Als CSV-Datei herunterladen" }).click();
  const file = await readFile(await (await download).path(), "utf8");
  expect(file.startsWith('\uFEFF"Name";"Rollen"')).toBe(true);
  expect(file).toContain('"Gräf, Monika";"Sekretariat"');
  await page.goto(`/schools/${LARGE_SCHOOL_ID}/audit`);
  await expect(page.getByRole("listitem").filter({ hasText: "aus dem Adressbuch exportiert" }).first()).toBeVisible();
  await ageSignIn(demoCharacters.orgAdmin.subject, 6);
  await page.goto(`${BOOK}/export?role=secretariat`);
  await expect(page.getByRole("link", { name: "Neu anmelden" })).toBeVisible();
});

test("on a phone and in English; and no page is heavier than it may be", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.orgAdmin, {
    viewport: { width: 360, height: 760 },
    isMobile: true,
    hasTouch: true,
  });
  await page.context().addCookies([{ name: "locale", value: "en", url: page.url() }]);
  let bytes = 0;
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    void response
      .request()
      .sizes()
      .then(({ responseBodySize }) => (bytes += responseBodySize));
  });
  await page.goto(BOOK, { waitUntil: "networkidle" });
  await expect(page.getByRole("heading", { level: 1, name: "Who is at the school?" })).toBeVisible();
  test.info().annotations.push({ type: "script bytes", description: String(bytes) });
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES);
  await page.getByRole("searchbox", { name: "Search for people and groups" }).fill("7a");
  await page.getByRole("region", { name: "Groups" }).getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Members" })).toBeVisible();
  const tooWide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(tooWide).toBeLessThanOrEqual(0);
  await page.screenshot({ path: "test-results/addressbook-group-phone.png" });
  await page.goto(`${BOOK}?open=teacher`);
  await page.screenshot({ path: "test-results/addressbook-phone.png" });
});
