// Every screen and its states, in light, dark and on a phone: no finding of axe, nothing wider than the screen, pictures
// to look at; and the way through matrix, summary and approval without a mouse.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { LARGE_SCHOOL_ID, SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { TARGETS } from "#lib/policy/roles.ts";
import { openMatrix, signedIn, submitRequest, versionInEffect, withdrawRequest } from "./console.ts";
import { withEndings, withoutRole } from "./database.ts";
import { tabTo } from "./keyboard.ts";
import { expectGoodLooks, showAs, visit } from "./looks.ts";
import { openRule } from "./state.ts";
import { test } from "./test.ts";
import { german } from "./words.ts";

const { t, cell } = german;
const SCHOOL = `/schools/${LARGE_SCHOOL_ID}`;
const EDITS = "on=student.student,student.teacher&off=guardian.teacher";
const SENSITIVE_CELL = "parentsCouncil>student";
const { orgAdmin, landAdmin, smallSchoolOrgAdmin, smallSchoolManager, teacher } = demoCharacters;

test("every screen of a school", async ({ browser }) => {
  test.setTimeout(600_000);
  const page = await signedIn(browser, orgAdmin);
  await visit(page, "overview", "/");
  await visit(page, "matrix", `${SCHOOL}/matrix`);
  await visit(page, "summary", `${SCHOOL}/matrix/summary?base=1&${EDITS}`);
  await visit(page, "ends-none", `${SCHOOL}/matrix/ends`);
  await visit(page, "summary-broken", `${SCHOOL}/matrix/summary?base=nonsense`);
  await visit(page, "approvals", `${SCHOOL}/approvals`);
  await visit(page, "versions", `${SCHOOL}/versions`);
  await visit(page, "versions-compare", `${SCHOOL}/versions/compare?from=1&to=1`);
  await visit(page, "versions-compare-broken", `${SCHOOL}/versions/compare?from=x&to=999999`);
  await visit(page, "rooms", `${SCHOOL}/rooms`);
  await visit(page, "audit", `${SCHOOL}/audit`);
  await visit(page, "audit-entry", `${SCHOOL}/audit/1`);
  await visit(page, "not-found", "/schools/DE-RP-SN-00000/matrix");
  await visit(page, "accessibility-statement", "/accessibility");
});

test("the address book: tree, search, a person, the explanation, the export", async ({ browser }) => {
  test.setTimeout(600_000);
  const page = await signedIn(browser, orgAdmin);
  const { pupilA, teacherAndGuardian } = demoCharacters;
  await visit(page, "addressbook", `${SCHOOL}/addressbook?open=teacher+groups`);
  await visit(page, "addressbook-seen-by", `${SCHOOL}/addressbook?as=student&on=student.student`);
  await visit(page, "addressbook-search", `${SCHOOL}/addressbook?q=schroeder`);
  await visit(page, "addressbook-nothing-found", `${SCHOOL}/addressbook?q=qqqqqq`);
  await visit(page, "addressbook-person", `${SCHOOL}/addressbook/people/${pupilA.subject}`);
  await visit(
    page,
    "addressbook-why",
    `${SCHOOL}/addressbook/why?from=${pupilA.subject}&to=${teacherAndGuardian.subject}`,
  );
  await visit(page, "addressbook-export", `${SCHOOL}/addressbook/export?role=student`);
  await page.goto(`${SCHOOL}/addressbook?as=guardian&on=guardian.student`);
  await page.getByText(t("addressbook.view.label"), { exact: true }).click();
  await page.getByText(t("client.addressbook.filter"), { exact: true }).click();
  const label = t("client.addressbook.asPerson");
  await page.getByRole("combobox", { name: label }).fill("schroe");
  await expect(page.getByRole("listbox", { name: label }).getByRole("option").first()).toBeVisible();
  await expectGoodLooks(page, "addressbook-choosing");
});

test("the matrix at work: changed cells, a whole row, the bar, a phone's panel", async ({ browser }) => {
  const page = await signedIn(browser, orgAdmin);
  await page.goto(`${SCHOOL}/matrix`);
  await page.getByRole("checkbox", { name: cell("student>student") }).click();
  await page.getByRole("checkbox", { name: cell("teacher>guardian") }).click();
  await expect(page.getByRole("region", { name: t("client.matrix.bar") })).toBeVisible();
  await expectGoodLooks(page, "matrix-changed", ["light", "dark"]);
  await page.getByRole("checkbox", { name: cell("student>groups") }).focus();
  await expectGoodLooks(page, "matrix-locked-cell", ["light"]);
  await showAs(page, "phone");
  await page.getByText(t("client.matrix.panel", { role: t("roles.name.student") })).click();
  await expect(page.getByRole("switch", { name: cell("student>student") })).toBeChecked();
  await expectGoodLooks(page, "matrix-changed", ["phone"]);
});

