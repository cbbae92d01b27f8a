// Another school's secrets appear nowhere: every page, its payload, every route and every action are asked for by the
// administrator of the other school, with ids that exist, and the whole answers are searched.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type APIResponse, type Page } from "@playwright/test";
import { demoCharacters } from "#demo/data/people.ts";
import { sourcedIdFor } from "#demo/data/records.ts";
import { classTitle, LARGE_SCHOOL_ID, SMALL_SCHOOL_ID } from "#demo/data/schools.ts";
import { builtActions, callServerAction, writtenActions } from "./actions.ts";
import { openMatrix, signedIn, submitChange, submitRequest, withdrawRequest } from "./console.ts";
import { withDatabase } from "./database.ts";
import { CONSOLE_URL } from "./system.ts";
import { test } from "./test.ts";

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
/** A pupil and a class of the school, as they stand in the directory. */
const PUPIL = demoCharacters.smallSchoolPupil.subject;
const GROUP = sourcedIdFor("class", `${SCHOOL}:${classTitle("3a")}`);
/** Anything will do where there is no such thing at the school. */
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";
/** A request to switch the announcements on, open for the length of the test. */
const SWITCH_REQUEST_ID = "5e1f0f5e-0000-4000-8000-000000000001";
const REASON = "Das geht mich eigentlich nichts an";

/** What exists at the school, and a stranger may have got hold of. */
type Known = {
  readonly requestId: string;
  readonly contentHash: string;
  readonly reviewId: string;
  readonly roomId: string;
  readonly personId: string;
  /** Of a room that the console keeps. */
  readonly alias: string;
};

const toRequest = ({ requestId }: Known, schoolId: string) => ({ schoolId, requestId });
const toPerson = ({ personId }: Known) => ({ personId });

const toCase = { caseId: UNKNOWN_ID, version: 1 };

/** Each action with the school's ids, under its name and under the stranger's own school's. */
const ACTIONS: Readonly<Record<string, (known: Known, schoolId: string) => object>> = {
  submitChange: (_known, schoolId) => ({
    schoolId,
    baseVersion: 1,
    edits: [{ key: "teacher>guardian", allowed: false }],
    ends: [],
    reason: REASON,
    endsOn: null,
  }),
  approveRequest: (known, schoolId) => ({ ...toRequest(known, schoolId), contentHash: known.contentHash }),
  rejectRequest: (known, schoolId) => ({ ...toRequest(known, schoolId), reason: REASON }),
  withdrawRequest: toRequest,
  commentOnRequest: (known, schoolId) => ({ ...toRequest(known, schoolId), text: REASON }),
  startRoomReview: (_known, schoolId) => ({ schoolId }),
  makeRoomsReadOnly: ({ reviewId }, schoolId) => ({ schoolId, reviewId, rooms: "all" }),
  makeRoomsWritable: ({ roomId }, schoolId) => ({ schoolId, rooms: [roomId] }),
  tryRoomsAgain: ({ roomId }, schoolId) => ({ schoolId, rooms: [roomId] }),
  setSchoolSwitch: (_known, schoolId) => ({ schoolId, name: "space", on: true }),
  setChannelMode: ({ alias }, schoolId) => ({ schoolId, alias, twoWay: true }),
  retryProvisioning: ({ alias }, schoolId) => ({ schoolId, what: { kind: "room", alias } }),
  approveSwitch: () => ({ requestId: SWITCH_REQUEST_ID }),
  rejectSwitch: () => ({ requestId: SWITCH_REQUEST_ID, reason: REASON }),
  withdrawSwitch: () => ({ requestId: SWITCH_REQUEST_ID }),
  setStateSwitch: (_known, schoolId) => ({ schoolId, on: false }),
  requestSync: (_known, schoolId) => ({ schoolId, dryRun: true }),
  requestStateSync: () => ({ dryRun: true }),
  releaseHeldChanges: (_known, schoolId) => ({ schoolId, holds: ["1"] }),
  proposeFrame: () => ({
    baseVersion: 1,
    edits: {
      cells: { "teacher>guardian": { allowed: false, locked: false, reason: null, sensitive: false } },
      settings: {},
    },
    reason: REASON,
  }),
  approveFrame: ({ contentHash }) => ({ proposalId: UNKNOWN_ID, contentHash }),
  rejectFrame: () => ({ proposalId: UNKNOWN_ID, reason: REASON }),
  withdrawFrame: () => ({ proposalId: UNKNOWN_ID }),
  grantSupport: toPerson,
  proposeLandAdmin: ({ personId }) => ({ personId, reason: REASON }),
  confirmLandAdmin: toPerson,
  dropLandAdminProposal: toPerson,
  removeConsoleRole: ({ personId }) => ({ personId, role: "support" }),
  endConsoleAccess: ({ personId }) => ({ personId, reason: REASON }),
  restoreConsoleAccess: toPerson,
  assignCase: () => ({ ...toCase, to: { kind: "me" } }),
  correctCase: () => ({ ...toCase, category: "spam" }),
  noteCase: () => ({ caseId: UNKNOWN_ID, text: REASON }),
  waitCase: () => ({ ...toCase, until: "2099-01-01", text: REASON }),
  resumeCase: () => toCase,
  resolveCase: () => ({ ...toCase, outcome: "noViolation", text: REASON }),
  reopenCase: () => ({ ...toCase, text: REASON }),
  closeCases: () => ({ cases: [toCase], outcome: "noViolation", text: REASON }),
  mergeCase: () => ({ ...toCase, intoNumber: 1 }),
  splitCase: () => ({ ...toCase, reportIds: [UNKNOWN_ID] }),
  escalateCase: () => ({ ...toCase, message: REASON }),
  releaseToSchool: () => ({ ...toCase, what: "reporter", reason: REASON }),
  answerEscalation: () => ({ escalationId: UNKNOWN_ID, text: REASON, wanted: [] }),
  openEvidence: () => ({ caseId: UNKNOWN_ID, evidenceId: UNKNOWN_ID }),
  openReleased: () => ({ escalationId: UNKNOWN_ID, evidenceId: UNKNOWN_ID }),
  saveView: () => ({ name: "Fremd", query: "" }),
  removeView: () => ({ viewId: UNKNOWN_ID }),
  requestMeasure: () => ({ ...toCase, kind: "warn", targets: ["@u-x:localhost"], text: REASON }),
  confirmMeasure: () => ({ measureId: UNKNOWN_ID }),
  takeMeasureBack: () => ({ measureId: UNKNOWN_ID }),
  retryMeasure: () => ({ measureId: UNKNOWN_ID }),
  setHold: () => ({ ...toCase, reason: REASON }),
  liftHold: () => toCase,
  setCaseNotices: () => ({ severe: true, overdue: true, digest: true, quietUntil: null }),
};
/** They name no school and no person. */
const WITHOUT_RESOURCE = ["chooseLocale"];
/** Their only id is the school's: under one's own it is one's own right. */
const ONLY_SCHOOL = ["submitChange", "startRoomReview", "setSchoolSwitch", "requestSync"];
/** What the state decides, whatever school is in the address. */
const OF_STATE = "app/(console)/(home)";

