// From a pupil's report to the answer of the school: a real client request, the gate or Synapse alone, the worker, and
// three people at their screens. Who is a party sees nothing of it.
import { expect, type Page } from "@playwright/test";
import sharp from "sharp";
import { z } from "zod";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { ChatUser } from "./chat.ts";
import { signedIn } from "./console.ts";
import { withDatabase } from "./database.ts";
import { expectGoodLooks, visit } from "./looks.ts";
import { whileHanging } from "./processes.ts";
import { test } from "./test.ts";
import { german } from "./words.ts";

const { t } = german;
const SCHOOL = SMALL_SCHOOL_ID;
const {
  support,
  secondSupport,
  landAdmin,
  smallSchoolManager,
  smallSchoolOrgAdmin,
  smallSchoolPupil,
  teacherOfTwoSchools,
} = demoCharacters;
/** The page asks every 3 s, the worker looks twice a second. */
const LIVE_TIMEOUT_MS = 30_000;
/** The worker reads Synapse's list every 30 s and lets the gate's copy come first for 15 s. */
const POLL_TIMEOUT_MS = 120_000;
const WORDS = "Du bist das Letzte";
const WARNING = "Bitte beleidigen Sie im Schulchat niemanden.";
const OUTCOME = "Danke für Ihre Meldung. Die Nachricht ist gelöscht.";
const sentAnswer = z.object({ event_id: z.string() });

test.describe.configure({ mode: "serial" });

type Matter = { readonly pupil: ChatUser; readonly room: string };
let matter: Matter;
let messages = 0;

async function prepare(): Promise<Matter> {
  // what other journeys have reported is not open any more
  await withDatabase((client) =>
    client.query(
      "UPDATE report_case SET state = 'resolved', outcome = 'noViolation', closed_at = now(), waiting_until = NULL WHERE state <> 'resolved'",
    ),
  );
  const [pupil, teacher] = await Promise.all([ChatUser.of(smallSchoolPupil), ChatUser.of(teacherOfTwoSchools)]);
  const room = await teacher.openRoom("Hausaufgaben");
  expect((await teacher.invite(pupil, room)).status).toBe(200);
  expect((await pupil.join(room)).status).toBe(200);
  return { pupil, room };
}

type Way = { readonly img?: string; readonly to?: "proxy" | "synapse" };

/** A new message of the teacher, reported by the pupil as the published client does it. */
async function reportMessage(reason: string, { img, to = "proxy" }: Way = {}): Promise<string> {
  messages += 1;
  const teacher = await ChatUser.of(teacherOfTwoSchools);
  const room = encodeURIComponent(matter.room);
  const path = `/rooms/${room}/send/m.room.message/report-${String(Date.now())}-${String(messages)}`;
  const sent = await teacher.request("PUT", path, { msgtype: "m.text", body: WORDS });
  const { event_id: eventId } = sentAnswer.parse(sent.body);
  const body = { reason, score: -100, ...(img !== undefined && { img }), school_id: SCHOOL };
  const { pupil } = matter;
  const request = to === "proxy" ? pupil.request.bind(pupil) : pupil.requestAtSynapse.bind(pupil);
  const answer = await request("POST", `/rooms/${room}/report/${encodeURIComponent(eventId)}`, body);
  expect([answer.status, answer.body]).toEqual([200, {}]);
  return eventId;
}

async function picture(): Promise<string> {
  const image = sharp({ create: { width: 320, height: 200, channels: 3, background: "#336688" } });
  return (await image.png().toBuffer()).toString("base64");
}

const newest = async (): Promise<string> =>
  await withDatabase(async (client) => {
    const { rows } = await client.query<{ id: string }>("SELECT id FROM report_case ORDER BY created_at DESC LIMIT 1");
    return rows[0]?.id ?? "";
  });

const CASE = /^Vorgang \d+: Mobbing$/;
const inboxLink = (page: Page) => page.getByRole("main").getByRole("link", { name: CASE });

async function fillStep(page: Page, title: string, field: string, text: string, button: string): Promise<void> {
  const main = page.getByRole("main");
  await main.locator("summary").getByText(title, { exact: true }).click();
  const form = main.getByRole("form", { name: title });
  await form.getByLabel(field).fill(text);
  await form.getByRole("button", { name: button }).click();
}

/** Chosen, its effects read, carried out; the list of measures says when it is done. */
async function takeMeasure(page: Page, kind: "warn" | "redact" | "tellReporter", effect: string, text?: string) {
  const main = page.getByRole("main");
  const title = t(`measures.kind.${kind}`);
  const form = main.getByRole("form", { name: t("client.measures.take") });
  await form.getByLabel(t("client.measures.choose")).selectOption({ label: title });
  await expect(form.getByText(effect)).toBeVisible();
  if (text !== undefined) await form.getByLabel(t("client.measures.message")).fill(text);
  await form.getByRole("button", { name: title }).click();
  const line = main.getByRole("listitem").filter({ has: page.getByText(title, { exact: true }) });
  await expect(line.getByText(t("measures.state.done"), { exact: true })).toBeVisible({ timeout: LIVE_TIMEOUT_MS });
}