test("a request in each of its states, its forms and its record", async ({ browser }) => {
  test.setTimeout(600_000);
  const author = await signedIn(browser, smallSchoolOrgAdmin);
  const manager = await signedIn(browser, smallSchoolManager);
  const before = await versionInEffect(author, SMALL_SCHOOL_ID);
  const request = await submitRequest(
    author,
    SMALL_SCHOOL_ID,
    ["teacher>secretariat", SENSITIVE_CELL],
    "Der Elternbeirat begleitet das Schulfest",
  );
  await expectGoodLooks(author, "request-author");
  await author.getByRole("button", { name: t("client.decision.withdraw") }).click();
  await expectGoodLooks(author, "request-withdraw-question");
  await visit(author, "matrix-waiting", `/schools/${SMALL_SCHOOL_ID}/matrix`);
  await visit(author, "approvals-open", `/schools/${SMALL_SCHOOL_ID}/approvals`);

  await manager.goto(request);
  await expectGoodLooks(manager, "request-pending");
  await manager.getByRole("button", { name: t("client.comment.send") }).click();
  await manager.getByRole("button", { name: t("client.decision.reject") }).click();
  await manager.getByRole("button", { name: t("client.decision.confirmReject") }).click();
  await expectGoodLooks(manager, "request-form-errors");
  await visit(manager, "overview-attention", "/");

  await withoutRole({ personId: null, schoolId: SMALL_SCHOOL_ID, role: "schoolManagement" }, async () => {
    await visit(author, "request-nobody", request);
  });
  await withEndings(request.split("/").at(-1) ?? "", smallSchoolManager.subject, async (requests) => {
    await visit(author, "approvals-past", `/schools/${SMALL_SCHOOL_ID}/approvals`);
    for (const [status, id] of requests) {
      await visit(author, `request-${status}`, `/schools/${SMALL_SCHOOL_ID}/approvals/${id}`);
    }
  });
  // the version of the harmless half is newer than the address says: the conflict, with what overlaps
  const address = `/schools/${SMALL_SCHOOL_ID}/matrix/summary?base=${String(before)}&off=teacher.secretariat`;
  await visit(author, "summary-conflict", address);
  await withdrawRequest(author, request);
  await expectGoodLooks(author, "request-done");
  await visit(author, "record", `${request}/record`);
  await author.goto(`/schools/${SMALL_SCHOOL_ID}/matrix/summary?base=${String(before + 1)}&on=teacher.secretariat`);
  await author.getByRole("button", { name: t("client.submit.send") }).click();
  await expect(author.getByText(t("client.submit.tooShort"))).toBeVisible();
  await expectGoodLooks(author, "summary-error");
  await author.getByLabel(t("client.submit.reason")).fill("Alles wieder wie vorher");
  await author.getByRole("button", { name: t("client.submit.send") }).click();
  await expect(author.getByRole("heading", { name: t("client.submit.doneTitle"), exact: true })).toBeVisible();
  await expectGoodLooks(author, "summary-sent");
  await visit(
    author,
    "versions-differ",
    `/schools/${SMALL_SCHOOL_ID}/versions/compare?from=${String(before + 1)}&to=${String(before + 2)}`,
  );
});

test("the state's screens", async ({ browser }) => {
  test.setTimeout(600_000);
  const page = await signedIn(browser, landAdmin);
  await visit(page, "state-overview", "/");
  await visit(page, "state-school-found", "/?q=Weinberg");
  await visit(page, "state-frame-history", "/frame/history");
  await visit(page, "state-audit", "/audit");
  await visit(page, "state-own-audit", "/audit/own");
  await visit(page, "state-console-roles", "/console-roles");
  await visit(page, "state-matrix-read-only", `${SCHOOL}/matrix`);
  await visit(page, "state-frame", "/frame");
  const rule = await openRule(page, "teacher>guardian");
  await rule.getByLabel(t("client.frame.locked"), { exact: true }).check();
  await expectGoodLooks(page, "state-frame-rule-error");
  await rule.getByLabel(t("client.frame.lockReason")).fill("Das Land prüft diesen Weg gerade neu.");
  await expectGoodLooks(page, "state-frame-changed");
  await page.getByRole("link", { name: t("client.frame.summary") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("frame.summaryTitle") })).toBeVisible();
  await expectGoodLooks(page, "state-frame-summary");
});

test("sign-in, its errors, and the page without access", async ({ browser, page }) => {
  await visit(page, "sign-in", "/sign-in");
  await visit(page, "sign-in-error", "/sign-in?error=AccessDenied");
  const without = await signedIn(browser, teacher);
  await expectGoodLooks(without, "no-access");
});

