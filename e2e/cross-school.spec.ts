// Another school's secrets appear nowhere: every page, its payload, every route and a replayed action are asked for by the
// administrator of the other school, and the whole answers are searched.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type APIResponse, type Page, type Request } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { LARGE_SCHOOL_ID, SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { openMatrix, signedIn, submitChange } from "./console.ts";

const SCHOOL = SMALL_SCHOOL_ID;
const SECRET = `Geheim-${Date.now().toString(36)}`;
const SECRETARIAT_TO_COUNCIL = /^Mitarbeitende des Sekretariats dürfen Mitglieder des Elternbeirats anschreiben/;
/** What must not be told: the reason, who acted, and the school's name. */
const SECRETS = [
  SECRET,
  demoCharacters.smallSchoolOrgAdmin.familyName,
  demoCharacters.smallSchoolManager.familyName,
  demoCharacters.smallSchoolPupil.familyName,
  "Grundschule Am Weinberg",
];
/** Anything will do where an id of the school is not known from outside. */
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

type Route = { readonly path: string; readonly kind: "page" | "route" };

/** Every page and route handler below a folder of app/, with the school's id in its place. */
function routesBelow(folder: string, path = ""): Route[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): Route[] => {
    if (entry.isFile()) {
      if (entry.name === "page.tsx") return [{ path: path === "" ? "/" : path, kind: "page" }];
      return entry.name === "route.ts" ? [{ path, kind: "route" }] : [];
    }
    return routesBelow(join(folder, entry.name), path + segmentOf(entry.name));
  });
}

function segmentOf(name: string): string {
  if (name.startsWith("(")) return "";
  if (name === "[schoolId]") return `/${SCHOOL}`;
  if (/^\[(seq|number|version|from|to)\]$/.test(name)) return "/1";
  return name.startsWith("[") ? `/${UNKNOWN_ID}` : `/${name}`;
}

const QUERIES: Readonly<Record<string, string>> = {
  "/matrix/summary": "?base=1&on=student%3Estudent",
  "/audit": `?person=a&before=99999`,
  "/addressbook": "?q=Bl%C3%BCmel&open=student",
  "/addressbook/why": `?from=${demoCharacters.smallSchoolPupil.subject}&to=${demoCharacters.smallSchoolOrgAdmin.subject}`,
};

async function expectNoSecret(answer: APIResponse, what: string): Promise<void> {
  const text = `${JSON.stringify(answer.headers())}\n${await answer.text()}`;
  for (const secret of SECRETS) expect(text.includes(secret), `${what} tells "${secret}"`).toBe(false);
}

async function expectSilence(stranger: Page, { path, kind }: Route): Promise<void> {
  const query = QUERIES[path.replace(`/schools/${SCHOOL}`, "")] ?? "";
  const target = path + query;
  const { request } = stranger.context();
  await expectNoSecret(await request.get(target, { maxRedirects: 0 }), `GET ${target}`);
  await expectNoSecret(await request.get(target, { maxRedirects: 0, headers: { rsc: "1" } }), `payload of ${target}`);
  if (kind === "route") {
    await expectNoSecret(await request.post(target, { maxRedirects: 0, form: { scope: SCHOOL } }), `POST ${target}`);
  }
}

test("the administrator of another school learns nothing, on any page, in any payload, by any action", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const admin = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  const stranger = await signedIn(browser, demoCharacters.orgAdmin);

  let sent: Request | undefined;
  admin.on("request", (request) => {
    if (request.method() === "POST" && request.headers()["next-action"] !== undefined) sent = request;
  });
  await test.step("something worth keeping secret happens at the school", async () => {
    await submitChange(admin, SCHOOL, [SECRETARIAT_TO_COUNCIL], `${SECRET}: nur für diese Schule`);
    await admin.goto(`/schools/${SCHOOL}/audit`);
    await expect(admin.getByText(SECRET).first()).toBeAttached();
  });

  await test.step("every page and route of the school", async () => {
    const routes = routesBelow("app/(console)/schools", "/schools");
    expect(routes.length).toBeGreaterThan(5);
    for (const route of routes) await expectSilence(stranger, route);
  });

  await test.step("pages about everything, and the questions that pages ask by themselves", async () => {
    for (const route of routesBelow("app/(console)/(home)")) await expectSilence(stranger, route);
    const { request } = stranger.context();
    for (const path of [
      "/api/overview",
      `/api/overview?q=Weinberg`,
      `/api/audit/verify?scope=${SCHOOL}&after=0`,
      "/api/audit/verify?scope=state&after=0",
      `/api/schools/${SCHOOL}/addressbook/folder?folder=student`,
      `/api/schools/${SCHOOL}/addressbook/folder?folder=groups&as=teacher`,
      `/api/schools/${SCHOOL}/addressbook/members?group=${UNKNOWN_ID}`,
      `/api/schools/${SCHOOL}/addressbook/search?q=Bl%C3%BCmel`,
      // somebody of the small school, asked for at the stranger's own
      `/api/schools/${LARGE_SCHOOL_ID}/addressbook/search?q=Bl%C3%BCmel`,
      `/api/schools/${LARGE_SCHOOL_ID}/addressbook/folder?folder=student&as=person:${demoCharacters.smallSchoolPupil.subject}`,
      `/schools/${LARGE_SCHOOL_ID}/addressbook/people/${demoCharacters.smallSchoolPupil.subject}`,
      `/schools/${LARGE_SCHOOL_ID}/addressbook/why?from=${demoCharacters.smallSchoolPupil.subject}`,
    ]) {
      await expectNoSecret(await request.get(path), `GET ${path}`);
    }
    expect((await request.get(`/api/audit/verify?scope=${SCHOOL}&after=0`)).status()).toBe(404);
  });

  await test.step("the administrator's own request, sent again by the stranger", async () => {
    if (!sent) throw new Error("no action was seen");
    const headers = sent.headers();
    const action = headers["next-action"] ?? "";
    const answer = await stranger.context().request.post(sent.url(), {
      headers: {
        "next-action": action,
        accept: "text/x-component",
        "content-type": headers["content-type"] ?? "text/plain;charset=UTF-8",
      },
      data: sent.postDataBuffer() ?? Buffer.alloc(0),
    });
    await expectNoSecret(answer, "the replayed action");
    expect(await answer.text()).toContain("notFound");
  });

  await test.step("the stranger's own school is as open as ever, and the small school as it was", async () => {
    await openMatrix(stranger, LARGE_SCHOOL_ID);
    await submitChange(admin, SCHOOL, [SECRETARIAT_TO_COUNCIL], `${SECRET}: wie vorher`);
  });
});
