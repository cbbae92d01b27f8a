// The directory decides and the chat follows, and people see it: what is provisioned, a switch with four eyes, what a sync
// would do, and the guard that holds back what would empty a school.
import { expect, type Page } from "@playwright/test";
import { demoCharacters, demoLogins } from "#demo/data/people.ts";
import { emailOf } from "#demo/data/records.ts";
import { LARGE_SCHOOL_ID, SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { readMails } from "#test/mail-server.ts";
import { chatIdOf, ChatUser, readRoom } from "./chat.ts";
import { signedIn } from "./console.ts";
import { followProvisioningCalendarNow, withDatabase } from "./database.ts";
import { changeDirectory } from "./directory.ts";
import { expectGoodLooks, visit } from "./looks.ts";
import { MAIL_URL } from "./system.ts";
import { test } from "./test.ts";
import { english, german, NUMBER } from "./words.ts";

const { t, like } = german;
const SCHOOL = `/schools/${SMALL_SCHOOL_ID}`;
const { smallSchoolOrgAdmin, smallSchoolManager, smallSchoolPupil, landAdmin } = demoCharacters;
const { orgAdmin, manager: headmaster, teacherOfTwoSchools, pupilA } = demoCharacters;
const [NEW_CLASS, OWN_ROOM] = ["7e (2026/2027)", "Lesepaten"];
/** A sync of the school, its jobs, and the page that asks after them. */
const WORK_TIMEOUT_MS = 420_000;
/** More than a tenth of the school, less than what the state would hold back. */
const LEAVERS = 15;
const NAME = t("switches.name.announcements");

/** A button that says to those who cannot see the list what it is about. */
const about = (word: string, what: string) => new RegExp(`^${word}\\s*: ${what}`);

/** Until nothing is under way any more. */
async function expectRest(page: Page): Promise<void> {
  await expect(page.getByText(t("client.provisioning.atRest"))).toBeVisible({ timeout: WORK_TIMEOUT_MS });
}

async function synchronise(page: Page, schoolId = SMALL_SCHOOL_ID): Promise<void> {
  await page.goto(`/schools/${schoolId}/provisioning`);
  await expectRest(page);
  const runs = await countRuns(schoolId);
  await page.getByRole("button", { name: t("client.provisioning.sync") }).click();
  await expect.poll(() => countRuns(schoolId), { timeout: WORK_TIMEOUT_MS }).toBeGreaterThan(runs);
  await expectRest(page);
}

/** Of this school, that are over. */
async function countRuns(schoolId: string): Promise<number> {
  return await withDatabase(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM sync_run WHERE school_id = $1 AND kind <> 'dryRun' AND finished_at IS NOT NULL",
      [schoolId],
    );
    return rows[0]?.count ?? 0;
  });
}

async function findPupils(): Promise<string[]> {
  return await withDatabase(async (client) => {
    const { rows } = await client.query<{ person_id: string }>(
      `SELECT person_id FROM affiliation a WHERE school_id = $1 AND role = 'student' AND person_id <> $2
         AND NOT EXISTS (SELECT FROM affiliation o WHERE o.person_id = a.person_id AND (o.school_id, o.role) <> (a.school_id, a.role))
       ORDER BY person_id LIMIT $3`,
      [SMALL_SCHOOL_ID, smallSchoolPupil.subject, LEAVERS],
    );
    return rows.map(({ person_id: id }) => id);
  });
}