test("the grid speaks: every checkbox says its sentence, its state and why it is as it is", async ({ browser }) => {
  const page = await signedIn(browser, orgAdmin);
  await openMatrix(page, LARGE_SCHOOL_ID);
  const grid = page.getByRole("grid", { name: t("client.matrix.grid") });
  const boxes = grid.getByRole("gridcell").getByRole("checkbox");
  await expect(boxes).toHaveCount(72);
  for (const target of TARGETS) {
    const box = grid.getByRole("gridcell").getByRole("checkbox", { name: cell(`guardian>${target}`) });
    await expect(box).toHaveCount(1);
  }
  await expect(grid.getByRole("checkbox", { name: cell("student>student") })).toHaveAccessibleDescription(
    new RegExp(t("client.matrix.sensitiveHint")),
  );
  await expect(grid.getByRole("checkbox", { name: cell("student>groups") })).toHaveAccessibleDescription(
    /^Sie können diese Einstellung nicht ändern\./,
  );
  await expect(grid.getByRole("columnheader")).toHaveCount(10);
  await expect(grid.getByRole("rowheader")).toHaveCount(8);
});

test("the grid is one tab stop and is walked with the arrow keys", async ({ browser }) => {
  const page = await signedIn(browser, orgAdmin);
  await openMatrix(page, LARGE_SCHOOL_ID);
  const first = page.getByRole("checkbox", { name: cell("teacher>teacher") });
  await first.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  const pupils = page.getByRole("checkbox", { name: cell("student>student") });
  await expect(pupils).toBeFocused();
  await page.keyboard.press("Space");
  await expect(pupils).toBeChecked();
  await page.keyboard.press("End");
  const locked = page.getByRole("checkbox", { name: cell("student>groups") });
  await expect(locked).toBeFocused();
  await page.keyboard.press("Space");
  await expect(locked).toBeChecked(); // locked by the state
  await page.keyboard.press("Control+Home");
  await expect(first).toBeFocused();
});

test("matrix, summary and approval by keyboard alone", async ({ browser }) => {
  const author = await signedIn(browser, smallSchoolOrgAdmin);
  const manager = await signedIn(browser, smallSchoolManager);
  await openMatrix(author, SMALL_SCHOOL_ID);
  await tabTo(author, author.getByRole("checkbox", { name: cell("teacher>teacher") }));
  for (const key of ["Control+End", "ArrowUp", "Home"]) await author.keyboard.press(key);
  const council = author.getByRole("checkbox", { name: cell("parentsCouncil>teacher") });
  await expect(council).toBeFocused();
  await author.keyboard.press("ArrowRight");
  await author.keyboard.press("Space");
  await expect(author.getByRole("checkbox", { name: cell(SENSITIVE_CELL) })).toBeChecked();
  await tabTo(author, author.getByRole("link", { name: t("client.matrix.summary") }));
  await author.keyboard.press("Enter");
  await expect(author.getByRole("heading", { level: 1, name: t("summary.title") })).toBeVisible();
  await tabTo(author, author.getByLabel(t("client.submit.reason")));
  await author.keyboard.type("Der Elternbeirat begleitet das Schulfest");
  await tabTo(author, author.getByRole("button", { name: t("client.submit.send") }));
  await author.keyboard.press("Enter");
  // what came of it has the focus, so that it is read out
  await expect(author.getByRole("heading", { name: t("client.submit.doneTitle"), exact: true })).toBeFocused();

  await manager.goto(`/schools/${SMALL_SCHOOL_ID}/approvals`);
  await tabTo(
    manager,
    manager
      .getByRole("main")
      .getByRole("link", { name: cell(SENSITIVE_CELL) })
      .first(),
  );
  await manager.keyboard.press("Enter");
  const approve = manager.getByRole("button", { name: t("client.decision.approve") });
  await expect(approve).toBeVisible();
  await tabTo(manager, approve);
  await manager.keyboard.press("Enter");
  await expect(manager.getByRole("heading", { name: t("client.decision.approvedTitle") })).toBeFocused();

  await openMatrix(author, SMALL_SCHOOL_ID);
  const opened = author.getByRole("checkbox", { name: cell(SENSITIVE_CELL) });
  await expect(opened).toBeChecked();
  await opened.focus();
  await author.keyboard.press("Space");
  await tabTo(author, author.getByRole("link", { name: t("client.matrix.summary") }));
  await author.keyboard.press("Enter");
  await tabTo(author, author.getByLabel(t("client.submit.reason")));
  await author.keyboard.type("Das Schulfest ist vorbei");
  await tabTo(author, author.getByRole("button", { name: t("client.submit.send") }));
  await author.keyboard.press("Enter");
  await expect(author.getByRole("heading", { name: t("client.submit.doneTitle"), exact: true })).toBeFocused();
});
