// Two people, two tabs, two presses: what happens in between is said, nothing is overwritten or done twice, and what
// somebody has typed is there again.
import { expect, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import type { ErrorCode } from "#lib/action/result.ts";
import {
  openMatrix,
  prepareChange,
  sendChange,
  signedIn,
  signInAgain,
  submitChange,
  submitRequest,
  versionInEffect,
  withdrawRequest,
} from "./console.ts";
import { endSessions, withoutRole } from "./database.ts";
import { linesWith } from "./logs.ts";
import { lockOff, unlock } from "./state.ts";
import { test } from "./test.ts";
import { german } from "./words.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const REASON = "So im Kollegium besprochen";
const { smallSchoolOrgAdmin, orgAdminOfTwoSchools, smallSchoolManager, landAdmin, secondLandAdmin } = demoCharacters;
const { t, cell, closed, like } = german;

/** The refusal in words, with an id that leads to its line in the log. */
async function expectRefusal(page: Page, code: ErrorCode): Promise<void> {
  const notice = page.getByRole("alert").filter({ hasText: t(`errors.${code}`) });
  await expect(notice).toBeVisible();
  const id = /[2-9A-Z]{10}/.exec(await notice.getByText(like(t("client.failure.id", { id: "" }))).innerText())?.[0];
  expect(await linesWith("web", id ?? "no id")).toContainEqual(expect.objectContaining({ code }));
}

const approve = (page: Page) => page.getByRole("button", { name: t("client.decision.approve") }).click();

test("two administrators at once: the second sees what the first changed, and overwrites nothing", async ({
  browser,
}) => {
  const first = await signedIn(browser, smallSchoolOrgAdmin);
  const second = await signedIn(browser, orgAdminOfTwoSchools);
  const [both, onlyFirst, onlySecond] = ["socialWork>teacher", "socialWork>guardian", "socialWork>student"] as const;
  const before = await versionInEffect(first, SCHOOL);
  await prepareChange(second, SCHOOL, [both, onlySecond], REASON);
  await submitChange(first, SCHOOL, [both, onlyFirst], REASON);

  await test.step("sending is refused, and the page says what happened meanwhile", async () => {
    await second.getByRole("button", { name: t("client.submit.send") }).click();
    await expectRefusal(second, "staleVersion");
    await second.getByRole("link", { name: t("client.failure.reload") }).click();
    const notice = second.getByRole("main");
    await expect(notice.getByText(t("conflict.title"))).toBeVisible();
    const changed = notice.getByRole("listitem").filter({ hasText: t("conflict.overlap") });
    await expect(changed).toHaveCount(1);
    await expect(changed).toContainText(closed(both));
    await expect(notice.getByRole("listitem").filter({ hasText: closed(onlyFirst) })).toBeVisible();
    await expect(second.getByRole("button", { name: t("client.submit.send") })).toHaveCount(0);
  });

  await test.step("the matrix says it as well, with the draft still there", async () => {
    await openMatrix(second, SCHOOL);
    await expect(second.getByText(t("client.matrix.staleTitle"))).toBeVisible();
    await second.getByRole("link", { name: t("client.matrix.staleLink") }).click();
  });

  await test.step("going on from the new version keeps the other's change", async () => {
    await second.getByRole("link", { name: t("conflict.continue", { current: before + 1 }) }).click();
    await expect(second.getByLabel(t("client.submit.reason"))).toHaveValue(REASON);
    await sendChange(second);
    expect(await versionInEffect(second, SCHOOL)).toBe(before + 2);
    for (const key of [both, onlyFirst, onlySecond]) {
      await expect(second.getByRole("checkbox", { name: cell(key) })).not.toBeChecked();
    }
  });
  await submitChange(first, SCHOOL, [both, onlyFirst, onlySecond], "Wieder wie vorher");
});

test("a double click sends once", async ({ browser }) => {
  const admin = await signedIn(browser, smallSchoolOrgAdmin);
  const before = await versionInEffect(admin, SCHOOL);
  for (const expected of [before + 1, before + 2]) {
    await prepareChange(admin, SCHOOL, ["socialWork>teacher"], REASON);
    const sent: string[] = [];
    admin.on("request", (request) => {
      // the page of the answer has actions of its own
      const action = request.headers()["next-action"];
      if (action !== undefined) sent.push(action);
    });
    await admin.getByRole("button", { name: t("client.submit.send") }).dblclick();
    await expect(admin.getByRole("heading", { name: t("client.submit.doneTitle"), exact: true })).toBeVisible();
    expect(sent.filter((action) => action === sent[0])).toHaveLength(1);
    admin.removeAllListeners("request");
    expect(await versionInEffect(admin, SCHOOL)).toBe(expected);
  }
});

test("a session that ends in the middle of an edit loses nothing", async ({ browser }) => {
  const admin = await signedIn(browser, smallSchoolOrgAdmin);
  await openMatrix(admin, SCHOOL);
  await admin.getByRole("checkbox", { name: cell("socialWork>teacher") }).click();
  await endSessions(smallSchoolOrgAdmin.subject);

  await test.step("on the way to the summary: signing in leads there", async () => {
    await admin.getByRole("link", { name: t("client.matrix.summary") }).click();
    await expect(admin).toHaveURL(/\/sign-in\?/);
    await signInAgain(admin);
    await expect(admin.getByRole("heading", { level: 1, name: t("summary.title") })).toBeVisible();
  });

  await test.step("while sending: the reason is kept, and sending works after signing in", async () => {
    await admin.getByLabel(t("client.submit.reason")).fill(REASON);
    await endSessions(smallSchoolOrgAdmin.subject);
    await admin.getByRole("button", { name: t("client.submit.send") }).click();
    await expectRefusal(admin, "signedOut");
    await admin.getByRole("link", { name: t("client.failure.signIn") }).click();
    await signInAgain(admin);
    await expect(admin.getByLabel(t("client.submit.reason"))).toHaveValue(REASON);
    await sendChange(admin);
  });
  await submitChange(admin, SCHOOL, ["socialWork>teacher"], "Wieder wie vorher");
});

test("a request that its author adds to while it is read is not approved unread", async ({ browser }) => {
  const author = await signedIn(browser, smallSchoolOrgAdmin);
  const manager = await signedIn(browser, smallSchoolManager);
  const before = await versionInEffect(author, SCHOOL);
  const request = await submitRequest(author, SCHOOL, ["parentsCouncil>student"], REASON);
  await manager.goto(request);
  expect(await submitRequest(author, SCHOOL, ["guardian>student"], "Und noch eine Öffnung dazu")).toBe(request);

  await approve(manager);
  await expectRefusal(manager, "requestChanged");
  await manager.getByRole("link", { name: t("client.failure.reload") }).click();
  await expect(manager.getByText("Und noch eine Öffnung dazu", { exact: false })).toBeVisible();
  await expect(manager.getByRole("main").getByText(cell("guardian>student")).first()).toBeVisible();
  expect(await versionInEffect(manager, SCHOOL)).toBe(before);
  await withdrawRequest(author, request);
});

test("a cell that the state locks meanwhile makes the request void, and both are told", async ({ browser }) => {
  test.setTimeout(240_000);
  const author = await signedIn(browser, smallSchoolOrgAdmin);
  const manager = await signedIn(browser, smallSchoolManager);
  const state = await signedIn(browser, landAdmin);
  const key = "student>parentsCouncil";
  const request = await submitRequest(author, SCHOOL, [key], REASON);
  await manager.goto(request);
  await lockOff(state, key, "Das Land prüft diesen Weg gerade neu.");
  try {
    await approve(manager);
    await expectRefusal(manager, "requestVoid");
    for (const page of [manager, author]) {
      await page.goto(request);
      await expect(page.getByText(t("request.void"))).toBeVisible();
    }
    await openMatrix(author, SCHOOL);
    const locked = author.getByRole("checkbox", { name: cell(key) });
    await expect(locked).not.toBeChecked();
    await expect(locked).toHaveAccessibleDescription(/Das Land prüft diesen Weg gerade neu\./);
    await locked.focus();
    await author.keyboard.press("Space");
    await expect(locked).not.toBeChecked();
  } finally {
    await unlock(state, await signedIn(browser, secondLandAdmin), key, "Die Prüfung ist abgeschlossen");
  }
});

test("a role lost in between decides nothing: neither the approver's nor the author's", async ({ browser }) => {
  const author = await signedIn(browser, smallSchoolOrgAdmin);
  const manager = await signedIn(browser, smallSchoolManager);
  const before = await versionInEffect(author, SCHOOL);
  const request = await submitRequest(author, SCHOOL, ["parentsCouncil>student"], REASON);
  await manager.goto(request);

  const management = { personId: smallSchoolManager.subject, schoolId: SCHOOL, role: "schoolManagement" } as const;
  await withoutRole(management, async () => {
    await approve(manager);
    await expectRefusal(manager, "notFound");
    await manager.goto(request);
    await expect(manager).toHaveURL(/\/no-access$/);
  });
  await manager.goto(request);
  await withoutRole({ personId: smallSchoolOrgAdmin.subject, schoolId: SCHOOL, role: "orgAdmin" }, async () => {
    await approve(manager);
    await expectRefusal(manager, "authorLostRole");
    await manager.getByRole("link", { name: t("client.failure.reload") }).click();
    await expect(manager.getByText(t("request.refusal.authorLostRole"))).toBeVisible();
    await expect(manager.getByRole("button", { name: t("client.decision.approve") })).toHaveCount(0);
  });
  expect(await versionInEffect(manager, SCHOOL)).toBe(before);
  await withdrawRequest(author, request);
});
