// The address book in a browser, in every language: find somebody, see as somebody, ask why, take a list out; with the
// keyboard alone and on a phone.
import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { demoCharacters, type DemoLogin } from "#demo/data/people.ts";
import { LARGE_SCHOOL_ID, SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { signedIn, submitRequest, withdrawRequest } from "./console.ts";
import { ageSignIn, withProtectedAddress } from "./database.ts";
import { tabTo } from "./keyboard.ts";
import { expectGoodLooks } from "./looks.ts";
import { test } from "./test.ts";
import { german, LANGUAGES, type Words } from "./words.ts";

/** With pictures in every look. */
const PICTURES_TIMEOUT_MS = 300_000;
const BOOK = `/schools/${LARGE_SCHOOL_ID}/addressbook`;
const { orgAdmin, pupilA, pupilB, teacher, secretariat, smallSchoolOrgAdmin, smallSchoolPupil } = demoCharacters;

const listName = ({ familyName, givenName }: DemoLogin) => `${familyName}, ${givenName}`;

async function openBook(page: Page, { t }: Words): Promise<void> {
  await page.goto(BOOK);
  await expect(page.getByRole("tree", { name: t("client.addressbook.tree") })).toBeVisible();
}

function searchBox(page: Page, { t }: Words) {
  return page.getByRole("searchbox", { name: t("client.addressbook.search") });
}

/** Types a name and takes the first offer, without a mouse. */
async function pick(page: Page, label: string, person: DemoLogin): Promise<void> {
  const box = page.getByRole("combobox", { name: label });
  await tabTo(page, box);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(`${person.givenName} ${person.familyName}`);
  const offers = page.getByRole("listbox", { name: label }).getByRole("option");
  await expect(offers.first()).toContainText(listName(person));
  await page.keyboard.press("Enter");
}

for (const words of LANGUAGES) {
  const { t, locale } = words;
  test(`${locale}: somebody is found however the name is written, and the page tells all about them`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, orgAdmin, {}, words);
    await page
      .getByRole("navigation")
      .getByRole("link", { name: t("shell.addressbook") })
      .first()
      .click();
    await expect(page.getByRole("heading", { level: 1, name: t("addressbook.title") })).toBeVisible();
    const search = searchBox(page, words);
    const found = page.getByRole("link", { name: new RegExp(listName(pupilA)) });
    for (const text of ["schroeder lena", "Lena Schröder", "SCHRODER le"]) {
      await search.fill(text);
      await expect(found).toBeVisible();
    }
    await search.fill("Shcröder Lena");
    const similar = page.getByRole("region", { name: t("client.addressbook.similar") });
    await expect(similar.getByText(listName(pupilA))).toBeVisible();
    await search.fill("%_'\"--");
    await expect(page.getByText(t("client.addressbook.nothing"))).toBeVisible();
    await search.fill("x".repeat(10_000));
    await expect(page.getByText(t("client.addressbook.cut"))).toBeVisible();

    await search.fill("schroeder lena");
    await expect(page.locator("mark").first()).toHaveText(pupilA.familyName);
    await found.click();
    await expect(page.getByRole("heading", { level: 1, name: listName(pupilA) })).toBeVisible();
    await expect(page.getByText(/^@u-.*:localhost$/)).toBeVisible();
    await expect(page.getByRole("link", { name: /^7a/ })).toBeVisible();
    await expect(page.getByRole("heading", { name: t("addressbook.person.reach") })).toBeVisible();
    await page.goBack();
    await expect(search).toHaveValue("schroeder lena");

    await page.getByRole("button", { name: t("client.addressbook.reset") }).click();
    await page.getByText(t("client.addressbook.filter"), { exact: true }).click();
    await page.getByLabel(t("client.addressbook.state")).selectOption({ label: t("client.addressbook.states.locked") });
    const locked = page.getByRole("region", { name: t("client.addressbook.persons") }).getByRole("link");
    await expect(locked.first()).toContainText(t("client.addressbook.locked"));
    await expect(page).toHaveURL(/state=locked/);
  });

  test(`${locale}: as seen by a role and a person, and what a draft would add`, async ({ browser }) => {
    const page = await signedIn(browser, orgAdmin, {}, words);
    await openBook(page, words);
    await page.getByText(t("addressbook.view.label"), { exact: true }).click();
    const form = page.getByRole("form", { name: t("addressbook.view.title") });
    await form.getByRole("combobox", { name: t("addressbook.view.role") }).selectOption("guardian");
    await page.getByRole("button", { name: t("addressbook.view.apply") }).click();
    await expect(page.getByText(t("addressbook.view.asRole", { role: t("roles.one.guardian") }))).toBeVisible();
    await expect(page.getByRole("treeitem", { name: t("roles.name.teacher") })).toBeVisible();
    const pupils = page.getByRole("treeitem", { name: t("roles.name.student") });
    await expect(pupils).toHaveCount(0);

    await page.goto(`${BOOK}?as=guardian&on=guardian.student`);
    await expect(pupils).toContainText(t("client.addressbook.added"));
    await pupils.click();
    await expect(page.getByRole("treeitem", { name: new RegExp(t("client.addressbook.added")) }).nth(2)).toBeVisible();

    await page.getByText(t("addressbook.view.label"), { exact: true }).click();
    await pick(page, t("client.addressbook.asPerson"), pupilA);
    const roles = t("roles.one.student");
    await expect(page.getByText(t("addressbook.view.asPerson", { name: listName(pupilA), roles }))).toBeVisible();
    await searchBox(page, words).fill("oeztuerk emre");
    await expect(page.getByText(t("client.addressbook.nothing"))).toBeVisible();
  });

  test(`${locale}: why, from two picked people to the cell that decides`, async ({ browser }) => {
    const page = await signedIn(browser, orgAdmin, {}, words);
    await openBook(page, words);
    await page.getByRole("link", { name: t("addressbook.toWhy") }).click();
    await expect(page.getByText(t("addressbook.why.pickTwo"))).toBeVisible();
    await pick(page, t("client.addressbook.firstPerson"), teacher);
    await expect(page).toHaveURL(/from=/);
    await pick(page, t("client.addressbook.secondPerson"), pupilA);
    const names = { from: listName(teacher), to: listName(pupilA) };
    const card = page.locator("section").filter({ hasText: t("addressbook.why.may", names) });
    await expect(card).toContainText(t("roles.one.teacher"));
    await expect(card.getByText(t("addressbook.why.factNoLock"))).toBeVisible();
    await expect(card.getByText(t("addressbook.why.factVersion", { version: 1 }))).toBeVisible();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: t("addressbook.why.copy") }).click();
    await expect(page.getByText(t("client.addressbook.copied"))).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain(t("addressbook.why.may", names));
    expect(copied).toContain(t("addressbook.why.notLocked"));

    await page.goto(`${BOOK}/why?from=${pupilA.subject}&to=${pupilB.subject}`);
    const refused = t("addressbook.why.mayNot", { from: listName(pupilA), to: listName(pupilB) });
    await expect(page.getByRole("heading", { name: refused })).toBeVisible();
    await page
      .getByRole("link", { name: t("addressbook.why.toCell") })
      .first()
      .click();
    await expect(page).toHaveURL(/\/matrix#student\.student$/);
    await expect(page.locator("[id='student.student']")).toBeInViewport();
  });

  test(`${locale}: a list leaves the console with a reason, a fresh sign-in and an entry`, async ({ browser }) => {
    const page = await signedIn(browser, orgAdmin, {}, words);
    await page.goto(`${BOOK}/export?role=secretariat`);
    await page.getByLabel(t("addressbook.export.reason")).fill("Telefonliste für das Lehrerzimmer");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: t("addressbook.export.button") }).click();
    const file = await readFile(await (await download).path(), "utf8");
    expect(file.startsWith(`\uFEFF"${t("addressbook.csv.name")}";"${t("addressbook.csv.roles")}"`)).toBe(true);
    expect(file).toContain(`"${listName(secretariat)}";"${t("roles.one.secretariat")}"`);
    await page.goto(`/schools/${LARGE_SCHOOL_ID}/audit?type=addressListExported`);
    await expect(page.getByRole("listitem").filter({ hasText: orgAdmin.displayName }).first()).toBeVisible();
    await ageSignIn(orgAdmin.subject, 6);
    await page.goto(`${BOOK}/export?role=secretariat`);
    await expect(page.getByRole("link", { name: t("addressbook.export.toSignIn") })).toBeVisible();
  });
}

