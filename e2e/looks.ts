// One page in every look that people have: no finding of axe, nothing wider than the screen, and a picture of it.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 760 };
const HIGHEST_PX = 4_000;
const LOOKS = {
  light: { colorScheme: "light", viewport: WIDE },
  dark: { colorScheme: "dark", viewport: WIDE },
  phone: { colorScheme: "light", viewport: NARROW },
} as const;
export type Look = keyof typeof LOOKS;
const ALL: readonly Look[] = ["light", "dark", "phone"];

/** Without a reload: drafts, dialogs and messages stay. */
export async function showAs(page: Page, look: Look): Promise<void> {
  const { colorScheme, viewport } = LOOKS[look];
  // colours that are still on their way are no finding
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.setViewportSize(viewport);
}

/** Of the whole page in a window as high as it: in a full-page picture bars that stick would cover what lies behind. */
async function takePicture(page: Page, path: string, viewport: typeof WIDE | typeof NARROW): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ ...viewport, height: Math.min(Math.max(viewport.height, height), HIGHEST_PX) });
  await page.screenshot({ path, animations: "disabled" });
  await page.setViewportSize(viewport);
}

async function expectGood(page: Page, name: string, look: Look): Promise<void> {
  await takePicture(page, `test-results/screens/${name}-${look}.png`, LOOKS[look].viewport);
  const axe = new AxeBuilder({ page });
  // the dark look is the same page in other colours
  const { violations } = await (look === "dark" ? axe.withRules(["color-contrast"]) : axe.withTags(TAGS)).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect.soft(found, `${name}, ${look}`).toEqual([]);
  const tooWide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(tooWide, `${name}, ${look}, scrolls sideways`).toBeLessThanOrEqual(0);
}

/** @param name of the pictures, e.g. "request-rejected" */
export async function expectGoodLooks(page: Page, name: string, looks: readonly Look[] = ALL): Promise<void> {
  for (const look of looks) {
    await showAs(page, look);
    await expectGood(page, name, look);
  }
  await showAs(page, "light");
}

/** A screen that opens by its address. */
export async function visit(page: Page, name: string, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectGoodLooks(page, name);
}