test("a report appears by itself, its evidence is opened on record, the school answers, the case is closed", async ({
  browser,
}) => {
  test.setTimeout(600_000);
  matter = await prepare();
  const page = await signedIn(browser, support);
  const main = page.getByRole("main");
  await page.goto("/reports");
  await expect(main.getByText(t("client.reports.empty"))).toBeVisible();
  await expectGoodLooks(page, "reports-empty");

  let eventId = "";
  await test.step("it appears without a reload", async () => {
    eventId = await reportMessage("Er beleidigt mich", { img: await picture() });
    await expect(inboxLink(page)).toBeVisible({ timeout: LIVE_TIMEOUT_MS });
    await expect(main.getByText(t("client.reports.unread"), { exact: true })).toBeAttached();
    await expectGoodLooks(page, "reports-inbox");
  });

  await test.step("evidence stays closed until somebody opens it, and that is on record", async () => {
    await inboxLink(page).click();
    await expect(page.getByRole("heading", { level: 1, name: /^Vorgang \d+$/ })).toBeVisible();
    await expect(main.getByText("Er beleidigt mich")).toBeVisible();
    await expect(main.getByText(/verschlüsselt/).first()).toBeVisible();
    expect(await page.content()).not.toContain(WORDS);
    const open = (what: "event" | "screenshot") =>
      main.getByRole("button", { name: t("client.reports.evidence.open", { what: t(`reports.evidence.${what}`) }) });
    await open("event").click();
    await expect(main.getByText(WORDS).first()).toBeVisible();
    await open("screenshot").click();
    await expect(main.getByRole("img", { name: t("reports.evidence.screenshot") })).toBeVisible();
    await expect(main.getByText(/hat Beweise geöffnet/).first()).toBeVisible();
    await expectGoodLooks(page, "reports-case");
  });

  await test.step("the author is warned, and the message is gone from Synapse", async () => {
    const author = await ChatUser.of(teacherOfTwoSchools);
    await takeMeasure(page, "warn", t("measures.effect.noticeSent", { count: 1 }), WARNING);
    await expect.poll(() => author.texts(), { timeout: LIVE_TIMEOUT_MS }).toContain(WARNING);
    await takeMeasure(page, "redact", t("measures.effect.evidenceStays"));
    const path = `/rooms/${encodeURIComponent(matter.room)}/event/${encodeURIComponent(eventId)}`;
    const { status, body } = await matter.pupil.request("GET", path);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain(WORDS);
    await expectGoodLooks(page, "reports-measures");
  });

  await test.step("taken, noted, escalated", async () => {
    await main.getByRole("button", { name: t("client.reports.steps.take") }).click();
    await expect(main.getByText(t("client.reports.owner", { name: t("reports.me") }))).toBeVisible();
    await main.getByLabel(t("client.reports.note.label")).fill("Ich frage die Schule");
    await main.getByRole("button", { name: t("client.reports.note.send") }).click();
    await expect(main.getByText("Ich frage die Schule").first()).toBeVisible();
    await fillStep(
      page,
      t("client.reports.steps.escalate"),
      t("client.reports.steps.message"),
      "Kennen Sie den Vorfall in der 3a?",
      t("client.reports.steps.escalateSend"),
    );
    await expect(main.getByText(t("reports.state.escalated"), { exact: true })).toBeVisible();
  });

  await test.step("the school's management sees it without the reporter, and answers; nobody else of the school does", async () => {
    const manager = await signedIn(browser, smallSchoolManager);
    const at = manager.getByRole("main");
    await visit(manager, "reports-school", `/schools/${SCHOOL}/reports`);
    await at.getByRole("link", { name: CASE }).click();
    await expect(at.getByText("Kennen Sie den Vorfall in der 3a?")).toBeVisible();
    const html = await manager.content();
    for (const secret of [smallSchoolPupil.familyName, "Er beleidigt mich", WORDS]) expect(html).not.toContain(secret);
    await expectGoodLooks(manager, "reports-school-case");
    await at.getByLabel(t("client.reports.answer.label")).fill("Wir haben mit beiden gesprochen.");
    await at.getByLabel(t("client.reports.answer.wishes.warn")).check();
    await at.getByRole("button", { name: t("client.reports.answer.send") }).click();
    await expect(at.getByText("Wir haben mit beiden gesprochen.")).toBeVisible();
    const admin = await signedIn(browser, smallSchoolOrgAdmin);
    await admin.goto(`/schools/${SCHOOL}/reports`);
    await expect(admin.getByRole("heading", { level: 1, name: t("states.notFoundTitle") })).toBeVisible();
  });

  await test.step("the answer arrives by itself, the reporter is told, and the case is closed", async () => {
    await expect(main.getByText("Wir haben mit beiden gesprochen.").first()).toBeVisible({ timeout: LIVE_TIMEOUT_MS });
    await expectGoodLooks(page, "reports-case-answered");
    await takeMeasure(page, "tellReporter", t("measures.effect.noticeUnanswerable"), OUTCOME);
    await expect.poll(() => matter.pupil.texts(), { timeout: LIVE_TIMEOUT_MS }).toContain(OUTCOME);
    await fillStep(
      page,
      t("client.reports.steps.resolve"),
      t("client.reports.steps.reason"),
      "Mit der Schule geklärt",
      t("client.reports.steps.resolve"),
    );
    await expect(main.getByRole("button", { name: t("client.reports.steps.take") })).toHaveCount(0);
    await page.goto("/reports?state=resolved&sort=changed");
    await expect(inboxLink(page).first()).toBeVisible();
    await page.goto("/audit/own");
    await expect(main.getByText(/hat Beweise zu Vorgang \d+ geöffnet/).first()).toBeVisible();
  });
});

