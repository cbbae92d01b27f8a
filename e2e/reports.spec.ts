// From a pupil's report to the answer of the school: a real client request, the gate or Synapse alone, the worker, and
// three people at their screens. Who is a party sees nothing of it.
import { expect, type Browser, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { signedIn } from "./console.ts";
import { withDatabase } from "./database.ts";
import { expectGoodLooks, visit } from "./looks.ts";
import { whileGateIsStopped } from "./processes.ts";
import {
  CASE,
  closeOpenCases,
  expectNothingForeign,
  fillStep,
  FOREIGN,
  inboxLinks,
  LIVE_TIMEOUT_MS,
  openCase,
  openMatter,
  picture,
  reportMessage,
  takeMeasure,
  WORDS,
  type Matter,
} from "./reporting.ts";
import { test } from "./test.ts";
import { german } from "./words.ts";

const { t } = german;
const SCHOOL = SMALL_SCHOOL_ID;
const { support, secondSupport, landAdmin, smallSchoolManager, smallSchoolOrgAdmin, smallSchoolPupil } = demoCharacters;
const { teacherOfTwoSchools } = demoCharacters;
/** The worker reads Synapse's list every 30 s and lets the gate's copy come first for 15 s. */
const POLL_TIMEOUT_MS = 120_000;
const ROOM = `Hausaufgaben ${FOREIGN}`;
const REASON = `Er beleidigt mich ${FOREIGN}`;
const MESSAGE = `${WORDS} ${FOREIGN}`;
const QUESTION = "Kennen Sie den Vorfall in der 3a?";
const ANSWER = "Wir haben mit beiden gesprochen.";

test.describe.configure({ mode: "serial" });

/** How a report comes in, and what of it. */
type Way = {
  readonly name: "gate" | "polling";
  readonly timeoutMs: number;
  readonly hasScreenshot: boolean;
};
const BY_GATE: Way = { name: "gate", timeoutMs: LIVE_TIMEOUT_MS, hasScreenshot: true };
const BY_POLLING: Way = { name: "polling", timeoutMs: POLL_TIMEOUT_MS, hasScreenshot: false };

type Journey = {
  readonly browser: Browser;
  readonly way: Way;
  readonly matter: Matter;
  /** Of support. */
  readonly page: Page;
  /** Of the steps that look the same both ways, one picture is enough. */
  readonly look: (page: Page, name: string) => Promise<void>;
};

async function beginJourney(browser: Browser, way: Way): Promise<Journey> {
  await closeOpenCases();
  const matter = await openMatter(ROOM);
  const look = async (page: Page, name: string) => {
    if (way === BY_GATE) await expectGoodLooks(page, name);
  };
  const page = await signedIn(browser, support);
  await page.goto("/reports");
  await expect(page.getByRole("main").getByText(t("client.reports.empty"))).toBeVisible();
  await look(page, "reports-empty");
  return { browser, way, matter, page, look };
}

async function goThrough(journey: Journey): Promise<void> {
  let eventId = "";
  await test.step("it appears without a reload", async () => {
    eventId = await appears(journey);
  });
  await test.step("evidence stays closed until somebody opens it, and that is on record", () => opensEvidence(journey));
  await test.step("the author is warned, and the message is gone from Synapse", () => acts(journey, eventId));
  await test.step("taken, noted, escalated", () => escalates(journey));
  await test.step("the school's management sees it without the reporter, and answers; nobody else of the school does", () =>
    schoolAnswers(journey));
  await test.step("the answer arrives by itself, the reporter is told, and the case is closed", () => closes(journey));
}

async function appears({ way, matter, page, look }: Journey): Promise<string> {
  const main = page.getByRole("main");
  const eventId = await reportMessage(matter, { reason: REASON, text: MESSAGE, img: await picture() });
  await expect(inboxLinks(page)).toBeVisible({ timeout: way.timeoutMs });
  await expect(main.getByText(t("client.reports.unread"), { exact: true })).toBeAttached();
  await look(page, "reports-inbox");
  return eventId;
}

async function opensEvidence({ way, page }: Journey): Promise<void> {
  const main = page.getByRole("main");
  await inboxLinks(page).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Vorgang \d+$/ })).toBeVisible();
  await expect(main.getByText(REASON)).toBeVisible();
  expect(await page.content()).not.toContain(WORDS);
  const open = (what: "event" | "screenshot") =>
    main.getByRole("button", { name: t("client.reports.evidence.open", { what: t(`reports.evidence.${what}`) }) });
  await open("event").click();
  await expect(main.getByText(MESSAGE).first()).toBeVisible();
  if (way.hasScreenshot) {
    await expect(main.getByText(ROOM, { exact: true })).toBeVisible();
    await open("screenshot").click();
    await expect(main.getByRole("img", { name: t("reports.evidence.screenshot") })).toBeVisible();
  } else {
    await expect(main.getByText(t("reports.note.onlyPolled"))).toBeVisible();
    await expect(open("screenshot")).toHaveCount(0);
  }
  await expect(main.getByText(/hat Beweise geöffnet/).first()).toBeVisible();
  await expectNothingForeign(page);
  await expectGoodLooks(page, `reports-case-${way.name}`);
}