async function findKnown(requestId: string): Promise<Known> {
  return await withDatabase(async (client) => {
    const request = await client.query<{ content_hash: string }>(
      "SELECT content_hash FROM change_request WHERE id = $1",
      [requestId],
    );
    const review = await client.query<{ id: string }>(
      "SELECT id FROM room_review WHERE school_id = $1 AND finished_at IS NOT NULL LIMIT 1",
      [SCHOOL],
    );
    const room = await client.query<{ room_id: string }>(
      "SELECT room_id FROM room_record WHERE school_id = $1 LIMIT 1",
      [SCHOOL],
    );
    const managed = await client.query<{ alias: string }>(
      "SELECT alias FROM managed_room WHERE school_id = $1 AND kind = 'channel' LIMIT 1",
      [SCHOOL],
    );
    return {
      requestId,
      alias: managed.rows[0]?.alias ?? "unknown",
      contentHash: request.rows[0]?.content_hash ?? "",
      reviewId: review.rows[0]?.id ?? UNKNOWN_ID,
      roomId: room.rows[0]?.room_id ?? "!unknown:localhost",
      personId: demoCharacters.smallSchoolManager.subject,
    };
  });
}

/** Whatever an action could leave behind at the school. */
async function traces(): Promise<unknown> {
  return await withDatabase(async (client) => {
    const { rows } = await client.query<Record<string, unknown>>(
      `SELECT (SELECT count(*) FROM policy_version WHERE school_id = $1) AS versions,
        (SELECT count(*) FROM change_request WHERE school_id = $1 AND status = 'pending') AS open_requests,
        (SELECT count(*) FROM change_request_comment) AS comments,
        (SELECT count(*) FROM room_review WHERE school_id = $1) AS reviews,
        (SELECT count(*) FROM room_protection WHERE school_id = $1) AS protections,
        (SELECT json_agg(s) FROM school s WHERE id = $1) AS switches,
        (SELECT status FROM switch_request WHERE id = $2) AS switch_request,
        (SELECT count(*) FROM managed_room WHERE school_id = $1 AND two_way) AS two_way,
        (SELECT count(*) FROM sync_hold WHERE released_by_id IS NOT NULL) AS released,
        (SELECT count(*) FROM console_role_grant) AS console_roles,
        (SELECT count(*) FROM console_access_block) AS blocks,
        (SELECT max(version) FROM policy_frame) AS frame,
        (SELECT count(*) FROM audit_entry WHERE scope = $1) AS entries`,
      [SCHOOL, SWITCH_REQUEST_ID],
    );
    return rows;
  });
}

