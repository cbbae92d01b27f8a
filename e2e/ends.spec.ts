// Until when an opening lasts: another last day is a change with a summary, and a later one of a specially protected
// opening takes a second person. The summary of whoever came too late says who did what.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { addDays, schoolDay } from "#lib/policy/end-date.ts";
import { openMatrix, prepareChange, sendChange, signedIn, submitChange, versionInEffect } from "./console.ts";
import { expectGoodLooks } from "./looks.ts";
import { test } from "./test.ts";
import { german } from "./words.ts";

const { t, cell } = german;
const SCHOOL = SMALL_SCHOOL_ID;
const CELL = "parentsCouncil>student";
const { smallSchoolOrgAdmin: admin, smallSchoolManager: manager } = demoCharacters;

test("an opening ends earlier at once, and later only with a second person", async ({ browser }) => {
  test.setTimeout(300_000);
  const [author, principal] = [await signedIn(browser, admin), await signedIn(browser, manager)];
  const today = schoolDay(new Date());
  const chooseEnd = async (day: string) => {
    await openMatrix(author, SCHOOL);
    await author.getByRole("link", { name: t("matrix.ends") }).click();
    // the matrix has a checkbox of the same name, which is ticked already
    await expect(author.getByRole("heading", { level: 1, name: t("ends.title") })).toBeVisible();
    await author.getByRole("checkbox", { name: cell(CELL) }).check();
    await author.getByLabel(t("client.ends.day"), { exact: true }).fill(day);
  };
  const goOn = async (reason: string) => {
    await author.getByRole("button", { name: t("client.ends.next") }).click();
    await expect(author.getByRole("heading", { level: 1, name: t("summary.title") })).toBeVisible();
    await author.getByLabel(t("client.submit.reason")).fill(reason);
  };
  const approve = async () => {
    await author.getByRole("link", { name: t("client.submit.toRequest") }).click();
    await expect(author.getByRole("heading", { level: 1, name: t("request.title") })).toBeVisible();
    const request = new URL(author.url()).pathname;
    await principal.goto(request);
    await principal.getByRole("button", { name: t("client.decision.approve") }).click();
    await expect(principal.getByRole("heading", { name: t("client.decision.approvedTitle") })).toBeVisible();
    return request;
  };

  await test.step("it is opened until a day", async () => {
    await prepareChange(author, SCHOOL, [CELL], "Elternbeirat hilft bei der Projektwoche");
    await author.getByLabel(t("client.submit.endDate")).fill(addDays(today, 20));
    await sendChange(author);
    await approve();
  });

  await test.step("an earlier day is in effect at once", async () => {
    await chooseEnd(today);
    await author.getByRole("button", { name: t("client.ends.next") }).click();
    await expect(author.getByText(t("client.ends.dayWrong"))).toBeVisible();
    await expectGoodLooks(author, "ends");
    await author.getByLabel(t("client.ends.day"), { exact: true }).fill(addDays(today, 10));
    await goOn("Die Projektwoche ist kürzer");
    await expect(author.getByRole("heading", { name: t("summary.immediate") })).toBeVisible();
    await expectGoodLooks(author, "summary-ends-earlier");
    await sendChange(author);
  });

  await test.step("a later one waits, and its record keeps the numbers that were shown", async () => {
    await chooseEnd(addDays(today, 30));
    await goOn("Die Projektwoche ist doch länger");
    await expect(author.getByRole("heading", { name: t("summary.waiting") })).toBeVisible();
    await sendChange(author);
    const request = await approve();
    await author.goto(`${request}/record`);
    await expect(author.getByText(t("record.numbersOfDecision"))).toBeVisible();
    await expectGoodLooks(author, "record-decided", ["light"]);
    await author.goto(`/schools/${SCHOOL}/versions`);
    await expectGoodLooks(author, "versions-ends", ["light", "phone"]);
  });

  await test.step("whoever comes too late reads who opened or closed what, and when", async () => {
    const base = await versionInEffect(author, SCHOOL);
    await submitChange(principal, SCHOOL, [CELL], "Die Projektwoche ist vorbei");
    await author.goto(
      `/schools/${SCHOOL}/matrix/summary?base=${String(base)}&off=teacher.secretariat,${CELL.replace(">", ".")}`,
    );
    await expect(
      author.getByText(new RegExp(`${t("conflict.closed")} von .*, heute, .*Fassung ${String(base + 1)}`)),
    ).toBeVisible();
    await expectGoodLooks(author, "summary-conflict-who");
  });
});
