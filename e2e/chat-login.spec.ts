// Chat users sign in to Synapse through the same identity provider, and only those whom the directory has brought.
import { expect, type Page } from "@playwright/test";
import { z } from "zod";
import { demoCharacters, type DemoLogin } from "#demo/data/people.ts";
import { ChatUser } from "./chat.ts";
import { CHAT_URL, CONSOLE_URL } from "./system.ts";
import { test } from "./test.ts";

const loginAnswer = z.object({ user_id: z.string(), access_token: z.string() });

/** As the published client begins: the browser is sent to Synapse's only identity provider. */
async function signInToChat(page: Page, person: DemoLogin): Promise<void> {
  const target = new URL(`${CHAT_URL}/_matrix/client/r0/login/sso/redirect/oidc-school`);
  target.searchParams.set("redirectUrl", `${CONSOLE_URL}/web/auth.html`);
  await page.goto(target.href);
  await page.getByLabel("Benutzername").fill(person.username);
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
}

test("a pupil of the directory signs in with the account that was made for them", async ({ page }) => {
  test.setTimeout(240_000);
  const pupil = await ChatUser.of(demoCharacters.smallSchoolPupil);
  await signInToChat(page, demoCharacters.smallSchoolPupil);
  // Synapse asks before it hands the token to an address that its configuration does not name
  const goOn = page.getByRole("link", { name: /continue/i });
  if (page.url().startsWith(CHAT_URL)) await goOn.click();
  await page.waitForURL((url) => url.searchParams.has("loginToken"));
  const token = new URL(page.url()).searchParams.get("loginToken");
  const response = await page.request.post(`${CHAT_URL}/_matrix/client/v3/login`, {
    data: { type: "m.login.token", token },
  });
  expect(response.status()).toBe(200);
  expect(loginAnswer.parse(await response.json()).user_id).toBe(pupil.userId);
});

test("somebody whom the identity provider knows but the directory does not gets no account", async ({ page }) => {
  const answered = page.waitForResponse((response) => response.url().includes("/_synapse/client/oidc/callback"));
  await signInToChat(page, demoCharacters.support);
  expect((await answered).status()).toBe(400);
  await expect(page).toHaveURL(/_synapse\/client\/oidc\/callback/);
});
