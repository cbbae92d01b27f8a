// What the server says about provisioning is what the browser accepts, and nothing else is.
import { describe, expect, test } from "vitest";
import { createTranslator } from "next-intl";
import type { Overview } from "#lib/overview/queries.ts";
import de from "../../messages/de.json" with { type: "json" };
import { isLiveState } from "./live-decode.ts";
import { liveState } from "./live-state.ts";

const now = new Date("2026-11-21T13:10:00Z");
const writer = {
  t: createTranslator({ locale: "de", messages: de, timeZone: "Europe/Berlin" }),
  locale: "de",
  now,
} as const;
const school: Overview["schools"][number] = {
  school: { id: "DE-1", name: "Schule am See", switches: { service: true, state: true, school: true } },
  roles: [],
  versionNumber: 1,
  versionCreatedAt: now,
  pending: null,
  pendingRequestId: null,
  accounts: { total: 1300, ready: 1102, problems: 2 },
  rooms: { total: 1, ready: 1, problems: 0 },
};
const sync = { startedAt: now, finishedAt: null, outcome: "running", failure: null, correlationId: "K7" } as const;
const at = new Date("2026-11-21T13:05:00Z");

describe("mail", () => {
  const lines = (mail: Overview["mail"]) => liveState({ schools: [], sync: null, services: [], mail }, writer).lines;
  test("that is not set up is said, with what waits for it", () => {
    expect(lines({ state: "notSetUp", checkedAt: at, waiting: 2 })[1]).toEqual({
      tone: "bad",
      text: "Der Versand von Mails ist nicht eingerichtet (SMTP_URL).",
      more: "2 Benachrichtigungen warten auf den Versand.",
    });
    expect(lines({ state: "away", checkedAt: at, waiting: 0 })[1]).toMatchObject({ tone: "waiting", more: null });
  });
  test("is nothing that a school is told of", () => {
    expect(lines(null)).toHaveLength(1);
  });
});

describe("liveState", () => {
  test("says how far provisioning is, in words", () => {
    const state = liveState({ schools: [school], sync, services: [] }, writer);
    expect(state.schools["DE-1"]?.accounts).toEqual({
      text: "1.102 von 1.300 Konten bereit",
      ready: 1102,
      total: 1300,
      problems: "2 brauchen Hilfe",
    });
    expect(state.schools["DE-1"]?.rooms.text).toBe("1 Raum bereit");
    expect(state.moving).toBe(true);
  });

  test("says whom it waits for", () => {
    const services = [{ name: "synapse", reachable: false, checkedAt: at }] as const;
    const [, line] = liveState({ schools: [], sync, services }, writer).lines;
    expect(line).toMatchObject({ tone: "waiting", text: expect.stringContaining("heute, 14:05") as string });
  });

  test("a failed sync names the reason and the id, unknown reasons included", () => {
    const failed = { ...sync, finishedAt: at, outcome: "failed" } as const;
    for (const failure of ["unreachable", "never heard of"]) {
      const [line] = liveState({ schools: [], sync: { ...failed, failure }, services: [] }, writer).lines;
      expect(line?.more).toContain("K7");
    }
  });

  test("comes to rest when everything is done", () => {
    const done = { ...school, accounts: { total: 3, ready: 3, problems: 0 } };
    const finished = { ...sync, finishedAt: at, outcome: "succeeded" } as const;
    expect(liveState({ schools: [done], sync: finished, services: [] }, writer).moving).toBe(false);
  });
});

test("the browser accepts what the server sends, and no other answer", () => {
  const state = liveState({ schools: [school], sync: null, services: [] }, writer);
  expect(isLiveState(JSON.parse(JSON.stringify(state)))).toBe(true);
  for (const other of [
    null,
    [],
    "<html>",
    {},
    { ...state, lines: [{ tone: "loud" }] },
    { ...state, schools: { a: 1 } },
  ]) {
    expect(isLiveState(other)).toBe(false);
  }
});