async function acts({ matter, page, look }: Journey, eventId: string): Promise<void> {
  // both ways lead to the same person, who has read the last warning
  const warning = `Bitte beleidigen Sie im Schulchat niemanden. (${eventId})`;
  await takeMeasure(page, "warn", t("measures.effect.noticeSent", { count: 1 }), warning);
  await expect.poll(() => matter.teacher.texts(), { timeout: LIVE_TIMEOUT_MS }).toContain(warning);
  await takeMeasure(page, "redact", t("measures.effect.evidenceStays"));
  const path = `/rooms/${encodeURIComponent(matter.room)}/event/${encodeURIComponent(eventId)}`;
  const { status, body } = await matter.pupil.request("GET", path);
  expect(status).toBe(200);
  expect(JSON.stringify(body)).not.toContain(WORDS);
  await expectNothingForeign(page);
  await look(page, "reports-measures");
}

async function escalates({ page }: Journey): Promise<void> {
  const main = page.getByRole("main");
  await main.getByRole("button", { name: t("client.reports.steps.take") }).click();
  await expect(main.getByText(t("client.reports.owner", { name: t("reports.me") }))).toBeVisible();
  await main.getByLabel(t("client.reports.note.label")).fill("Ich frage die Schule");
  await main.getByRole("button", { name: t("client.reports.note.send") }).click();
  await expect(main.getByText("Ich frage die Schule").first()).toBeVisible();
  const words = (key: "escalate" | "message" | "escalateSend") => t(`client.reports.steps.${key}`);
  await fillStep(page, words("escalate"), words("message"), QUESTION, words("escalateSend"));
  await expect(main.getByText(t("reports.state.escalated"), { exact: true })).toBeVisible();
}

async function schoolAnswers({ browser, way, page, look }: Journey): Promise<void> {
  const manager = await signedIn(browser, smallSchoolManager);
  const at = manager.getByRole("main");
  await manager.goto(`/schools/${SCHOOL}/reports`);
  await look(manager, "reports-school");
  // the newest stands first
  await at.getByRole("link", { name: CASE }).first().click();
  await expect(at.getByText(QUESTION)).toBeVisible();
  const html = await manager.content();
  for (const secret of [smallSchoolPupil.familyName, "Er beleidigt mich", WORDS]) expect(html).not.toContain(secret);
  await expectNothingForeign(manager);
  await look(manager, "reports-school-case");
  await at.getByLabel(t("client.reports.answer.label")).fill(`${ANSWER} ${FOREIGN}`);
  await at.getByLabel(t("client.reports.answer.wishes.warn")).check();
  await at.getByRole("button", { name: t("client.reports.answer.send") }).click();
  await expect(at.getByText(ANSWER)).toBeVisible();
  await expectNothingForeign(manager);
  if (way === BY_POLLING) return;
  const admin = await signedIn(browser, smallSchoolOrgAdmin);
  await admin.goto(`/schools/${SCHOOL}/reports`);
  await expect(admin.getByRole("heading", { level: 1, name: t("states.notFoundTitle") })).toBeVisible();
  await expect(page.getByRole("main").getByText(QUESTION).first()).toBeVisible();
}

async function closes({ matter, page, look }: Journey): Promise<void> {
  const main = page.getByRole("main");
  await expect(main.getByText(`${ANSWER} ${FOREIGN}`).first()).toBeVisible({ timeout: LIVE_TIMEOUT_MS });
  await expectNothingForeign(page);
  await look(page, "reports-case-answered");
  const title = await page.getByRole("heading", { level: 1 }).textContent();
  const outcome = `Danke für Ihre Meldung. Die Nachricht ist gelöscht. (${title ?? ""})`;
  await takeMeasure(page, "tellReporter", t("measures.effect.noticeUnanswerable"), outcome);
  await expect.poll(() => matter.pupil.texts(), { timeout: LIVE_TIMEOUT_MS }).toContain(outcome);
  const resolve = t("client.reports.steps.resolve");
  await fillStep(page, resolve, t("client.reports.steps.reason"), "Mit der Schule geklärt", resolve);
  await expect(main.getByRole("button", { name: t("client.reports.steps.take") })).toHaveCount(0);
  await page.goto("/reports?state=resolved&sort=changed");
  await expect(main.getByRole("link", { name: new RegExp(`^${title ?? "?"}: `) })).toBeVisible();
  await expectNothingForeign(page);
  await page.goto("/audit/own");
  const opened = new RegExp(`hat Beweise zu ${title ?? "?"} geöffnet`);
  await expect(main.getByText(opened).first()).toBeVisible();
}

test("a report appears by itself, its evidence is opened on record, the school answers, the case is closed", async ({
  browser,
}) => {
  test.setTimeout(600_000);
  await goThrough(await beginJourney(browser, BY_GATE));
});

test("the same with the gate stopped: the worker finds the report at Synapse, and the case says what is missing", async ({
  browser,
}) => {
  test.setTimeout(600_000);
  const journey = await beginJourney(browser, BY_POLLING);
  await whileGateIsStopped(() => goThrough(journey));
});

test("a party sees neither the case nor a gap; the state assigns without content", async ({ browser }) => {
  test.setTimeout(400_000);
  await closeOpenCases();
  const { id } = await openCase("Hausaufgaben");
  const page = await signedIn(browser, support);
  await page.goto("/reports");
  await expect(inboxLinks(page)).toBeVisible({ timeout: LIVE_TIMEOUT_MS });
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
  await visit(page, "reports-retention", "/reports/retention");
  await visit(page, "reports-notices", "/reports/notices");
});
