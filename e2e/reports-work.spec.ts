// What support does with cases besides the straight way: views and pages of the inbox, teams, waiting, closing and
// opening again, joining and splitting, holds and files, and measures that a second person confirms.
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { signedIn } from "./console.ts";
import { withDatabase } from "./database.ts";
import { expectGoodLooks } from "./looks.ts";
import {
  caseOf,
  closeOpenCases,
  expectNothingForeign,
  fillStep,
  FOREIGN,
  LIVE_TIMEOUT_MS,
  measureLine,
  openCase,
  openMatter,
  openStep,
  reportMessage,
  takeMeasure,
  visitCase,
} from "./reporting.ts";
import { test } from "./test.ts";
import { german } from "./words.ts";

const { t } = german;
const { support, secondSupport } = demoCharacters;
const PAGE = 50;
const MORE = 7;

const steps = (key: "assign" | "wait" | "resume" | "resolve" | "reopen" | "merge") => t(`client.reports.steps.${key}`);

test("views are kept under a name, and pages follow each other without a gap", async ({ browser }) => {
  test.setTimeout(200_000);
  await closeOpenCases();
  await withDatabase((client) =>
    client.query(
      `INSERT INTO report_case (category, severity, due_at)
       SELECT 'spam', 'low', now() + n * interval '1 minute' FROM generate_series(1, $1) n`,
      [PAGE + MORE],
    ),
  );
  const page = await signedIn(browser, support);
  const main = page.getByRole("main");
  const cases = main.getByRole("link", { name: /^Vorgang \d+: Spam$/ });
  await page.goto("/reports?category=spam");
  await expect(cases).toHaveCount(PAGE);

  await test.step("a view", async () => {
    const views = main.getByRole("navigation", { name: t("client.reports.views.title") });
    await views.getByRole("button", { name: t("client.reports.views.save") }).click();
    await main.getByLabel(t("client.reports.views.name")).fill("Werbung");
    await main.getByRole("button", { name: t("client.reports.views.save") }).click();
    await expect(views.getByRole("link", { name: "Werbung" })).toHaveAttribute("aria-current", "page");
    await expectGoodLooks(page, "reports-view");
    await views.getByRole("link", { name: t("client.reports.views.mine") }).click();
    await expect(cases).toHaveCount(0);
    await views.getByRole("link", { name: "Werbung" }).click();
    await expect(cases).toHaveCount(PAGE);
  });

  await test.step("the next page, and back to the beginning", async () => {
    const first = await cases.allTextContents();
    await main.getByRole("link", { name: t("client.reports.next") }).click();
    await expect(cases).toHaveCount(MORE);
    const second = await cases.allTextContents();
    expect(new Set([...first, ...second]).size).toBe(PAGE + MORE);
    await expect(main.getByRole("link", { name: t("client.reports.next") })).toHaveCount(0);
    await main.getByRole("link", { name: t("client.reports.first") }).click();
    await expect(cases).toHaveText(first);
  });

  await main.getByRole("button", { name: t("client.reports.views.remove", { name: "Werbung" }) }).click();
  await expect(main.getByRole("link", { name: "Werbung" })).toHaveCount(0);
  await closeOpenCases();
});

test("a case waits for a team until a day, is closed, and is opened again", async ({ browser }) => {
  test.setTimeout(200_000);
  await closeOpenCases();
  const found = await openCase("Hausaufgaben");
  const page = await signedIn(browser, support);
  const main = page.getByRole("main");
  await visitCase(page, found);
  const state = (name: "waiting" | "inProgress" | "reopened") =>
    main.getByText(t(`reports.state.${name}`), { exact: true });

  await test.step("a team", async () => {
    await fillStep(
      page,
      steps("assign"),
      t("client.reports.steps.team"),
      "Rechtsfragen",
      t("client.reports.steps.assignSend"),
    );
    await expect(main.getByText(t("client.reports.owner", { name: "Rechtsfragen" }))).toBeVisible();
    await page.goto(`/reports?${new URLSearchParams({ assignee: "t:Rechtsfragen" }).toString()}`);
    await expect(main.getByRole("link", { name: new RegExp(`^Vorgang ${found.number}: `) })).toBeVisible();
    await visitCase(page, found);
  });

  await test.step("waiting, and taken up again before the day", async () => {
    const form = await openStep(page, steps("wait"));
    const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    await form.getByLabel(t("client.reports.steps.until")).fill(day);
    await form.getByLabel(t("client.reports.steps.waitFor")).fill("Antwort der Eltern");
    await form.getByRole("button", { name: t("client.reports.steps.waitSend") }).click();
    await expect(state("waiting").first()).toBeVisible();
    await expect(main.getByText("Antwort der Eltern").first()).toBeVisible();
    await expectGoodLooks(page, "reports-waiting");
    const resume = await openStep(page, steps("resume"));
    await resume.getByRole("button", { name: steps("resume") }).click();
    await expect(state("inProgress").first()).toBeVisible();
  });

  await test.step("closed, and open again", async () => {
    const reason = t("client.reports.steps.reason");
    await fillStep(page, steps("resolve"), reason, "Die Eltern haben sich gemeldet", steps("resolve"));
    await expect(main.getByText(t("reports.outcome.noViolation")).first()).toBeVisible();
    await fillStep(page, steps("reopen"), reason, "Es geht von vorne los", steps("reopen"));
    await expect(state("reopened").first()).toBeVisible();
    await expect(main.getByText("Es geht von vorne los").first()).toBeVisible();
  });
});

