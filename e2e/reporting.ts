// Abuse reports for journeys: a room of a teacher and a pupil, messages in it that the pupil reports as the published
// client does, and what support does with a case at its page.
import { expect, type Page } from "@playwright/test";
import sharp from "sharp";
import { z } from "zod";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import type { MeasureKind } from "#lib/reports/measure-rules.ts";
import { ChatUser } from "./chat.ts";
import { withDatabase } from "./database.ts";
import { german } from "./words.ts";

const { t } = german;
const { smallSchoolPupil, teacherOfTwoSchools } = demoCharacters;
/** The page asks every 3 s, the worker looks twice a second. */
export const LIVE_TIMEOUT_MS = 30_000;
export const WORDS = "Du bist das Letzte";
const sentAnswer = z.object({ event_id: z.string() });

/** Runs, or leaves an element behind, wherever it is taken for anything but text. */
export const FOREIGN = '<img src="x" data-foreign onerror="globalThis.foreign = 1"><b data-foreign>fett</b>';

export async function expectNothingForeign(page: Page): Promise<void> {
  await expect(page.locator("[data-foreign]")).toHaveCount(0);
  expect(await page.evaluate(() => "foreign" in globalThis)).toBe(false);
}

export type Matter = { readonly teacher: ChatUser; readonly pupil: ChatUser; readonly room: string };
let messages = 0;

/** What other journeys have reported is not open any more. */
export async function closeOpenCases(): Promise<void> {
  await withDatabase((client) =>
    client.query(
      "UPDATE report_case SET state = 'resolved', outcome = 'noViolation', closed_at = now(), waiting_until = NULL WHERE state <> 'resolved'",
    ),
  );
}

export async function openMatter(name: string): Promise<Matter> {
  const [pupil, teacher] = await Promise.all([ChatUser.of(smallSchoolPupil), ChatUser.of(teacherOfTwoSchools)]);
  const room = await teacher.openRoom(name);
  expect((await teacher.invite(pupil, room)).status).toBe(200);
  expect((await pupil.join(room)).status).toBe(200);
  return { pupil, teacher, room };
}

type Report = { readonly reason: string; readonly text?: string; readonly img?: string };

/** A new message of the teacher, reported by the pupil. @returns its event's id */
export async function reportMessage({ teacher, pupil, room }: Matter, report: Report): Promise<string> {
  const { reason, text = WORDS, img } = report;
  messages += 1;
  const inRoom = `/rooms/${encodeURIComponent(room)}`;
  const path = `${inRoom}/send/m.room.message/report-${String(Date.now())}-${String(messages)}`;
  const sent = await teacher.request("PUT", path, { msgtype: "m.text", body: text });
  const { event_id: eventId } = sentAnswer.parse(sent.body);
  const body = { reason, score: -100, ...(img !== undefined && { img }), school_id: SMALL_SCHOOL_ID };
  const answer = await pupil.request("POST", `${inRoom}/report/${encodeURIComponent(eventId)}`, body);
  expect([answer.status, answer.body]).toEqual([200, {}]);
  return eventId;
}

export async function picture(): Promise<string> {
  const image = sharp({ create: { width: 320, height: 200, channels: 3, background: "#336688" } });
  return (await image.png().toBuffer()).toString("base64");
}

type KnownCase = { readonly id: string; readonly number: string };

/** Once the worker has made it of what was reported. */
export async function caseOf({ room }: Matter): Promise<KnownCase> {
  let found: KnownCase | undefined;
  await expect
    .poll(
      async () => {
        found = await withDatabase(async (client) => {
          const { rows } = await client.query<KnownCase>(
            `SELECT id, number::text FROM report_case WHERE room_id = $1 AND merged_into_id IS NULL
             ORDER BY created_at DESC LIMIT 1`,
            [room],
          );
          return rows[0];
        });
        return found;
      },
      { message: "the report has become a case", timeout: LIVE_TIMEOUT_MS },
    )
    .toBeDefined();
  if (found === undefined) throw new Error(`no case of ${room}`);
  return found;
}

/** A room of its own with one message, reported. */
export async function openCase(name: string): Promise<Matter & KnownCase> {
  const matter = await openMatter(name);
  await reportMessage(matter, { reason: "Er beleidigt mich" });
  return { ...matter, ...(await caseOf(matter)) };
}

export const CASE = /^Vorgang \d+: Mobbing$/;
export const inboxLinks = (page: Page) => page.getByRole("main").getByRole("link", { name: CASE });

export async function visitCase(page: Page, { id, number }: KnownCase): Promise<void> {
  await page.goto(`/reports/${id}`);
  await expect(page.getByRole("heading", { level: 1, name: t("reports.caseTitle", { number }) })).toBeVisible();
}

/** Unfolds a step of the case page. */
export async function openStep(page: Page, title: string) {
  const main = page.getByRole("main");
  await main.locator("summary").getByText(title, { exact: true }).click();
  return main.getByRole("form", { name: title });
}

export async function fillStep(page: Page, title: string, field: string, text: string, button: string): Promise<void> {
  const form = await openStep(page, title);
  await form.getByLabel(field).fill(text);
  await form.getByRole("button", { name: button }).click();
}

export const measureLine = (page: Page, kind: MeasureKind) =>
  page
    .getByRole("main")
    .getByRole("listitem")
    .filter({ has: page.getByText(t(`measures.kind.${kind}`), { exact: true }) });

/** Chosen, its effects read, carried out; the list of measures says when it is done. */
export async function takeMeasure(page: Page, kind: MeasureKind, effect: string, text?: string): Promise<void> {
  const title = t(`measures.kind.${kind}`);
  const form = page.getByRole("main").getByRole("form", { name: t("client.measures.take") });
  await form.getByLabel(t("client.measures.choose")).selectOption({ label: title });
  await expect(form.getByText(effect)).toBeVisible();
  if (text !== undefined) await form.getByLabel(t("client.measures.message")).fill(text);
  await form.getByRole("button", { name: title }).click();
  const done = measureLine(page, kind).getByText(t("measures.state.done"), { exact: true });
  await expect(done).toBeVisible({ timeout: LIVE_TIMEOUT_MS });
}
