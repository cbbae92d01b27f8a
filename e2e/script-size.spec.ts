// How much JavaScript each page sends to a browser that has none of it yet (design §11), as it travels: compressed.
import { expect, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { signedIn } from "./console.ts";
import { test } from "./test.ts";

const SCHOOL = `/schools/${SMALL_SCHOOL_ID}`;
const PUBLIC = ["/sign-in", "/accessibility"];
const OF_SCHOOL = [
  "/",
  `${SCHOOL}/matrix`,
  `${SCHOOL}/matrix/summary?base=1&off=teacher.guardian`,
  `${SCHOOL}/approvals`,
  `${SCHOOL}/versions`,
  `${SCHOOL}/versions/compare?from=1&to=1`,
  `${SCHOOL}/rooms`,
  `${SCHOOL}/audit`,
  `${SCHOOL}/audit/1`,
];
const OF_STATE = ["/", "/frame", "/frame/history", "/audit", "/audit/own", "/console-roles"];
const MOST_KB = 190;
const MOST_OWN_KB = 60;

/** Bytes by script, as they travelled. */
async function scriptsOf(page: Page, path: string): Promise<Map<string, number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const urls = new Map<string, string>();
  const bytes = new Map<string, number>();
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (type === "Script") urls.set(requestId, response.url);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const url = urls.get(requestId);
    if (url !== undefined) bytes.set(url, encodedDataLength);
  });
  await page.goto(path, { waitUntil: "networkidle" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await session.detach();
  return bytes;
}

const sum = (bytes: Iterable<number>) => [...bytes].reduce((total, size) => total + size, 0) / 1_000;

test("no page sends more script than it may", async ({ browser, page }) => {
  test.setTimeout(240_000);
  const pages = new Map<string, Map<string, number>>();
  for (const path of PUBLIC) pages.set(path, await scriptsOf(page, path));
  const admin = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  for (const path of OF_SCHOOL) pages.set(path, await scriptsOf(admin, path));
  const state = await signedIn(browser, demoCharacters.landAdmin);
  for (const path of OF_STATE) pages.set(`${path} (state)`, await scriptsOf(state, path));

  // what the public pages share is React, Next.js and the texts' library; everything else a page chose itself
  const [first, ...others] = PUBLIC.map((path) => pages.get(path) ?? new Map<string, number>());
  const framework = new Set([...(first?.keys() ?? [])].filter((url) => others.every((other) => other.has(url))));
  const table = [...pages].map(([path, scripts]) => {
    const own = [...scripts].filter(([url]) => !framework.has(url)).map(([, size]) => size);
    return { path, kB: Math.round(sum(scripts.values())), ownKB: Math.round(sum(own)) };
  });
  const lines = table.map((row) => [row.kB, row.ownKB, row.path].map((value) => String(value).padStart(6)).join("  "));
  process.stdout.write(`\nJavaScript transferred, kB: all, beyond the framework, page\n${lines.join("\n")}\n\n`);
  for (const row of table) {
    expect.soft(row.kB, row.path).toBeGreaterThan(50);
    expect.soft(row.kB, row.path).toBeLessThanOrEqual(MOST_KB);
    expect.soft(row.ownKB, row.path).toBeLessThanOrEqual(MOST_OWN_KB);
  }
});