test("the tree is walked with the keyboard alone, says where one is, and is found again as it was left", async ({
  browser,
}) => {
  test.setTimeout(PICTURES_TIMEOUT_MS);
  const { t } = german;
  const page = await signedIn(browser, orgAdmin);
  await openBook(page, german);
  const tree = page.getByRole("tree");
  const loading = page.getByText(t("client.addressbook.loadingRow"));
  const active = page.locator("[role=treeitem][aria-selected=true]");
  await tabTo(page, tree);
  await page.keyboard.press("ArrowDown");
  await expect(active).toContainText(t("roles.name.teacher"));
  await expect(active).toHaveAttribute("aria-level", "2");
  await page.keyboard.type("sch");
  await expect(active).toContainText(t("roles.name.student"));
  await page.keyboard.press("ArrowRight");
  await expect(active).toHaveAttribute("aria-expanded", "true");
  await expect(page).toHaveURL(/open=student/);
  await page.keyboard.press("ArrowDown");
  await expect(active).toHaveAttribute("aria-level", "3");
  await expect(active).toHaveAttribute("aria-posinset", "1");
  expect(Number(await active.getAttribute("aria-setsize"))).toBeGreaterThan(600);
  expect(await page.getByRole("treeitem").count(), "drawn are only the rows in sight").toBeLessThan(60);
  await expect(loading).toHaveCount(0);
  await page.keyboard.type("schroder, lena");
  await expect(active).toContainText(listName(pupilA));
  const position = await active.getAttribute("aria-posinset");
  await expectGoodLooks(page, "addressbook-pupils");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: listName(pupilA) })).toBeVisible();
  await page.goBack();
  await expect(active).toContainText(listName(pupilA));
  await expect(active).toBeInViewport();
  await expect(active).toHaveAttribute("aria-posinset", position ?? "");

  await tabTo(page, tree);
  await page.keyboard.press("ArrowLeft");
  await expect(active).toContainText(t("roles.name.student"));
  await page.keyboard.press("End");
  await expect(active).toContainText(t("roles.name.parentsCouncil"));
  await page.keyboard.press("Home");
  await expect(active).toHaveAttribute("aria-level", "1");
  await page.reload();
  await expect(page.getByRole("treeitem", { name: t("roles.name.student") })).toHaveAttribute("aria-expanded", "true");
});

