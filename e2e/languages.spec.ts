// The heart of the console in every language that it speaks: change, split, reject, withdraw, go back, switch schools.
// Every name is looked up in the language's own texts, so a page that falls back to the other one is found.
import { expect, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { LARGE_SCHOOL_ID, SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { openMatrix, signedIn, submitChange, submitRequest, versionInEffect, withdrawRequest } from "./console.ts";
import { test } from "./test.ts";
import { LANGUAGES, type Words } from "./words.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const OPEN_CELL = "secretariat>guardian";
const SENSITIVE_CELL = "parentsCouncil>student";
const { smallSchoolOrgAdmin: author, smallSchoolManager: manager, orgAdminOfTwoSchools } = demoCharacters;

async function goBackTo(page: Page, version: number, current: number, { t }: Words): Promise<void> {
  await page.goto(`/schools/${SCHOOL}/versions`);
  await page.getByLabel(t("versions.compareFrom")).fill(String(version));
  await page.getByLabel(t("versions.compareTo")).fill(String(current));
  await page.getByRole("button", { name: t("versions.compare") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("versions.compareTitle") })).toBeVisible();
  await page.getByRole("link", { name: t("versions.back.action", { version }) }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("summary.title") })).toBeVisible();
  await page.getByLabel(t("client.submit.reason")).fill("Alles wieder wie vorher");
  await page.getByRole("button", { name: t("client.submit.send") }).click();
  await expect(page.getByRole("heading", { name: t("client.submit.doneTitle"), exact: true })).toBeVisible();
}