test("what has arrived from the directory is told, with people and rooms and how far each is", async ({ browser }) => {
  test.setTimeout(600_000);
  const admin = await signedIn(browser, smallSchoolOrgAdmin);
  const main = admin.getByRole("main");
  await admin
    .getByRole("navigation")
    .getByRole("link", { name: t("shell.provisioning") })
    .first()
    .click();
  await expect(admin.getByRole("heading", { level: 1, name: t("provisioning.title") })).toBeVisible();
  await expectRest(admin);
  await expectGoodLooks(admin, "provisioning");

  await main
    .getByRole("link", { name: like(t("provisioning.people.count", { count: 2 }).replace("2", NUMBER)) })
    .click();
  await expect(admin.getByRole("heading", { level: 1, name: t("provisioning.people.title") })).toBeVisible();
  await admin.getByRole("searchbox", { name: t("provisioning.people.search") }).fill(smallSchoolPupil.familyName);
  await admin.getByRole("button", { name: t("provisioning.list.find") }).click();
  await expect(main.getByText(smallSchoolPupil.displayName)).toBeVisible();
  await expect(main.getByText(t("provisioning.state.asWanted"), { exact: true }).first()).toBeVisible();
  await expectGoodLooks(admin, "provisioning-people");
  await main.getByRole("link", { name: t("provisioning.list.filter.failed") }).click();
  await expect(main.getByText(t("provisioning.people.none"))).toBeVisible();
  await visit(admin, "provisioning-rooms", `${SCHOOL}/provisioning/rooms`);
  await visit(admin, "provisioning-records", `${SCHOOL}/provisioning/records`);
  await visit(admin, "provisioning-held-none", `${SCHOOL}/provisioning/held`);
});

test("a dry run says that there is nothing to do, and does nothing", async ({ browser }) => {
  test.setTimeout(300_000);
  const admin = await signedIn(browser, smallSchoolOrgAdmin);
  await admin.goto(`${SCHOOL}/provisioning/dry-run`);
  await expect(admin.getByRole("heading", { level: 1, name: t("provisioning.dryRun.title") })).toBeVisible();
  await admin.getByRole("button", { name: t("client.provisioning.dryRun") }).click();
  await expect(admin.getByText(t("provisioning.run.would.nothing"))).toBeVisible({ timeout: WORK_TIMEOUT_MS });
  await expectGoodLooks(admin, "dry-run");
});

test("the announcements take two persons, and each sees before what they do", async ({ browser }) => {
  test.setTimeout(600_000);
  const admin = await signedIn(browser, smallSchoolOrgAdmin);
  const main = admin.getByRole("main");
  await visit(admin, "switches", `${SCHOOL}/switches`);
  await main.getByRole("link", { name: about(t("switches.switchOn"), NAME) }).click();
  await expect(admin.getByRole("heading", { level: 1, name: t("switches.change.on", { name: NAME }) })).toBeVisible();
  await expect(main.getByText(t("switches.effect.announcements.on"))).toBeVisible();
  await expect(main.getByText(t("switches.change.second"))).toBeVisible();
  await admin.getByRole("button", { name: t("client.switches.ask") }).click();
  await expect(main.getByText(t("client.switches.tooShort"))).toBeVisible();
  await expectGoodLooks(admin, "switch-summary");
  await admin.getByLabel(t("client.switches.reason")).fill("Der Elternabend soll alle erreichen");
  await admin.getByRole("button", { name: t("client.switches.ask") }).click();
  await expect(admin.getByRole("heading", { level: 1, name: t("client.switches.askedTitle") })).toBeVisible();
  await expectGoodLooks(admin, "switch-asked");
  await visit(admin, "switches-waiting", `${SCHOOL}/switches`);
  await expect(main.getByText(t("request.refusal.isAuthor"))).toBeVisible();

  const manager = await signedIn(browser, smallSchoolManager);
  await manager.getByRole("link", { name: /Ein Antrag zum Einschalten wartet/ }).click();
  await expectGoodLooks(manager, "switch-decision");
  await manager.getByRole("button", { name: t("client.decision.approve"), exact: true }).click();
  await expect(
    manager.getByText(t("switches.request.decidedBy", { name: smallSchoolManager.displayName })),
  ).toBeVisible();
  await visit(manager, "switches-decided", `${SCHOOL}/switches`);

  await test.step("the room comes, and whoever looks sees it", async () => {
    await admin.goto(`${SCHOOL}/provisioning`);
    await expectRest(admin);
    await admin.goto(`${SCHOOL}/provisioning/rooms?q=announcements`);
    await expect(main.getByText(t("provisioning.state.asWanted"), { exact: true }).first()).toBeVisible();
    await expect(main.getByText(new RegExp(t("provisioning.rooms.kind.announcements")))).toBeVisible();
  });

  await test.step("switching off waits for nobody", async () => {
    await admin.goto(`${SCHOOL}/switches/change?name=announcements&to=off`);
    await admin.getByRole("button", { name: t("client.switches.confirmOff") }).click();
    await expect(admin.getByRole("heading", { level: 1, name: t("client.switches.doneTitle") })).toBeVisible();
    await expectGoodLooks(admin, "switch-done");
  });
});