/** Somebody of the school asks for the announcements, for as long as `work` takes. */
async function withSwitchRequest(work: () => Promise<void>): Promise<void> {
  await withDatabase((client) =>
    client.query(
      `INSERT INTO switch_request (id, school_id, switch_name, author_id, author_role, reason, expires_at)
       VALUES ($1, $2, 'announcements', $3, 'orgAdmin', $4, now() + interval '1 hour')`,
      [SWITCH_REQUEST_ID, SCHOOL, demoCharacters.smallSchoolOrgAdmin.subject, SECRET],
    ),
  );
  try {
    await work();
  } finally {
    await withDatabase(async (client) => {
      await client.query("BEGIN");
      await client.query("SET LOCAL session_replication_role = replica");
      await client.query("DELETE FROM switch_request WHERE id = $1", [SWITCH_REQUEST_ID]);
      await client.query("COMMIT");
    });
  }
}

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
  if (name === "[personId]") return `/${PUPIL}`;
  if (name === "[groupId]") return `/${GROUP}`;
  if (/^\[(seq|number|version|from|to)\]$/.test(name)) return "/1";
  return name.startsWith("[") ? `/${UNKNOWN_ID}` : `/${name}`;
}

const QUERIES: Readonly<Record<string, string>> = {
  "/matrix/summary": "?base=1&on=student%3Estudent",
  "/switches/change": "?name=announcements&to=on",
  "/audit": `?person=a&before=99999`,
  "/addressbook": "?q=Bl%C3%BCmel&open=student",
  "/addressbook/why": `?from=${PUPIL}&to=${demoCharacters.smallSchoolOrgAdmin.subject}`,
  "/addressbook/export": `?group=${GROUP}`,
};

