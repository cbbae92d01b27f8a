// After closing, the existing rooms are counted by themselves; an administrator makes one read-only by a separate step,
// and takes that back. A real Synapse obeys each time, and nothing happens to a room by itself.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { ChatUser } from "./chat.ts";
import { signedIn, submitChange } from "./console.ts";
import { expectGoodLooks } from "./looks.ts";
import { test } from "./test.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const PUPILS_TO_TEACHERS = /^Schüler:innen dürfen Lehrkräfte anschreiben/;
const TEACHERS_TO_PUPILS = /^Lehrkräfte dürfen Schüler:innen anschreiben/;
const ROOM_NAME = "Hausaufgaben in Mathe";
/** Two reviews and two jobs, each asked after every 1.5 s. */
const JOB_TIMEOUT_MS = 30_000;

test("a room that is no longer permitted is found, made read-only, and made writable again", async ({ browser }) => {
  test.setTimeout(300_000);
  const [mats, joerg] = await Promise.all([
    ChatUser.of(demoCharacters.smallSchoolPupil),
    ChatUser.of(demoCharacters.teacherOfTwoSchools),
  ]);
  const admin = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  const main = admin.getByRole("main");

  await submitChange(admin, SCHOOL, [PUPILS_TO_TEACHERS], "Sprechstunde im Chat, im Kollegium besprochen");
  await expect(main.getByRole("link", { name: "Bestehende Räume prüfen" })).toHaveCount(0);
  const room = await mats.openRoom(ROOM_NAME);
  expect((await mats.invite(joerg, room)).status).toBe(200);
  expect((await joerg.join(room)).status).toBe(200);
  let message = 0;
  const statusOfSending = async (who: ChatUser) => {
    message += 1;
    const path = `/rooms/${encodeURIComponent(room)}/send/m.room.message/rooms-${String(message)}`;
    return (await who.request("PUT", path, { msgtype: "m.text", body: "Hallo" })).status;
  };
  const expectSending = async (status: number) => {
    for (const who of [mats, joerg]) expect(await statusOfSending(who)).toBe(status);
  };

  await test.step("after closing, the rooms are counted at once, and nothing changes by itself", async () => {
    await submitChange(admin, SCHOOL, [PUPILS_TO_TEACHERS, TEACHERS_TO_PUPILS], "Vorerst nur noch persönlich sprechen");
    await expect(main.getByText(/^Geprüft: heute.* nicht mehr erlaubt\.$/)).toBeVisible({ timeout: JOB_TIMEOUT_MS });
    await expectGoodLooks(admin, "submitted-closing");
    await main.getByRole("link", { name: "Bestehende Räume prüfen" }).click();
    await expect(admin.getByRole("heading", { level: 1, name: "Bestehende Räume" })).toBeVisible();
    await expect(main.getByRole("checkbox", { name: new RegExp(ROOM_NAME) })).toBeVisible({ timeout: JOB_TIMEOUT_MS });
    await expect(main.getByText("1 Lehrkraft, 1 Schüler:in")).toBeVisible();
    await expectSending(200);
  });

  await test.step("the separate step asks once more, and then nobody can write", async () => {
    for (const other of await main.getByRole("checkbox").all()) {
      if (!(await other.evaluate((box, name) => box.parentElement?.textContent.includes(name), ROOM_NAME))) {
        await other.uncheck();
      }
    }
    await main.getByRole("button", { name: /schreibschützen$/ }).click();
    await expectGoodLooks(admin, "rooms-question");
    await main.getByRole("button", { name: "Doch nicht" }).click();
    await expectSending(200);
    await main.getByRole("button", { name: /schreibschützen$/ }).click();
    await main.getByRole("button", { name: "Schreibschützen", exact: true }).click();
    await expect(main.getByText(/Schreibgeschützt seit/)).toBeVisible({ timeout: JOB_TIMEOUT_MS });
    await expectSending(403);
  });

  await test.step("the page shows the same after leaving it, and the way back works", async () => {
    await admin.goto(`/schools/${SCHOOL}/rooms`);
    await expect(main.getByText(/Schreibgeschützt seit/)).toBeVisible();
    await main.getByRole("button", { name: new RegExp(`Schreibschutz aufheben.*${ROOM_NAME}`) }).click();
    await expect(main.getByText(/Schreibgeschützt seit/)).toHaveCount(0, { timeout: JOB_TIMEOUT_MS });
    await expect.poll(() => statusOfSending(joerg), { timeout: JOB_TIMEOUT_MS }).toBe(200);
    await expectSending(200);
  });

  await test.step("the audit log tells both, by whom", async () => {
    await admin.goto(`/schools/${SCHOOL}/audit`);
    await expect(main.getByText(/Silke Rückert .* hat einen Raum schreibschützen lassen/).first()).toBeVisible();
    await expect(main.getByText(/hat den Schreibschutz eines Raums aufheben lassen/).first()).toBeVisible();
  });

  await submitChange(admin, SCHOOL, [TEACHERS_TO_PUPILS], "Wieder wie zuvor, wie besprochen");
});