test("a channel is opened for everybody, and closed again, after its summary", async ({ browser }) => {
  test.setTimeout(300_000);
  const admin = await signedIn(browser, smallSchoolOrgAdmin);
  const main = admin.getByRole("main");
  await admin.goto(`${SCHOOL}/provisioning/rooms`);
  await main.getByRole("link", { name: about(t("provisioning.rooms.toTwoWay"), "3a") }).click();
  await expect(main.getByText(t("switches.effect.channel.on"))).toBeVisible();
  await expectGoodLooks(admin, "channel-summary");
  await admin.getByRole("button", { name: t("client.switches.confirmTwoWay") }).click();
  await expect(admin.getByRole("heading", { level: 1, name: t("client.switches.doneTitle") })).toBeVisible();
  await main.getByRole("link", { name: t("client.switches.toRooms") }).click();
  await main.getByRole("link", { name: about(t("provisioning.rooms.toOneWay"), "3a") }).click();
  await admin.getByRole("button", { name: t("client.switches.confirmOneWay") }).click();
  await expect(admin.getByRole("heading", { level: 1, name: t("client.switches.doneTitle") })).toBeVisible();
});

test("people who vanish from the directory all at once are held, until somebody else releases them", async ({
  browser,
}) => {
  test.setTimeout(900_000);
  const admin = await signedIn(browser, smallSchoolOrgAdmin);
  const main = admin.getByRole("main");
  const pupils = await findPupils();
  expect(pupils).toHaveLength(LEAVERS);
  const held = t("provisioning.held.rule.peopleOfSchool", { count: LEAVERS });
  try {
    for (const personId of pupils) await changeDirectory({ do: "removePerson", personId });
    await synchronise(admin);
    await expectGoodLooks(admin, "provisioning-help");
    await main.getByRole("link", { name: t("provisioning.help.held", { count: LEAVERS }) }).click();
    await expect(main.getByRole("heading", { name: held })).toBeVisible();
    await expect(main.getByText(t("provisioning.held.notYou"))).toBeVisible();
    await expect(main.getByRole("checkbox")).toHaveCount(0);
    await expectGoodLooks(admin, "held-cannot-release");

    await test.step("a dry run tells the same", async () => {
      await admin.goto(`${SCHOOL}/provisioning/dry-run`);
      await admin.getByRole("button", { name: t("client.provisioning.dryRun") }).click();
      const line = main.getByText(t("provisioning.report.would.held", { count: LEAVERS }));
      await expect(line).toBeVisible({ timeout: WORK_TIMEOUT_MS });
      await line.click();
      await expectGoodLooks(admin, "dry-run-held");
    });

    await test.step("in English, the state sees the school first, and its queues", async () => {
      const state = await signedIn(browser, landAdmin, {}, english);
      await visit(state, "state-provisioning", "/provisioning");
      const first = state.getByRole("main").getByRole("listitem").first();
      await expect(first.getByRole("link", { name: "Grundschule Am Weinberg" })).toBeVisible();
      await expect(first.getByText(english.t("stateProvisioning.school.held", { count: LEAVERS }))).toBeVisible();
      await visit(state, "state-provisioning-none", "/provisioning?q=nowhere");
      await state.goto("/provisioning");
      await state.getByRole("button", { name: english.t("client.provisioning.stateDryRun") }).click();
      // the line of the run, not the button of nearly the same name
      const run = state
        .getByRole("main")
        .getByRole("listitem")
        .filter({ hasText: `${english.t("provisioning.history.kind.dryRun")}, ` });
      await expect(run).toBeVisible({ timeout: WORK_TIMEOUT_MS });
      await run.getByRole("link", { name: english.t("stateProvisioning.runs.open") }).click();
      await expect(state.getByRole("heading", { name: english.t("stateProvisioning.run.dryTitle") })).toBeVisible();
      const school = state.getByRole("main").getByRole("listitem").filter({ hasText: "Grundschule Am Weinberg" });
      await expect(school.getByText(english.t("provisioning.report.would.held", { count: LEAVERS }))).toBeVisible();
      await expectGoodLooks(state, "state-run");
    });

    await test.step("school management releases, and the next sync does it", async () => {
      const manager = await signedIn(browser, smallSchoolManager);
      await manager
        .getByRole("link", { name: /zurückgehalten/ })
        .first()
        .click();
      await expect(manager.getByRole("checkbox", { checked: true })).toHaveCount(LEAVERS);
      await expectGoodLooks(manager, "held");
      await manager.getByRole("button", { name: t("client.provisioning.release", { count: LEAVERS }) }).click();
      await expectGoodLooks(manager, "held-question");
      await manager.getByRole("button", { name: t("client.provisioning.releaseConfirm"), exact: true }).click();
      await expect(manager.getByText(t("provisioning.held.none"))).toBeVisible({ timeout: WORK_TIMEOUT_MS });
      await manager.goto(`${SCHOOL}/provisioning`);
      await expect(manager.getByText(t("provisioning.report.did.peopleRemoved", { count: LEAVERS }))).toBeVisible({
        timeout: WORK_TIMEOUT_MS,
      });
      await expectRest(manager);
      await expectGoodLooks(manager, "provisioning-after-release");
    });
  } finally {
    await changeDirectory({ do: "reset" });
    await synchronise(admin);
  }
  // known again, with the role that they had
  await expect(main.getByText(t("provisioning.report.did.rolesAdded", { count: LEAVERS }))).toBeVisible();
});

