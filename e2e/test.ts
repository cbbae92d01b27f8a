// Every journey is written with this `test`: browsers of people who have left are closed, so that their pages do not
// go on asking the system while the next journey runs.
import { test as base } from "@playwright/test";

export const test = base.extend<{ readonly goingHome: undefined }>({
  goingHome: [
    async ({ browser }, use) => {
      await use(undefined);
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    { auto: true },
  ],
});