test("groups open to their members, and a group's page tells who is in it and how its rooms are", async ({
  browser,
}) => {
  test.setTimeout(PICTURES_TIMEOUT_MS);
  const { t } = german;
  const page = await signedIn(browser, orgAdmin);
  await page.goto(`${BOOK}?open=groups`);
  const group = page.getByRole("treeitem", { name: /^7a/ });
  await group.locator("[data-toggle]").click();
  await expect(group).toHaveAttribute("aria-expanded", "true");
  await tabTo(page, page.getByRole("tree"));
  await page.keyboard.type("schroder, lena");
  await expect(page.getByRole("treeitem", { name: new RegExp(listName(pupilA)) })).toHaveAttribute("aria-level", "4");
  await expectGoodLooks(page, "addressbook-groups");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: t("addressbook.group.members") })).toBeVisible();
  await expect(page.getByRole("link", { name: listName(pupilA) })).toBeVisible();
  await expectGoodLooks(page, "addressbook-group");
});

test("find, see as somebody, ask why and export by keyboard alone", async ({ browser }) => {
  const { t } = german;
  const page = await signedIn(browser, orgAdmin);
  await openBook(page, german);
  await tabTo(page, searchBox(page, german));
  await page.keyboard.type("koehler sabine");
  const found = page.getByRole("link", { name: new RegExp(listName(teacher)) });
  await expect(found).toBeVisible();
  await tabTo(page, found);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: listName(teacher) })).toBeVisible();

  await tabTo(page, page.getByRole("link", { name: t("addressbook.person.seeAs") }));
  await page.keyboard.press("Enter");
  const roles = t("roles.one.teacher");
  await expect(page.getByText(t("addressbook.view.asPerson", { name: listName(teacher), roles }))).toBeVisible();
  await tabTo(page, page.getByRole("link", { name: t("addressbook.toWhy") }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: t("addressbook.why.title") })).toBeVisible();
  await pick(page, t("client.addressbook.firstPerson"), pupilA);
  await expect(page).toHaveURL(/from=/);
  await pick(page, t("client.addressbook.secondPerson"), teacher);
  const swap = page.getByRole("button", { name: t("client.addressbook.swap") });
  await expect(swap).toBeEnabled();
  await page.keyboard.press("Shift+Tab");
  await expect(swap).toBeFocused();
  await page.keyboard.press("Enter");
  const answer = t("addressbook.why.may", { from: listName(teacher), to: listName(pupilA) });
  await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText(answer);

  await page.goto(`${BOOK}/export?role=socialWork`);
  await tabTo(page, page.getByLabel(t("addressbook.export.reason")));
  await page.keyboard.type("Für die Beratung am Montag");
  const download = page.waitForEvent("download");
  await tabTo(page, page.getByRole("button", { name: t("addressbook.export.button") }));
  await page.keyboard.press("Enter");
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
});

