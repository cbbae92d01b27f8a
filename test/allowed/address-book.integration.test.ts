// The address book as a chat client gets it: through the proxy, with a token of a real Synapse.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { BOOK, USER_SEARCH } from "../client-gate.ts";
import { readPublishedBook } from "../published-address-book.ts";
import { addPerson, addSchool } from "../school.ts";
import { MatrixSession, startTestSystem, type TestSystem } from "../system.ts";

/** What is promised for a token that was revoked. */
const REVOKED_WITHIN_MS = 60_000;
const STEP_MS = 1_000;
const TIMEOUT_MS = 10_000;
const results = z.object({ results: z.array(z.object({ user_id: z.string() })) });

let system: TestSystem;
let teacher: MatrixSession;
let pupil: MatrixSession;
beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  const { db } = system.database;
  await addSchool(db, "A");
  await addPerson(db, { id: "teacher", roles: { A: ["teacher"] } });
  await addPerson(db, { id: "pupil", roles: { A: ["student"] } });
  await addPerson(db, { id: "classmate", roles: { A: ["student"] } });
  teacher = await system.signIn("u-teacher");
  pupil = await system.signIn("u-pupil");
});
afterAll(async () => {
  await system.stop();
});

const bookOf = async ({ accessToken }: MatrixSession, headers: Readonly<Record<string, string>> = {}) =>
  await fetch(`${system.chatUrl}${BOOK}`, {
    headers: { authorization: `Bearer ${accessToken}`, origin: "https://web.example", ...headers },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });

test("the published client's document, compressed, readable for web clients, and not sent twice", async () => {
  const response = await bookOf(teacher);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  const [school] = readPublishedBook(await response.text()).schools;
  expect(school?.folders.map(({ title, people }) => [title, ...people.map(({ id }) => id)])).toEqual([
    ["Schüler:innen", "u-classmate", "u-pupil"],
  ]);
  const known = { "if-none-match": response.headers.get("etag") ?? "" };
  expect((await bookOf(teacher, known)).status).toBe(304);
});

test("people search: asked as the client asks, answered by the address book", async () => {
  const search = async (session: MatrixSession) => {
    expect((await session.request("POST", "/_matrix/client/v3/publicRooms", {})).status).toBe(200);
    const { status, body } = await session.request("POST", USER_SEARCH, { search_term: "classmate", limit: 20 });
    expect(status).toBe(200);
    return results.parse(body).results.map(({ user_id: id }) => id);
  };
  expect(await search(teacher)).toEqual(["@u-classmate:localhost"]);
  expect(await search(pupil)).toEqual([]);
});

test("a token that nobody has, and an account that is nobody of the directory", async () => {
  const guessed = new MatrixSession(system.chatUrl, teacher.userId, "syt_guessed");
  expect((await bookOf(guessed)).status).toBe(401);
  expect(await (await bookOf(await system.signIn("u-stranger"))).json()).toEqual({ users: {} });
});

test(
  "a token that is revoked while it is in use is refused within a minute",
  { timeout: 2 * REVOKED_WITHIN_MS },
  async () => {
    const session = await system.signIn("u-teacher");
    expect((await bookOf(session)).status).toBe(200);
    await session.request("POST", "/_matrix/client/v3/logout", {});
    const revoked = performance.now();
    while ((await bookOf(session)).status !== 401) await delay(STEP_MS);
    expect(performance.now() - revoked).toBeLessThan(REVOKED_WITHIN_MS);
  },
);