/** Only ever a teacher, and of the large school only: where they vanish, nobody else's journey notices. */
async function findTeacher(): Promise<{ subject: string; username: string }> {
  return await withDatabase(async (client) => {
    const { rows } = await client.query<{ id: string; username: string }>(
      `SELECT p.id, p.username FROM person p JOIN affiliation a ON a.person_id = p.id
       WHERE a.school_id = $1 AND p.subject <> ALL ($2)
       GROUP BY p.id HAVING array_agg(a.role::text) = '{teacher}'
         AND NOT EXISTS (SELECT FROM affiliation o WHERE o.person_id = p.id AND o.school_id <> $1)
       ORDER BY p.id LIMIT 1`,
      [LARGE_SCHOOL_ID, demoLogins.map(({ subject }) => subject)],
    );
    const [teacher] = rows;
    if (teacher === undefined) throw new Error("the large school has no teacher without another role");
    return { subject: teacher.id, username: teacher.username };
  });
}

/** The channel of a group, once Synapse has it. */
async function findChannel(groupId: string): Promise<string> {
  return await withDatabase(async (client) => {
    const { rows } = await client.query<{ room_id: string | null }>(
      "SELECT room_id FROM managed_room WHERE group_id = $1 AND kind = 'channel'",
      [groupId],
    );
    return rows[0]?.room_id ?? "";
  });
}

/** So that the role is old enough to become a moderator by, and no notice of before keeps today's back. */
async function makeOldEnough(personId: string): Promise<void> {
  await withDatabase(async (client) => {
    await client.query("UPDATE affiliation SET since = now() - interval '30 days' WHERE person_id = $1", [personId]);
    await client.query(
      "UPDATE school_notice SET digested_at = now() - interval '2 days' WHERE digested_at IS NOT NULL",
    );
  });
}