test("on a phone: found, opened, seen as a pupil, explained", async ({ browser }) => {
  const { t } = german;
  const page = await signedIn(browser, orgAdmin, {
    viewport: { width: 360, height: 760 },
    isMobile: true,
    hasTouch: true,
  });
  await openBook(page, german);
  await searchBox(page, german).fill("7a");
  await page
    .getByRole("region", { name: t("client.addressbook.groups") })
    .getByRole("link")
    .first()
    .tap();
  await expect(page.getByRole("heading", { name: t("addressbook.group.members") })).toBeVisible();
  await page.getByRole("link", { name: listName(pupilA) }).tap();
  await expect(page.getByRole("heading", { level: 1, name: listName(pupilA) })).toBeVisible();
  await page.getByRole("link", { name: t("addressbook.person.seeAs") }).tap();
  const roles = t("roles.one.student");
  await expect(page.getByText(t("addressbook.view.asPerson", { name: listName(pupilA), roles }))).toBeVisible();
  await page.goto(`${BOOK}?open=teacher`);
  await page.getByRole("treeitem", { name: listName(orgAdmin) }).tap();
  await expect(page.getByRole("heading", { level: 1, name: listName(orgAdmin) })).toBeVisible();
  await page.goto(`${BOOK}/why?from=${teacher.subject}&to=${pupilB.subject}`);
  await expect(page.getByRole("heading", { level: 2 })).toHaveCount(2);
  const toCell = page.getByRole("link", { name: t("addressbook.why.toCell") });
  await toCell.first().scrollIntoViewIfNeeded();
  const tooWide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(tooWide).toBeLessThanOrEqual(0);
  await toCell.first().tap();
  await expect(page.getByRole("switch", { name: german.cell("teacher>student") })).toBeInViewport();
});

test("the open request is looked at in the address book before anybody approves it", async ({ browser }) => {
  test.setTimeout(PICTURES_TIMEOUT_MS);
  const { t } = german;
  const page = await signedIn(browser, smallSchoolOrgAdmin);
  const request = await submitRequest(
    page,
    SMALL_SCHOOL_ID,
    ["parentsCouncil>student"],
    "Der Elternbeirat begleitet das Schulfest",
  );
  await page.getByRole("link", { name: t("addressbook.view.fromRequest") }).click();
  await expect(page.getByText(t("addressbook.view.asRole", { role: t("roles.one.parentsCouncil") }))).toBeVisible();
  const pupils = page.getByRole("treeitem", { name: t("roles.name.student") });
  await expect(pupils).toContainText(t("client.addressbook.added"));
  await pupils.click();
  const pupil = page.getByRole("treeitem", { name: listName(smallSchoolPupil) });
  await searchBox(page, german).fill("bluemel");
  await expect(page.getByRole("link", { name: new RegExp(listName(smallSchoolPupil)) })).toContainText(
    t("client.addressbook.added"),
  );
  await searchBox(page, german).fill("");
  await expect(pupil.or(pupils).first()).toBeVisible();
  await expectGoodLooks(page, "addressbook-with-request");
  await page.getByText(t("addressbook.view.label"), { exact: true }).click();
  await page.getByLabel(t("addressbook.view.rules")).selectOption({ label: t("addressbook.view.now") });
  await page.getByRole("button", { name: t("addressbook.view.apply") }).click();
  await expect(page.getByRole("tree")).toBeVisible();
  await expect(pupils).toHaveCount(0);
  await withdrawRequest(page, request);
});

test("people under a protected address are marked for administrators, and for nobody else there", async ({
  browser,
}) => {
  test.setTimeout(PICTURES_TIMEOUT_MS);
  const { t } = german;
  const page = await signedIn(browser, orgAdmin);
  const search = (view: string, text: string) => page.goto(`${BOOK}?${view}q=${encodeURIComponent(text)}`);
  await withProtectedAddress(pupilA.subject, async () => {
    await search("", "Schröder Lena");
    const found = page.getByRole("link", { name: new RegExp(listName(pupilA)) });
    await expect(found).toContainText(t("client.addressbook.protected"));
    await expectGoodLooks(page, "addressbook-protected-found");
    await found.click();
    await expect(page.getByRole("main").getByText(t("addressbook.person.protected")).first()).toBeVisible();
    await expectGoodLooks(page, "addressbook-protected-person");
    await page.goto(`${BOOK}/why?from=${teacher.subject}&to=${pupilA.subject}`);
    // they share the 7a
    await expect(
      page.getByRole("heading", { name: t("addressbook.why.may", { from: listName(teacher), to: listName(pupilA) }) }),
    ).toBeVisible();
    await page.goto(`${BOOK}/why?from=${secretariat.subject}&to=${pupilA.subject}`);
    await expect(page.getByText(t("addressbook.why.verdict.protected", { to: listName(pupilA) }))).toBeVisible();
    await search("as=teacher&", "Schröder Lena");
    await expect(page.getByText(t("client.addressbook.nothing"))).toBeVisible();
  });
  await withProtectedAddress(teacher.subject, async () => {
    await search("", "Köhler Sabine");
    await expect(page.getByRole("link", { name: new RegExp(listName(teacher)) })).toContainText(
      t("client.addressbook.protected"),
    );
  });
});
