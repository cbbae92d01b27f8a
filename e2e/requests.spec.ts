// An open request between writing and deciding: talked about, printed as a record, and taken back by its author.
import { expect } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { signedIn, submitChange } from "./console.ts";
import { test } from "./test.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const COUNCIL_TO_PUPILS = /^Mitglieder des Elternbeirats dürfen Schüler:innen anschreiben/;

test("a request is talked about, printed for the files and withdrawn", async ({ browser }) => {
  const author = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  const manager = await signedIn(browser, demoCharacters.smallSchoolManager);

  await test.step("somebody can approve, so the summary says nothing else; then it waits", async () => {
    await submitChange(author, SCHOOL, [COUNCIL_TO_PUPILS], "Der Elternbeirat möchte beim Schulfest helfen");
    await expect(author.getByText("Derzeit kann niemand zustimmen")).toHaveCount(0);
    await author.getByRole("link", { name: "Antrag ansehen" }).click();
    await expect(author.getByRole("heading", { name: "Seit der Antrag geschrieben wurde" })).toBeVisible();
  });
  const address = author.url();

  await test.step("the manager asks, and the author reads it", async () => {
    await manager.goto(address);
    await expect(manager.getByRole("button", { name: "Antrag zurückziehen" })).toHaveCount(0);
    await manager.getByRole("button", { name: "Kommentar speichern" }).click();
    await expect(manager.getByText("Bitte schreiben Sie etwas.")).toBeVisible();
    await manager.getByLabel("Ihr Kommentar").fill("Nur für die vierten Klassen?");
    await manager.getByRole("button", { name: "Kommentar speichern" }).click();
    await expect(manager.getByText("Ihr Kommentar ist gespeichert.")).toBeVisible();
    await expect(manager.getByRole("listitem").filter({ hasText: "Nur für die vierten Klassen?" })).toBeVisible();
    await author.reload();
    await expect(author.getByText("Nur für die vierten Klassen?")).toBeVisible();
  });

  await test.step("the author takes it back: asked once more, and possible to stop", async () => {
    await author.getByRole("button", { name: "Antrag zurückziehen" }).click();
    await author.getByRole("button", { name: "Doch nicht" }).click();
    await author.getByRole("button", { name: "Antrag zurückziehen" }).click();
    await author.getByRole("button", { name: "Ja, zurückziehen" }).click();
    await expect(author.getByRole("heading", { level: 1, name: "Zurückgezogen" })).toBeVisible();
  });

  await test.step("the manager, who still has the page open, learns of it and loses nothing", async () => {
    await manager.getByRole("button", { name: "Zustimmen" }).click();
    await expect(manager.getByRole("alert").getByText("Über diesen Antrag ist schon entschieden.")).toBeVisible();
    await manager.reload();
    await expect(manager.getByText("Silke Rückert hat den Antrag zurückgezogen.")).toBeVisible();
    await expect(manager.getByLabel("Ihr Kommentar")).toHaveCount(0);
  });

  await test.step("the record says who said what, and prints without the frame", async () => {
    await manager.getByRole("link", { name: "Nachweis für die Akten" }).click();
    await expect(manager.getByRole("heading", { level: 1, name: "Nachweis über einen Antrag" })).toBeVisible();
    await expect(manager.getByRole("button", { name: "Drucken" })).toBeVisible();
    await manager.emulateMedia({ media: "print" });
    for (const hidden of [
      manager.getByRole("button", { name: "Drucken" }),
      manager.getByRole("navigation"),
      manager.getByRole("banner"),
      manager.getByRole("contentinfo"),
    ]) {
      await expect(hidden.filter({ visible: true })).toHaveCount(0);
    }
    const record = manager.getByRole("main");
    for (const text of [
      SCHOOL,
      "Der Elternbeirat möchte beim Schulfest helfen",
      "Nur für die vierten Klassen?",
      "Silke Rückert (OrganisationsAdmin) hat den Antrag zurückgezogen.",
      "Die Prüfsummen dieser Einträge wurden nachgerechnet und stimmen.",
    ]) {
      await expect(record.getByText(text).first()).toBeVisible();
    }
    await expect(record.getByText(/^[0-9a-f]{64}$/)).toHaveCount(3);
  });
});

test("another school's record is not there", async ({ browser }) => {
  const author = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  await author.goto(`/schools/${SCHOOL}/approvals`);
  const own = await author.getByRole("main").getByRole("link").first().getAttribute("href");
  const stranger = await signedIn(browser, demoCharacters.orgAdmin);
  await stranger.goto(`${own ?? ""}/record`);
  await expect(stranger.getByRole("heading", { name: "Diese Seite gibt es nicht" })).toBeVisible();
  expect(await stranger.content()).not.toContain("Elternbeirat möchte");
});