for (const words of LANGUAGES) {
  const { t, cell } = words;

  test(`${words.locale}: a change that needs nobody, and the way back to the version before`, async ({ browser }) => {
    const admin = await signedIn(browser, author, {}, words);
    const before = await versionInEffect(admin, SCHOOL, words);
    await submitChange(admin, SCHOOL, [OPEN_CELL], "Im Kollegium besprochen", words);
    await expect(admin.getByText(t("client.submit.effective", { version: before + 1 }))).toBeVisible();
    await openMatrix(admin, SCHOOL, words);
    await expect(admin.getByRole("checkbox", { name: cell(OPEN_CELL) })).not.toBeChecked();

    await goBackTo(admin, before, before + 1, words);
    expect(await versionInEffect(admin, SCHOOL, words)).toBe(before + 2);
    await expect(admin.getByRole("checkbox", { name: cell(OPEN_CELL) })).toBeChecked();
  });

  test(`${words.locale}: a split change; what is sensitive waits until school management approves`, async ({
    browser,
  }) => {
    const admin = await signedIn(browser, author, {}, words);
    const before = await versionInEffect(admin, SCHOOL, words);
    const request = await submitRequest(
      admin,
      SCHOOL,
      [OPEN_CELL, SENSITIVE_CELL],
      "Der Beirat hilft beim Fest",
      words,
    );
    expect(await versionInEffect(admin, SCHOOL, words)).toBe(before + 1);
    await expect(admin.getByRole("checkbox", { name: cell(OPEN_CELL) })).not.toBeChecked();
    await expect(admin.getByRole("checkbox", { name: cell(SENSITIVE_CELL) })).not.toBeChecked();
    await expect(admin.getByText(t("matrix.pendingTitle"))).toBeVisible();

    const principal = await signedIn(browser, manager, {}, words);
    await principal.goto(request);
    await expect(principal.getByText("Der Beirat hilft beim Fest")).toBeVisible();
    await principal.getByRole("button", { name: t("client.decision.approve") }).click();
    await expect(principal.getByRole("heading", { name: t("client.decision.approvedTitle") })).toBeVisible();
    await expect(principal.getByText(t("client.decision.approved", { version: before + 2 }))).toBeVisible();
    await openMatrix(principal, SCHOOL, words);
    await expect(principal.getByRole("checkbox", { name: cell(SENSITIVE_CELL) })).toBeChecked();

    // closing never waits, and the other cell is as harmless as ever
    await submitChange(admin, SCHOOL, [OPEN_CELL, SENSITIVE_CELL], "Das Fest ist vorbei", words);
    await expect(admin.getByRole("link", { name: t("client.submit.toRooms") })).toBeVisible();
    await openMatrix(admin, SCHOOL, words);
    await expect(admin.getByRole("checkbox", { name: cell(OPEN_CELL) })).toBeChecked();
    await expect(admin.getByRole("checkbox", { name: cell(SENSITIVE_CELL) })).not.toBeChecked();
  });

  test(`${words.locale}: a request is rejected with a reason, and another one withdrawn`, async ({ browser }) => {
    const admin = await signedIn(browser, author, {}, words);
    const principal = await signedIn(browser, manager, {}, words);
    const before = await versionInEffect(admin, SCHOOL, words);
    const rejected = await submitRequest(admin, SCHOOL, [SENSITIVE_CELL], "Der Beirat hilft beim Fest", words);
    await principal.goto(rejected);
    await principal.getByRole("button", { name: t("client.decision.reject") }).click();
    await principal.getByLabel(t("client.decision.reason")).fill("kurz");
    await principal.getByRole("button", { name: t("client.decision.confirmReject") }).click();
    await expect(principal.getByText(t("client.decision.tooShort"))).toBeVisible();
    await principal.getByLabel(t("client.decision.reason")).fill("Erst in der Konferenz besprechen");
    await principal.getByRole("button", { name: t("client.decision.confirmReject") }).click();
    await expect(principal.getByRole("heading", { name: t("client.decision.rejectedTitle") })).toBeVisible();
    await admin.goto(rejected);
    await expect(admin.getByText(t("request.rejectedBy", { name: manager.displayName }))).toBeVisible();
    await expect(admin.getByText("Erst in der Konferenz besprechen", { exact: false })).toBeVisible();

    const withdrawn = await submitRequest(admin, SCHOOL, [SENSITIVE_CELL], "Noch einmal, nach der Konferenz", words);
    await withdrawRequest(admin, withdrawn, words);
    await principal.goto(withdrawn);
    await expect(principal.getByText(t("request.withdrawnBy", { name: author.displayName }))).toBeVisible();
    expect(await versionInEffect(principal, SCHOOL, words)).toBe(before);
    await expect(principal.getByRole("checkbox", { name: cell(SENSITIVE_CELL) })).not.toBeChecked();
  });

  test(`${words.locale}: somebody with two schools switches between them and stays at the same place`, async ({
    browser,
  }) => {
    const admin = await signedIn(browser, orgAdminOfTwoSchools, {}, words);
    await openMatrix(admin, SCHOOL, words);
    await admin.getByRole("checkbox", { name: cell("teacher>guardian") }).click();
    admin.on("dialog", (dialog) => void dialog.accept());
    const switcher = admin.getByRole("banner").getByRole("button", { name: words.like(t("shell.switchSchool")) });
    await switcher.click();
    await admin.getByRole("link", { name: /Gymnasium Beispielstadt/ }).click();
    await expect(admin).toHaveURL(`/schools/${LARGE_SCHOOL_ID}/matrix`);
    await expect(admin.getByText(LARGE_SCHOOL_ID, { exact: false }).first()).toBeVisible();
    // the draft of one school is none of the other's, and is there again on the way back
    await expect(admin.getByRole("region", { name: t("client.matrix.bar") })).toHaveCount(0);
    await openMatrix(admin, SCHOOL, words);
    await expect(admin.getByRole("region", { name: t("client.matrix.bar") })).toBeVisible();
    await admin.getByRole("button", { name: t("client.matrix.discard") }).click();
    await expect(admin.getByRole("checkbox", { name: cell("teacher>guardian") })).toBeChecked();
  });
}

test("the language is switched on the page, and stays", async ({ browser }) => {
  const [de, en] = LANGUAGES;
  const page = await signedIn(browser, author, {}, de);
  await page.getByRole("button", { name: de.t("shell.account", { name: author.displayName }) }).click();
  await page
    .getByRole("button", { name: de.t("shell.languages.en") })
    .first()
    .click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await openMatrix(page, SCHOOL, en);
  await expect(page.getByRole("heading", { level: 1, name: en.t("matrix.title") })).toBeVisible();
});
