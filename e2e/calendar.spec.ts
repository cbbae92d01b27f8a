// What the calendar does while nobody looks: a request nobody decides expires, and an opening with a last day closes.
// Days cannot be waited for, so their dates are moved in the database; the worker does the rest.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { addDays, schoolDay } from "#lib/policy/end-date.ts";
import {
  openMatrix,
  prepareChange,
  sendChange,
  signedIn,
  submitChange,
  submitRequest,
  versionInEffect,
} from "./console.ts";
import { followCalendarNow, makeOpeningsEnd, makeRequestDue } from "./database.ts";
import { test } from "./test.ts";
import { german } from "./words.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const SENSITIVE_CELL = "parentsCouncil>student";
const OPEN_CELL = "socialWork>secretariat";
const JOB_TIMEOUT_MS = 30_000;
const { t, cell } = german;

test("a request that nobody decides expires; nothing opens, and it can be made anew", async ({ browser }) => {
  const author = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  const manager = await signedIn(browser, demoCharacters.smallSchoolManager);
  const before = await versionInEffect(author, SCHOOL);
  const request = await submitRequest(author, SCHOOL, [SENSITIVE_CELL], "Der Beirat plant das Sommerfest");
  await manager.goto(request);
  await makeRequestDue(SCHOOL);

  await test.step("too late by a moment: approving says so, and is kept as expired", async () => {
    await manager.getByRole("button", { name: t("client.decision.approve") }).click();
    await expect(manager.getByRole("alert").getByText(t("errors.requestExpired"))).toBeVisible();
    await manager.reload();
    await expect(manager.getByText(t("request.expired"))).toBeVisible();
    await expect(manager.getByRole("button", { name: t("client.decision.approve") })).toHaveCount(0);
  });

  const again = await submitRequest(author, SCHOOL, [SENSITIVE_CELL], "Der Beirat plant weiter am Sommerfest");
  await test.step("without anybody's press the worker ends it", async () => {
    expect(again).not.toBe(request);
    await makeRequestDue(SCHOOL);
    await followCalendarNow();
    await expect(async () => {
      await author.goto(`/schools/${SCHOOL}/audit`);
      await expect(author.getByRole("main").getByText(t("audit.event.requestExpired"))).toHaveCount(2);
    }).toPass({ timeout: JOB_TIMEOUT_MS });
    await author.goto(again);
    await expect(author.getByText(t("request.expired"))).toBeVisible();
    await author.goto(`/schools/${SCHOOL}/approvals`);
    await expect(author.getByText(t("approvals.nothingOpen"))).toBeVisible();
  });

  expect(await versionInEffect(author, SCHOOL)).toBe(before);
  await expect(author.getByRole("checkbox", { name: cell(SENSITIVE_CELL) })).not.toBeChecked();
});

test("an opening closes by itself after its last day, and the versions say why", async ({ browser }) => {
  const admin = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  await submitChange(admin, SCHOOL, [OPEN_CELL], "Bis zur Projektwoche geschlossen");
  await prepareChange(admin, SCHOOL, [OPEN_CELL], "Nur für die Projektwoche");
  await admin.getByLabel(t("client.submit.endDate")).fill(addDays(schoolDay(new Date()), 5));
  await sendChange(admin);
  const opened = await versionInEffect(admin, SCHOOL);
  await expect(admin.getByRole("checkbox", { name: cell(OPEN_CELL) })).toBeChecked();

  await makeOpeningsEnd(SCHOOL);
  await followCalendarNow();
  await expect.poll(() => versionInEffect(admin, SCHOOL), { timeout: JOB_TIMEOUT_MS }).toBe(opened + 1);
  await expect(admin.getByRole("checkbox", { name: cell(OPEN_CELL) })).not.toBeChecked();
  await admin.goto(`/schools/${SCHOOL}/versions`);
  await expect(admin.getByText(t("versions.who.calendar"), { exact: false }).first()).toBeVisible();
  await admin.goto(`/schools/${SCHOOL}/audit`);
  const sentence = t("audit.event.openingEnded", { count: 1, locked: "no", version: opened + 1 });
  await expect(admin.getByText(sentence, { exact: false }).first()).toBeVisible();

  await submitChange(admin, SCHOOL, [OPEN_CELL], "Wieder wie vor der Projektwoche");
  await openMatrix(admin, SCHOOL);
  await expect(admin.getByRole("checkbox", { name: cell(OPEN_CELL) })).toBeChecked();
});