/** "provisioning/held" of "app/(console)/schools/[schoolId]/provisioning/held/page". */
const placeOf = (page: string): string => page.split("/").slice(4, -1).join("/").replace(/\[.*$/, UNKNOWN_ID);

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

  await test.step("something worth keeping secret happens at the school", async () => {
    await submitChange(admin, SCHOOL, [SECRETARIAT_TO_COUNCIL], `${SECRET}: nur für diese Schule`);
    await admin.goto(`/schools/${SCHOOL}/audit`);
    await expect(admin.getByText(SECRET).first()).toBeAttached();
  });

  await test.step("every page and route of the school", async () => {
    const routes = routesBelow("app/(console)/schools", "/schools");
    expect(routes.length).toBeGreaterThan(5);
    await withSwitchRequest(async () => {
      for (const route of routes) await expectSilence(stranger, route);
    });
  });

  await test.step("pages about everything, and the questions that pages ask by themselves", async () => {
    for (const route of routesBelow("app/(console)/(home)")) await expectSilence(stranger, route);
    const { request } = stranger.context();
    for (const path of [
      "/api/overview",
      `/api/overview?q=Weinberg`,
      `/api/audit/verify?scope=${SCHOOL}&after=0`,
      "/api/audit/verify?scope=state&after=0",
      "/api/reports",
      `/api/reports/${UNKNOWN_ID}`,
      `/api/schools/${SCHOOL}/addressbook/folder?folder=student`,
      `/api/schools/${SCHOOL}/addressbook/folder?folder=groups&as=teacher`,
      `/api/schools/${SCHOOL}/addressbook/members?group=${GROUP}`,
      `/api/schools/${SCHOOL}/addressbook/search?group=${GROUP}`,
      `/api/schools/${SCHOOL}/addressbook/search?q=Bl%C3%BCmel`,
      // somebody of the small school, asked for at the stranger's own, where others have the same family name
      `/api/schools/${LARGE_SCHOOL_ID}/addressbook/search?q=Bl%C3%BCmel%20Mats`,
      `/api/schools/${LARGE_SCHOOL_ID}/addressbook/search?group=${GROUP}`,
      `/api/schools/${LARGE_SCHOOL_ID}/addressbook/members?group=${GROUP}`,
      `/api/schools/${LARGE_SCHOOL_ID}/addressbook/folder?folder=student&as=person:${PUPIL}`,
      `/schools/${LARGE_SCHOOL_ID}/addressbook?as=person:${PUPIL}`,
      `/schools/${LARGE_SCHOOL_ID}/addressbook/people/${PUPIL}`,
      `/schools/${LARGE_SCHOOL_ID}/addressbook/groups/${GROUP}`,
      `/schools/${LARGE_SCHOOL_ID}/addressbook/export?group=${GROUP}`,
      `/schools/${LARGE_SCHOOL_ID}/addressbook/why?from=${PUPIL}`,
      `/api/schools/${SCHOOL}/provisioning`,
      `/api/schools/${SCHOOL}/rooms`,
    ]) {
      await expectNoSecret(await request.get(path), `GET ${path}`);
    }
    expect((await request.get(`/api/audit/verify?scope=${SCHOOL}&after=0`)).status()).toBe(404);
  });

  await test.step("lists are not handed out, under whichever school's name they are asked for", async () => {
    const { request } = stranger.context();
    const exports = () =>
      withDatabase(async (client) => {
        const { rows } = await client.query("SELECT 1 FROM audit_entry WHERE type = 'addressListExported'");
        return rows.length;
      });
    const before = await exports();
    for (const [schoolId, list] of [
      [SCHOOL, { role: "student" }],
      [SCHOOL, { group: GROUP }],
      [LARGE_SCHOOL_ID, { group: GROUP }],
    ] as const) {
      const path = `/schools/${schoolId}/addressbook/export/file`;
      const answer = await request.post(path, { maxRedirects: 0, form: { ...list, reason: REASON } });
      await expectNoSecret(answer, `POST ${path}`);
      expect(answer.status(), path).toBe(303);
      expect(answer.headers()["location"], path).toContain("problem=notFound");
    }
    expect(await exports()).toBe(before);
  });

  await test.step("the stranger's own school is as open as ever, and the small school as it was", async () => {
    await openMatrix(stranger, LARGE_SCHOOL_ID);
    await submitChange(admin, SCHOOL, [SECRETARIAT_TO_COUNCIL], `${SECRET}: wie vorher`);
  });
});

test("no action takes another school's ids, under whichever school's name they are sent", async ({ browser }) => {
  test.setTimeout(300_000);
  const admin = await signedIn(browser, demoCharacters.smallSchoolOrgAdmin);
  const stranger = await signedIn(browser, demoCharacters.orgAdmin);
  const nobody = await browser.newContext({ baseURL: CONSOLE_URL });
  const path = await submitRequest(admin, SCHOOL, ["parentsCouncil>student"], `${SECRET}: noch ein Geheimnis`);
  const known = await findKnown(path.split("/").at(-1) ?? "");
  const built = builtActions();

  expect(writtenActions(), "each action has its case here").toEqual(
    [...Object.keys(ACTIONS), ...WITHOUT_RESOURCE].toSorted(),
  );
  await withSwitchRequest(async () => {
    const before = await traces();
    for (const [name, inputOf] of Object.entries(ACTIONS)) {
      const action = built.find((candidate) => candidate.name === name);
      if (action === undefined) throw new Error(`${name} is not in the build`);
      const addressOf = (schoolId: string) =>
        action.page.startsWith(OF_STATE) ? "/" : `/schools/${schoolId}/${placeOf(action.page)}`;
      const schools =
        ONLY_SCHOOL.includes(name) || action.page.startsWith(OF_STATE) ? [SCHOOL] : [SCHOOL, LARGE_SCHOOL_ID];
      for (const schoolId of schools) {
        const what = `${name} as ${schoolId}`;
        const answer = await callServerAction(
          stranger.context().request,
          action,
          addressOf(schoolId),
          inputOf(known, schoolId),
        );
        await expectNoSecret(answer, what);
        expect(await answer.text(), what).toContain('"code":"notFound"');
      }
      const signedOut = await callServerAction(nobody.request, action, addressOf(SCHOOL), inputOf(known, SCHOOL));
      await expectNoSecret(signedOut, `${name}, signed out`);
      expect(await signedOut.text(), `${name}, signed out`).not.toContain('"ok":true');
    }
    expect(await traces()).toEqual(before);
  });
  await withdrawRequest(admin, path);
});
