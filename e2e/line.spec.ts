// The thinnest line through the whole system: an administrator changes who may contact whom, school management
// approves, and a real Synapse obeys from that moment.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { LARGE_SCHOOL_ID } from "#demo/data/schools.ts";
import { CONTACT_REFUSED, SETTING_REFUSED } from "#lib/gate/refusals.ts";
import { ChatUser, expectRefused, roomOf } from "./chat.ts";
import { signedIn, submitChange } from "./console.ts";
import { test } from "./test.ts";

const SCHOOL = LARGE_SCHOOL_ID;
const PUPILS_TO_TEACHERS = /^Schüler:innen dürfen Lehrkräfte anschreiben/;
const PUPILS_TO_PUPILS = /^Schüler:innen dürfen Schüler:innen anschreiben/;

test("pupil-to-pupil chat opens with school management's approval and closes at once", async ({ browser }) => {
  test.setTimeout(300_000);
  const [lena, emre] = await Promise.all([ChatUser.of(demoCharacters.pupilA), ChatUser.of(demoCharacters.pupilB)]);
  const admin = await signedIn(browser, demoCharacters.orgAdmin);

  await test.step("a pupil's own room, opened while pupils may write to teachers", async () => {
    await submitChange(admin, SCHOOL, [PUPILS_TO_TEACHERS], "Sprechstunde im Chat, im Kollegium besprochen");
    await expect(admin.getByText(/Fassung \d+ ist wirksam/)).toBeVisible();
  });
  const room = await lena.openRoom("Lenas Raum");

  async function expectAllRefused(): Promise<void> {
    const before = await lena.joinedRooms();
    expectRefused(await lena.invite(emre, room), CONTACT_REFUSED.errcode, CONTACT_REFUSED.error);
    expectRefused(await lena.openDirectChat(emre), CONTACT_REFUSED.errcode, CONTACT_REFUSED.error);
    expectRefused(await lena.forgeInvitation(emre), SETTING_REFUSED.errcode, SETTING_REFUSED.error);
    expect(await emre.invitations()).toEqual([]);
    expect(await lena.joinedRooms()).toEqual(before);
  }

  await test.step("the administrator submits; until the approval everything stays as it is", async () => {
    await submitChange(admin, SCHOOL, [PUPILS_TO_PUPILS], "Die Schülervertretung hat darum gebeten");
    await expect(admin.getByText(/Wirksam wird/)).toBeVisible();
    await expectAllRefused();
  });

  await test.step("school management reads and approves", async () => {
    const manager = await signedIn(browser, demoCharacters.manager);
    await manager.goto(`/schools/${SCHOOL}/approvals`);
    await manager
      .getByRole("main")
      .getByRole("link", { name: /Schüler:innen/ })
      .first()
      .click();
    await expect(manager.getByText("Die Schülervertretung hat darum gebeten")).toBeVisible();
    await manager.getByRole("button", { name: "Zustimmen" }).click();
    await expect(manager.getByRole("heading", { name: "Zugestimmt" })).toBeVisible();
  });

  await test.step("the invitations succeed, the forged one is still refused", async () => {
    expect((await lena.invite(emre, room)).status).toBe(200);
    const direct = roomOf(await lena.openDirectChat(emre));
    expectRefused(await lena.forgeInvitation(emre), SETTING_REFUSED.errcode, SETTING_REFUSED.error);
    expect(await emre.invitations()).toEqual([room, direct].toSorted());
  });

  await test.step("switched off: refused again, open invitations are gone, joining is forbidden", async () => {
    await submitChange(admin, SCHOOL, [PUPILS_TO_PUPILS], "Es gab Streit, wir schließen vorerst wieder");
    expect(await emre.join(room)).toMatchObject({ status: 403, body: { errcode: "M_FORBIDDEN" } });
    await expect.poll(() => emre.invitations(), { timeout: 30_000 }).toEqual([]);
    await expectAllRefused();
    expect(await emre.join(room)).toMatchObject({ status: 403, body: { errcode: "M_FORBIDDEN" } });
  });

  await test.step("the audit log tells the story, and its chain verifies", async () => {
    await admin.goto(`/schools/${SCHOOL}/audit`);
    const story = admin.getByRole("main");
    await expect(story.getByText("Die Kette der gezeigten Einträge ist lückenlos und unverändert.")).toBeVisible();
    await expect(story.getByText(/Martin Vogt \(Schulleitung\) hat einer Öffnung zugestimmt/)).toBeVisible();
    await expect(story.getByText(/Anna Berger \(OrganisationsAdmin\) hat eine Öffnung beantragt/)).toBeVisible();
    await expect(
      story.getByText(/Anna Berger \(OrganisationsAdmin\) hat eine Einstellung geändert/).first(),
    ).toBeVisible();
  });
});
