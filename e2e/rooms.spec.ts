// After closing, the existing rooms are counted by themselves; an administrator makes one read-only by a separate step,
// and takes that back. A real Synapse obeys each time, and nothing happens to a room by itself.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { ChatUser } from "./chat.ts";
import { signedIn, submitChange } from "./console.ts";
import { expectGoodLooks } from "./looks.ts";
import { test } from "./test.ts";
import { LANGUAGES } from "./words.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const PUPILS_TO_TEACHERS = "student>teacher";
const TEACHERS_TO_PUPILS = "teacher>student";
/** Where a text is cut off, because the page shows something there that the journey does not know. */
const CUT = "CUT";
const beginning = (text: string) => text.slice(0, text.indexOf(CUT));
/** Two reviews and two jobs, each asked after every 1.5 s. */
const JOB_TIMEOUT_MS = 30_000;

for (const words of LANGUAGES) {
  const { t } = words;
  const roomName = `Hausaufgaben in Mathe, ${words.locale}`;
  const reviewed = new RegExp(`^${beginning(t("rooms.reviewed", { when: CUT, version: 0, total: 0, found: 0 }))}`);
  const readOnly = new RegExp(beginning(t("rooms.state.readOnly", { when: CUT })));
  const people = (["teacher", "student"] as const).map((role) => t(`roles.count.${role}`, { count: 1 })).join(", ");
  /** What the log says after the actor's name. */
  const deed = (key: "roomsMadeReadOnly" | "roomsMadeWritable") =>
    t.markup(`audit.event.${key}`, { actor: CUT, count: 1, b: (name) => name }).split(CUT)[1] ?? key;
  test(`${words.locale}: a room that is no longer permitted is found, made read-only, and made writable again`, async ({
    browser,
  }) => {
    test.setTimeout(300_000);
    const [mats, joerg] = await Promise.all([
      ChatUser.of(demoCharacters.smallSchoolPupil),
      ChatUser.of(demoCharacters.teacherOfTwoSchools),
    ]);
    const admin = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin, {}, words);
    const main = admin.getByRole("main");

    await submitChange(admin, SCHOOL, [PUPILS_TO_TEACHERS], "Sprechstunde im Chat, im Kollegium besprochen", words);
    await expect(main.getByRole("link", { name: t("client.submit.toRooms") })).toHaveCount(0);
    const room = await mats.openRoom(roomName);
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
      await submitChange(
        admin,
        SCHOOL,
        [PUPILS_TO_TEACHERS, TEACHERS_TO_PUPILS],
        "Vorerst nur noch persönlich sprechen",
        words,
      );
      await expect(main.getByText(reviewed)).toBeVisible({ timeout: JOB_TIMEOUT_MS });
      await expectGoodLooks(admin, "submitted-closing");
      await main.getByRole("link", { name: t("client.submit.toRooms") }).click();
      await expect(admin.getByRole("heading", { level: 1, name: t("rooms.title") })).toBeVisible();
      await expect(main.getByRole("checkbox", { name: new RegExp(roomName) })).toBeVisible({ timeout: JOB_TIMEOUT_MS });
      await expect(main.getByRole("listitem").filter({ hasText: roomName }).getByText(people)).toBeVisible();
      await expectSending(200);
    });

    await test.step("the separate step asks once more, and then nobody can write", async () => {
      for (const other of await main.getByRole("checkbox").all()) {
        if (!(await other.evaluate((box, name) => box.parentElement?.textContent.includes(name), roomName))) {
          await other.uncheck();
        }
      }
      await main.getByRole("button", { name: t("client.rooms.protect", { count: 1 }) }).click();
      await expectGoodLooks(admin, "rooms-question");
      await main.getByRole("button", { name: t("client.rooms.cancel") }).click();
      await expectSending(200);
      await main.getByRole("button", { name: t("client.rooms.protect", { count: 1 }) }).click();
      await main.getByRole("button", { name: t("client.rooms.confirm"), exact: true }).click();
      await expect(main.getByText(readOnly)).toBeVisible({ timeout: JOB_TIMEOUT_MS });
      await expectSending(403);
    });

    await test.step("the page shows the same after leaving it, and the way back works", async () => {
      await admin.goto(`/schools/${SCHOOL}/rooms`);
      await expect(main.getByText(readOnly)).toBeVisible();
      await main.getByRole("button", { name: new RegExp(`${t("client.rooms.restore")}.*${roomName}`) }).click();
      await expect(main.getByText(readOnly)).toHaveCount(0, { timeout: JOB_TIMEOUT_MS });
      await expect.poll(() => statusOfSending(joerg), { timeout: JOB_TIMEOUT_MS }).toBe(200);
      await expectSending(200);
    });

    await test.step("the audit log tells both, by whom", async () => {
      await admin.goto(`/schools/${SCHOOL}/audit`);
      for (const key of ["roomsMadeReadOnly", "roomsMadeWritable"] as const) {
        const entry = main.getByRole("listitem").filter({ hasText: deed(key) });
        await expect(entry.filter({ hasText: "Silke Rückert" }).first()).toBeVisible();
      }
    });

    await submitChange(admin, SCHOOL, [TEACHERS_TO_PUPILS], "Wieder wie zuvor, wie besprochen", words);
  });
}
