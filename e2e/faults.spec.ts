// A part of the system that does not answer: every screen says so in words, with an id that support finds in the log;
// nothing is half done, and once the part is back everything goes on where it was.
import { expect, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { TRY_AGAIN } from "#lib/gate/refusals.ts";
import { ChatUser, roomOf, type ChatAnswer } from "./chat.ts";
import { openMatrix, prepareChange, sendChange, signedIn, submitChange, versionInEffect } from "./console.ts";
import { linesWith, type LogName } from "./logs.ts";
import { whileDatabaseIsAway, whileHanging } from "./processes.ts";
import { test } from "./test.ts";
import { english, german } from "./words.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const PAGES = ["matrix", "matrix/summary?base=1&off=teacher.guardian", "approvals", "versions", "rooms", "audit"];
/** A page waits a few seconds for a connection before it gives up. */
const PATIENCE_MS = 20_000;
const CELL = "secretariat>socialWork";
const { smallSchoolOrgAdmin: admin, teacherOfTwoSchools, teacherHereGuardianThere: guardian } = demoCharacters;
const { t, like } = german;

/** What a chat user is told, and what the log of the process that said it knows about it. */
async function expectTryAgain(answer: ChatAnswer, log: LogName): Promise<void> {
  expect(answer).toMatchObject({ status: 403, body: { errcode: TRY_AGAIN.errcode } });
  const text = JSON.stringify(answer.body);
  expect(text).toContain(TRY_AGAIN.error);
  const id = /\(([2-9A-Z]{10})\)/.exec(text)?.[1] ?? "no id";
  expect(await linesWith(log, id)).not.toEqual([]);
}

/** The id on the page is found in the log of the web process. */
async function expectIdInLog(page: Page): Promise<void> {
  const shown = await page.getByText(like(t("client.failure.id", { id: "" }))).innerText();
  const id = shown.slice(shown.lastIndexOf(" ") + 1).trim();
  expect(id).not.toBe("");
  expect(await linesWith("web", id)).not.toEqual([]);
}

test("the gate hangs: nobody new is reached, everybody is told, and the console goes on", async ({ browser }) => {
  test.setTimeout(240_000);
  const [teacher, other] = await Promise.all([ChatUser.of(teacherOfTwoSchools), ChatUser.of(guardian)]);
  const page = await signedIn(browser, admin);
  const rooms = await teacher.joinedRooms();
  await whileHanging("gate", async () => {
    await expectTryAgain(await teacher.openDirectChat(other), "synapse");
    expect(await teacher.joinedRooms()).toEqual(rooms);
    expect(await other.invitations()).toEqual([]);
    await openMatrix(page, SCHOOL);
  });
  const room = roomOf(await teacher.openDirectChat(other));
  expect(await other.invitations()).toEqual([room]);
});

test("the database is away: every screen says so, what was typed is kept, and sending works afterwards", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const [teacher, other] = await Promise.all([ChatUser.of(teacherOfTwoSchools), ChatUser.of(guardian)]);
  const page = await signedIn(browser, admin);
  const reader = await signedIn(browser, admin);
  const foreign = await signedIn(browser, admin, {}, english);
  const before = await versionInEffect(reader, SCHOOL);
  await prepareChange(page, SCHOOL, [CELL], "So im Kollegium besprochen");
  const rooms = await teacher.joinedRooms();

  await whileDatabaseIsAway(async () => {
    await test.step("sending is refused, and the reason stays in its field", async () => {
      await page.getByRole("button", { name: t("client.submit.send") }).click();
      await expect(page.getByText(t("errors.unavailable"))).toBeVisible({ timeout: PATIENCE_MS });
      await expectIdInLog(page);
      await expect(page.getByLabel(t("client.submit.reason"))).toHaveValue("So im Kollegium besprochen");
    });
    for (const path of PAGES) {
      await test.step(path, async () => {
        await reader.goto(`/schools/${SCHOOL}/${path}`);
        await expect(reader.getByRole("heading", { name: t("client.failure.title") })).toBeVisible({
          timeout: PATIENCE_MS,
        });
        await expect(reader.getByRole("button", { name: t("client.failure.again") })).toBeVisible();
        await expectIdInLog(reader);
      });
    }
    await test.step("the overview, in English", async () => {
      await foreign.goto("/");
      await expect(foreign.getByRole("heading", { name: english.t("client.failure.title") })).toBeVisible({
        timeout: PATIENCE_MS,
      });
    });
    await test.step("the chat refuses, with the gate's id", async () => {
      await expectTryAgain(await teacher.openDirectChat(other), "gate");
      expect(await teacher.joinedRooms()).toEqual(rooms);
    });
  });

  await test.step("back again: the same page sends, once, and the page that failed loads by its button", async () => {
    await expect(async () => {
      await sendChange(page);
    }).toPass({ timeout: 60_000 });
    await reader.getByRole("button", { name: t("client.failure.again") }).click();
    await expect(reader.getByRole("heading", { level: 1, name: t("audit.title") })).toBeVisible({
      timeout: PATIENCE_MS,
    });
    expect(await versionInEffect(reader, SCHOOL)).toBe(before + 1);
    await submitChange(page, SCHOOL, [CELL], "Wieder wie vorher");
  });
});

test("Synapse hangs: changes take effect, what needs it waits and says so, and goes on by itself", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const page = await signedIn(browser, admin);
  await ChatUser.of(demoCharacters.smallSchoolPupil);
  await whileHanging("synapse", async () => {
    await submitChange(page, SCHOOL, [CELL], "So im Kollegium besprochen");
    await page.goto(`/schools/${SCHOOL}/rooms`);
    // after a closing the rooms are counted without being asked
    await expect(page.getByText(t("rooms.waiting"))).toBeVisible({ timeout: 60_000 });
    await page.goto("/");
    await expect(page.getByText(/Die Einrichtung wartet auf den Chatserver \(Synapse\)/).first()).toBeVisible();
  });
  await page.goto(`/schools/${SCHOOL}/rooms`);
  await expect(page.getByText(/^Geprüft: /)).toBeVisible({ timeout: 90_000 });
  await page.goto("/");
  await expect(page.getByText(t("live.service.synapseReachable"))).toBeVisible({ timeout: 60_000 });
  await submitChange(page, SCHOOL, [CELL], "Wieder wie vorher");
});