test("two cases become one, and one of its reports a case of its own", async ({ browser }) => {
  test.setTimeout(200_000);
  await closeOpenCases();
  const [target, source] = [await openCase("Hausaufgaben"), await openCase("Lerngruppe")];
  const page = await signedIn(browser, support);
  const main = page.getByRole("main");
  const reportsTitle = (count: number) =>
    main.getByRole("heading", { name: t("client.reports.reportsTitle", { count }), exact: true });

  await visitCase(page, source);
  await fillStep(
    page,
    steps("merge"),
    t("client.reports.steps.number"),
    target.number,
    t("client.reports.steps.mergeSend"),
  );
  await page.waitForURL(`/reports/${target.id}`);
  await expect(reportsTitle(2)).toBeVisible();
  await visitCase(page, source);
  await expect(main.getByRole("link", { name: t("reports.notice.merged", { number: target.number }) })).toBeVisible();

  await visitCase(page, target);
  await main.getByLabel(t("client.reports.chooseForSplit")).first().check();
  await expectGoodLooks(page, "reports-split");
  await main.getByRole("button", { name: t("client.reports.split", { count: 1 }) }).click();
  await expect(reportsTitle(1)).toBeVisible();
  await page.goto("/reports");
  await expect(main.getByRole("link", { name: /^Vorgang \d+: Mobbing$/ })).toHaveCount(2);
});

test("a case leaves the console as a file in which nothing runs, and is held for the police", async ({ browser }) => {
  test.setTimeout(200_000);
  await closeOpenCases();
  const matter = await openMatter("Hausaufgaben");
  await reportMessage(matter, { reason: `Er beleidigt mich ${FOREIGN}` });
  const found = await caseOf(matter);
  const page = await signedIn(browser, support);
  const main = page.getByRole("main");
  await visitCase(page, found);

  await test.step("a file", async () => {
    await main.locator("summary").getByText(t("client.keep.export"), { exact: true }).click();
    await main.getByLabel(t("client.keep.exportLabel")).fill("Anforderung der Staatsanwaltschaft");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      main.getByRole("button", { name: t("client.keep.exportButton") }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`fall-${found.number}.html`);
    const html = await readFile(await download.path(), "utf8");
    const reader = await browser.newPage();
    // without the headers that the server sent with it: as from a disk
    await reader.setContent(html);
    await expect(reader.getByText(FOREIGN).first()).toBeVisible();
    await expectNothingForeign(reader);
    await page.goto("/audit/own");
    await expect(main.getByText(`hat Vorgang ${found.number} als Datei ausgegeben`).first()).toBeVisible();
    await visitCase(page, found);
  });

  await test.step("a hold, and its end", async () => {
    const hold = t("client.keep.hold");
    await fillStep(page, hold, t("client.keep.holdLabel"), "Aktenzeichen 4711 der Polizei", hold);
    await expect(main.getByText("Aktenzeichen 4711 der Polizei").first()).toBeVisible();
    await page.goto("/reports/retention");
    await expect(main.getByText("Aktenzeichen 4711 der Polizei").first()).toBeVisible();
    await expectGoodLooks(page, "reports-retention-held");
    await visitCase(page, found);
    const lift = await openStep(page, t("client.keep.lift"));
    await lift.getByRole("button", { name: t("client.keep.lift") }).click();
    await expect(main.locator("summary").getByText(t("client.keep.hold"), { exact: true })).toBeVisible();
  });
});

test("removed from the room and let back in; the room is closed, and emptied once a second person confirms", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  await closeOpenCases();
  const found = await openCase("Hausaufgaben");
  const { teacher, pupil, room } = found;
  const page = await signedIn(browser, support);
  await visitCase(page, found);

  await test.step("out, and in again by invitation only", async () => {
    await takeMeasure(page, "removeFromRoom", t("measures.effect.staysOut"));
    await expect.poll(() => teacher.joinedRooms()).not.toContain(room);
    await expectGoodLooks(page, "reports-removed");
    await takeMeasure(page, "letBackIn", t("measures.effect.comesBackByInvitation", { room: "Hausaufgaben" }));
    expect(await teacher.joinedRooms()).not.toContain(room);
  });

  await test.step("nobody confirms themselves; somebody else does", async () => {
    await takeMeasure(page, "closeRoom", t("measures.effect.secondPerson"));
    const confirm = t("client.measures.confirm");
    const mine = measureLine(page, "closeRoom");
    await expect(mine.getByRole("button", { name: t("client.measures.takeBack") })).toBeVisible();
    await expect(mine.getByRole("button", { name: confirm })).toHaveCount(0);
    expect(await pupil.joinedRooms()).toContain(room);
    const other = await signedIn(browser, secondSupport);
    await visitCase(other, found);
    await expectGoodLooks(other, "reports-second-person");
    await measureLine(other, "closeRoom").getByRole("button", { name: confirm }).click();
    await expect(mine.getByText(t("measures.state.confirmed"), { exact: true })).toBeVisible({
      timeout: LIVE_TIMEOUT_MS,
    });
    await expect.poll(() => pupil.joinedRooms(), { timeout: LIVE_TIMEOUT_MS }).not.toContain(room);
  });
});
