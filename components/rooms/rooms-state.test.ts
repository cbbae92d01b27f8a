// What the server says about existing rooms is what the browser accepts, and it reads as sentences in both languages.
import { createTranslator } from "next-intl";
import { describe, expect, test } from "vitest";
import type { ProtectedRoom, ReviewView, RoomsView } from "#lib/rooms/queries.ts";
import de from "../../messages/de.json" with { type: "json" };
import { isRoomsState } from "./rooms-decode.ts";
import { roomsState } from "./rooms-state.ts";

const now = new Date("2026-11-21T13:10:00Z");
const at = new Date("2026-11-21T13:05:00Z");
const writer = {
  t: createTranslator({ locale: "de", messages: de, timeZone: "Europe/Berlin" }),
  locale: "de",
  now,
} as const;
const review: ReviewView = {
  id: "r",
  startedAt: at,
  begunAt: at,
  progressedAt: at,
  finishedAt: at,
  version: 4,
  total: 12,
  checked: 12,
  notPermitted: 3,
  unreadable: 0,
};
const room: ProtectedRoom = {
  roomId: "!a:localhost",
  name: null,
  people: { student: 2, teacher: 1, other: 1 },
  wanted: "readOnly",
  wantedAt: at,
  settledAt: at,
  problem: null,
};
const view: RoomsView = {
  school: { id: "DE-1", name: "Schule am See" },
  currentVersion: 4,
  review,
  needsReview: false,
  found: [{ roomId: "!b:localhost", name: "Theaterprobe", people: { student: 5 } }],
  foundTotal: 3,
  protections: [room],
  protectionsTotal: 1,
  underWay: null,
  isSynapseAway: false,
};
const state = (changes: Partial<RoomsView>) => roomsState({ ...view, ...changes }, writer);

describe("the review", () => {
  test.each<[string, Partial<ReviewView>, string]>([
    ["done", {}, "Geprüft: heute, 14:05, nach Fassung 4. Von 12 Räumen sind 3 nicht mehr erlaubt."],
    [
      "nothing found",
      { total: 1, notPermitted: 0 },
      "Geprüft: heute, 14:05, nach Fassung 4. Von einem Raum ist keiner betroffen.",
    ],
    [
      "no rooms",
      { total: 0, notPermitted: 0 },
      "Geprüft: heute, 14:05, nach Fassung 4. Es gibt noch keine Räume, die Personen der Schule angelegt haben.",
    ],
  ])("%s", (_name, changes, text) => {
    expect(state({ review: { ...review, ...changes } }).review?.text.trim()).toBe(text);
  });

  test("says that it is out of date", () => {
    expect(state({ currentVersion: 5 }).review?.notes).toEqual([expect.stringContaining("Fassung 5") as string]);
  });

  test("under way: how far it is, and whom it waits for", () => {
    const running = { ...review, finishedAt: null, checked: 7, notPermitted: 1, progressedAt: now };
    const shown = state({ review: running, isSynapseAway: true });
    expect(shown.isMoving).toBe(true);
    expect(shown.review).toMatchObject({ isRunning: true, isStalled: false, checked: 7, total: 12 });
    expect(shown.review?.text).toContain("7 von 12 Räumen geprüft, 1 davon");
    expect(shown.review?.notes).toHaveLength(1);
    expect(shown.review?.pace).toBe("Etwa 1 Raum in der Minute, noch etwa 4 Minuten.");
    expect(state({ review: { ...running, progressedAt: at } }).review).toMatchObject({ isStalled: true, pace: null });
  });
});

describe("read-only rooms", () => {
  test("people are counted, not named", () => {
    expect(state({}).protections[0]).toMatchObject({
      name: "Raum ohne Namen",
      people: "1 Lehrkraft, 2 Schüler:innen, 1 Person ohne Rolle an der Schule",
      text: "Schreibgeschützt seit: heute, 14:05.",
      mayRestore: true,
    });
  });

  test.each(["noPowerLevels", "noRights", "notInRoom", "M_UNKNOWN"])("a failure names its reason: %s", (problem) => {
    const [shown] = state({ protections: [{ ...room, problem }] }).protections;
    expect(shown?.tone).toBe("bad");
    expect(shown?.text).toMatch(/^Nicht schreibgeschützt\. \S.*/);
  });

  test("under way", () => {
    const since = new Date(now.getTime() - 60_000);
    const busy = { ...room, settledAt: null, wantedAt: since };
    const shown = state({ protections: [busy], underWay: { since, total: 31, settled: 30 } });
    expect(shown).toMatchObject({
      isMoving: true,
      progress: { done: 30, total: 31, pace: "Etwa 30 Räume in der Minute, noch weniger als eine Minute." },
    });
    expect(shown.progress?.text).toContain("Ein Raum wird");
    expect(shown.protections[0]).toMatchObject({ tone: "busy", mayRestore: false, mayTryAgain: false });
    expect(isRoomsState(JSON.parse(JSON.stringify(shown)))).toBe(true);
  });

  test("what failed, or has not moved for a while, may be tried again", () => {
    const again = (changes: Partial<ProtectedRoom>) =>
      state({ protections: [{ ...room, ...changes }] }).protections[0]?.mayTryAgain;
    expect([again({}), again({ settledAt: null }), again({ problem: "noRights" })]).toEqual([false, true, true]);
  });
});

test("the browser accepts what the server sends, and no other answer", () => {
  const sent: unknown = JSON.parse(JSON.stringify(state({})));
  expect(isRoomsState(sent)).toBe(true);
  for (const other of [null, [], "<html>", {}, { ...state({}), found: [{}] }, { ...state({}), review: {} }]) {
    expect(isRoomsState(other)).toBe(false);
  }
});
