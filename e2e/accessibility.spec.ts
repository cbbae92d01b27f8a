// Every screen and its states, in light, dark and on a phone: no finding of axe, nothing wider than the screen.
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { LARGE_SCHOOL_ID } from "#demo/data/schools.ts";
import { signedIn } from "./console.ts";

const SCHOOL = `/schools/${LARGE_SCHOOL_ID}`;
const EDITS = "on=student.student,student.teacher&off=guardian.teacher";
const SCREENS: readonly (readonly [name: string, path: string])[] = [
  ["overview", "/"],
  ["matrix", `${SCHOOL}/matrix`],
  ["summary", `${SCHOOL}/matrix/summary?base=1&${EDITS}`],
  ["broken summary", `${SCHOOL}/matrix/summary?base=nonsense`],
  ["approvals", `${SCHOOL}/approvals`],
  ["versions", `${SCHOOL}/versions`],
  ["rooms", `${SCHOOL}/rooms`],
  ["address book", `${SCHOOL}/addressbook?open=teacher+groups`],
  ["address book as seen by a role", `${SCHOOL}/addressbook?as=student&on=student.student`],
  ["search in the address book", `${SCHOOL}/addressbook?q=schroeder`],
  ["search that finds nothing", `${SCHOOL}/addressbook?q=qqqqqq`],
  ["person", `${SCHOOL}/addressbook/people/${demoCharacters.pupilA.subject}`],
  [
    "why",
    `${SCHOOL}/addressbook/why?from=${demoCharacters.pupilA.subject}&to=${demoCharacters.teacherAndGuardian.subject}`,
  ],
  ["export of a list", `${SCHOOL}/addressbook/export?role=student`],
  ["audit", `${SCHOOL}/audit`],
  ["audit entry", `${SCHOOL}/audit/1`],
  ["not found", "/schools/DE-RP-SN-00000/matrix"],
  ["accessibility statement", "/accessibility"],
];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const LOOKS = {
  light: {},
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 760 }, isMobile: true, hasTouch: true },
} as const;

async function expectAccessible(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect(found, name).toEqual([]);
  const tooWide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(tooWide, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
}

async function visitAll(browser: Browser, look: keyof typeof LOOKS): Promise<void> {
  const page = await signedIn(browser, demoCharacters.orgAdmin, LOOKS[look]);
  for (const [name, path] of SCREENS) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page, `${name}, ${look}`);
  }
  await page.goto(`${SCHOOL}/matrix`);
  const control = look === "phone" ? "switch" : "checkbox";
  if (look === "phone") await page.getByText("Rolle Schüler:innen").click();
  await page.getByRole(control, { name: /^Schüler:innen dürfen Schüler:innen anschreiben/ }).click();
  await expect(page.getByRole("region", { name: "Ihre Änderungen" })).toBeVisible();
  await expectAccessible(page, `pending bar, ${look}`);
}

for (const look of ["light", "dark", "phone"] as const) {
  test(`every screen is accessible: ${look}`, async ({ browser }) => {
    await visitAll(browser, look);
  });
}

test("the state's screens are accessible, wide and on a phone", async ({ browser }) => {
  for (const look of ["dark", "phone"] as const) {
    const page = await signedIn(browser, demoCharacters.landAdmin, LOOKS[look]);
    for (const path of ["/", "/frame", "/frame/history", "/audit", "/audit/own", "/console-roles"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.screenshot({
        path: `test-results/state-${look}${path.replaceAll("/", "-")}.png`,
        fullPage: look === "dark",
      });
      await expectAccessible(page, `${path}, ${look}`);
    }
  }
});

test("sign-in and the page without access are accessible", async ({ browser, page }) => {
  await page.goto("/sign-in");
  await expectAccessible(page, "sign-in");
  await page.goto("/sign-in?error=AccessDenied");
  await expectAccessible(page, "sign-in with an error");
  await expectAccessible(await signedIn(browser, demoCharacters.teacher), "no access");
});

test("the grid is operated by keyboard alone, and each checkbox says its sentence", async ({ browser }) => {
  const page = await signedIn(browser, demoCharacters.orgAdmin);
  await page.goto(`${SCHOOL}/matrix`);
  const grid = page.getByRole("grid", { name: "Kommunikationsmatrix" });
  await expect(grid.getByRole("gridcell").getByRole("checkbox")).toHaveCount(72);
  const first = page.getByRole("checkbox", { name: /^Lehrkräfte dürfen Lehrkräfte anschreiben/ });
  await first.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  const cell = page.getByRole("checkbox", { name: /^Schüler:innen dürfen Schüler:innen anschreiben/ });
  await expect(cell).toBeFocused();
  await page.keyboard.press("Space");
  await expect(cell).toBeChecked();
  await page.keyboard.press("End");
  const locked = page.getByRole("checkbox", { name: /^Schüler:innen dürfen Gruppen hinzufügen/ });
  await expect(locked).toBeFocused();
  await page.keyboard.press("Space");
  await expect(locked).toBeChecked(); // locked by the state
  await page.keyboard.press("Control+Home");
  await expect(first).toBeFocused();
});