test("with the gate away the worker finds the report at Synapse, and the case says so", async ({ browser }) => {
  test.setTimeout(400_000);
  const page = await signedIn(browser, support);
  await page.goto("/reports");
  await whileHanging("gate", async () => {
    await reportMessage("Schon wieder beleidigt er mich", { to: "synapse" });
  });
  await expect(inboxLink(page)).toBeVisible({ timeout: POLL_TIMEOUT_MS });
  await inboxLink(page).click();
  await expect(page.getByRole("main").getByText(t("reports.note.onlyPolled"))).toBeVisible();
});

test("without a mouse: through the inbox, choosing, closing together, the help", async ({ browser }) => {
  test.setTimeout(300_000);
  const page = await signedIn(browser, secondSupport);
  const main = page.getByRole("main");
  const toFirstCase = async () => {
    await page.goto("/reports");
    // a key that is pressed before the script has come does nothing
    await expect(async () => {
      await page.keyboard.press("j");
      await expect(inboxLink(page)).toBeFocused({ timeout: 500 });
    }).toPass({ timeout: LIVE_TIMEOUT_MS });
  };
  await toFirstCase();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: t("client.reports.keys.title") })).toBeVisible();
  await expectGoodLooks(page, "reports-keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await expect(inboxLink(page)).toBeFocused();
  await page.keyboard.press("a");
  const line = main.getByRole("listitem").filter({ has: page.getByRole("link", { name: CASE }) });
  await expect(line.getByText(t("reports.me"), { exact: true })).toBeVisible();
  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { level: 1, name: /^Vorgang \d+$/ })).toBeVisible();
  await expect(main.getByLabel(t("client.reports.note.label"))).toBeFocused();
  await toFirstCase();
  await page.keyboard.press("r");
  const form = main.getByRole("form", { name: t("client.reports.bulk.title", { count: 1 }) });
  await expect(form).toBeVisible();
  await expectGoodLooks(page, "reports-bulk");
  await form.getByLabel(t("client.reports.reason")).fill("Nach Rücksprache kein Verstoß");
  await form.getByRole("button", { name: t("client.reports.bulk.send", { count: 1 }) }).click();
  await expect(main.getByText(t("client.reports.empty"))).toBeVisible();
});

test("a party sees neither the case nor a gap; the state assigns without content", async ({ browser }) => {
  test.setTimeout(300_000);
  await reportMessage("Er beleidigt mich immer noch");
  const page = await signedIn(browser, support);
  await page.goto("/reports");
  await expect(inboxLink(page)).toBeVisible({ timeout: LIVE_TIMEOUT_MS });
  const id = await newest();
  await withDatabase((client) =>
    client.query(
      "INSERT INTO case_party (case_id, person_id, role) SELECT $1, id, 'reported' FROM person WHERE subject = $2",
      [id, secondSupport.subject],
    ),
  );
  const party = await signedIn(browser, secondSupport);
  await party.goto("/reports?state=all");
  const { request } = party.context();
  expect(await party.content()).not.toContain(id);
  expect((await request.get(`/api/reports/${id}`)).status()).toBe(404);
  await party.goto(`/reports/${id}`);
  await expect(party.getByRole("heading", { level: 1, name: t("states.notFoundTitle") })).toBeVisible();

  const land = await signedIn(browser, landAdmin);
  await visit(land, "reports-state", `/reports/${id}`);
  const html = await land.content();
  for (const secret of [smallSchoolPupil.familyName, teacherOfTwoSchools.familyName, "Er beleidigt", "Hausaufgaben"]) {
    expect(html).not.toContain(secret);
  }
  await visit(land, "reports-state-escalated", "/reports/escalated");
  await visit(page, "reports-numbers", "/reports/numbers");
  await visit(page, "reports-filtered", "/reports?severity=critical&assignee=none&sort=newest");
});