test("a new class comes with its room; a teacher vanishes, the rooms go on with another, and management is told", async ({
  browser,
}) => {
  test.setTimeout(900_000);
  const admin = await signedIn(browser, orgAdmin);
  const main = admin.getByRole("main");
  const [leaver, stays, pupil] = [await findTeacher(), teacherOfTwoSchools, pupilA];
  const [leaverId, staysId, pupilId] = [leaver, stays, pupil].map(({ subject }) => chatIdOf(subject));
  const everybody = [leaverId, staysId, pupilId];
  try {
    const classId = await changeDirectory({ do: "addClass", schoolId: LARGE_SCHOOL_ID, title: NEW_CLASS });
    for (const { subject } of [leaver, stays]) {
      await changeDirectory({ do: "enroll", classId, personId: subject, role: "teacher" });
    }
    await changeDirectory({ do: "enroll", classId, personId: pupil.subject, role: "student" });
    let channel = "";

    await test.step("the page shows the run, and the room is there with its people and their levels", async () => {
      await synchronise(admin, LARGE_SCHOOL_ID);
      await expect(main.getByText(t("provisioning.report.did.groupsAdded", { count: 1 }))).toBeVisible();
      await expect(main.getByText(t("provisioning.report.did.membersAdded", { count: 3 }))).toBeVisible();
      await expectGoodLooks(admin, "provisioning-new-class");
      await admin.goto(`/schools/${LARGE_SCHOOL_ID}/provisioning/rooms?q=${encodeURIComponent(NEW_CLASS)}`);
      const line = main.getByRole("listitem").filter({ hasText: t("provisioning.rooms.kind.channel") });
      await expect(line.getByText(t("provisioning.state.asWanted"), { exact: true })).toBeVisible();
      await expect(line.getByText(t("provisioning.rooms.mode.oneWay"))).toBeVisible();
      channel = await findChannel(classId);
      const { joined, levels } = await readRoom(channel);
      expect(joined).toEqual(expect.arrayContaining(everybody));
      expect(joined).toHaveLength(everybody.length + 1); // and the provisioner
      expect(levels.users).toMatchObject({ [String(leaverId)]: 100, [String(staysId)]: 100 });
      expect(levels.users[String(pupilId)] ?? 0).toBeLessThan(levels.events_default);
    });

    const own = await ChatUser.of(leaver);
    const room = await own.openRoom(OWN_ROOM);
    for (const other of [await ChatUser.of(stays), await ChatUser.of(pupil)]) {
      expect((await own.invite(other, room)).status).toBe(200);
      expect((await other.join(room)).status).toBe(200);
    }
    await makeOldEnough(stays.subject);

    await test.step("without the teacher: out of both rooms, and the teacher's own has a new moderator", async () => {
      await changeDirectory({ do: "removePerson", personId: leaver.subject });
      await synchronise(admin, LARGE_SCHOOL_ID);
      for (const id of [channel, room]) {
        await expect
          .poll(async () => (await readRoom(id)).joined, { timeout: WORK_TIMEOUT_MS })
          .not.toContain(leaverId);
      }
      await expect
        .poll(async () => (await readRoom(room)).levels.users[String(staysId)], { timeout: WORK_TIMEOUT_MS })
        .toBe(100);
      expect((await own.request("GET", "/joined_rooms")).status).not.toBe(200);
    });

    await test.step("management is told by mail, and finds the room where the mail leads", async () => {
      await followProvisioningCalendarNow();
      const page = `/schools/${LARGE_SCHOOL_ID}/provisioning`;
      const about = async () =>
        (await readMails(MAIL_URL)).filter(
          ({ to, text }) => to.includes(emailOf(headmaster.username)) && text.includes(page),
        );
      await expect.poll(async () => (await about()).length, { timeout: WORK_TIMEOUT_MS }).toBe(1);
      const [mail] = await about();
      expect(`${mail?.subject ?? ""}${mail?.text ?? ""}${mail?.html ?? ""}`).not.toMatch(/Lesepaten|Strauß/);
      const manager = await signedIn(browser, headmaster);
      await manager.goto(page);
      const notice = manager.getByRole("main").getByRole("listitem").filter({ hasText: OWN_ROOM });
      await expect(
        notice.getByText(t("provisioning.notices.moderatorAppointed", { person: stays.displayName })),
      ).toBeVisible();
      await expectGoodLooks(manager, "provisioning-notice");
    });
  } finally {
    await changeDirectory({ do: "reset" });
    await synchronise(admin, LARGE_SCHOOL_ID);
  }
});

test("a school that is not on says what is missing, and shows first what switching on would do", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const { onlyAdminIsOnlyManager } = demoCharacters;
  const manager = await signedIn(browser, onlyAdminIsOnlyManager);
  const [school] = onlyAdminIsOnlyManager.schools;
  await visit(manager, "provisioning-off", `/schools/${school ?? ""}/provisioning`);
  await expect(manager.getByText(t("overview.switchesMissing.service"))).toBeVisible();
  await visit(manager, "switches-off", `/schools/${school ?? ""}/switches`);
  await visit(manager, "dry-run-first", `/schools/${school ?? ""}/provisioning/dry-run`);
});
