/** The demo's OneRoster server must page, filter and fail like a real one, or the sync's tests prove nothing. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { buildDemoDirectory } from "./data/directory.ts";
import { demoCharacters } from "./data/people.ts";
import { LARGE_SCHOOL_ID, SMALL_SCHOOL_ID } from "./data/schools.ts";
import { type OneRosterServer, startOneRosterServer } from "./oneroster-server.ts";

const ROSTER = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly";
const credentials = { clientId: "console", clientSecret: "geheim+%:ü" };
const directory = buildDemoDirectory();
let server: OneRosterServer;
let token = "";

beforeAll(async () => {
  server = await startOneRosterServer({ port: 0, ...credentials, directory });
  token = await requestToken();
});
afterAll(() => server.stop());
afterEach(() => {
  server.setFailure("none");
  server.directory.reset();
  server.directory.purge();
});

const post = (form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(server.tokenUrl, {
    method: "POST",
    headers,
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(5_000),
  });

async function requestToken(scope = ROSTER): Promise<string> {
  const { clientId, clientSecret } = credentials;
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString("base64");
  const response = await post({ grant_type: "client_credentials", scope }, { Authorization: `Basic ${basic}` });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

const get = (path: string, bearer = token): Promise<Response> =>
  fetch(new URL(server.baseUrl + path), {
    headers: { Authorization: `Bearer ${bearer}` },
    signal: AbortSignal.timeout(5_000),
  });

const records = z.array(z.object({ sourcedId: z.string(), status: z.string(), dateLastModified: z.string() }));
async function list(path: string): Promise<z.infer<typeof records>> {
  const body = z.record(z.string(), records).parse(await (await get(path)).json());
  return Object.values(body)[0] ?? [];
}
const filtered = (path: string, filter: string) => list(`${path}?limit=5000&filter=${encodeURIComponent(filter)}`);

async function refusal(path: string): Promise<[status: number, codeMinor: string]> {
  const response = await get(path);
  const field = z.object({ imsx_codeMinorFieldValue: z.string() });
  const body = z.object({ imsx_CodeMinor: z.object({ imsx_codeMinorField: z.tuple([field]) }) });
  const [minor] = body.parse(await response.json()).imsx_CodeMinor.imsx_codeMinorField;
  return [response.status, minor.imsx_codeMinorFieldValue];
}

describe("tokens", () => {
  test("are given for credentials in the body too, and for known scopes only", async () => {
    const { clientId, clientSecret } = credentials;
    const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
    expect((await post({ ...form, scope: ROSTER })).status).toBe(200);
    expect((await post({ ...form, scope: "everything" })).status).toBe(400);
    expect((await post(form)).status).toBe(400);
    expect((await post({ ...form, client_secret: "falsch", scope: ROSTER })).status).toBe(401);
    expect((await post({ ...form, grant_type: "password", scope: ROSTER })).status).toBe(400);
  });

  test("open rosters only with a roster scope, and end", async () => {
    const other = await requestToken("https://purl.imsglobal.org/spec/or/v1p1/scope/resource.readonly");
    expect((await get("/orgs", other)).status).toBe(403);
    expect((await get("/orgs", "unknown")).status).toBe(401);
    const brief = await startOneRosterServer({ port: 0, ...credentials, directory, tokenLifetimeSeconds: 0 });
    try {
      const form = { grant_type: "client_credentials", client_id: "console", client_secret: credentials.clientSecret };
      const issued = await fetch(brief.tokenUrl, {
        method: "POST",
        body: new URLSearchParams({ ...form, scope: ROSTER }),
      });
      const { access_token } = z.object({ access_token: z.string() }).parse(await issued.json());
      const response = await fetch(`${brief.baseUrl}/orgs`, { headers: { Authorization: `Bearer ${access_token}` } });
      expect(response.status).toBe(401);
    } finally {
      await brief.stop();
    }
  });
});

describe("lists", () => {
  test("follow Link from page to page and give everybody once", async () => {
    const seen: string[] = [];
    let next: string | undefined = `${server.baseUrl}/users?limit=300`;
    while (next !== undefined) {
      const response: Response = await fetch(next, { headers: { Authorization: `Bearer ${token}` } });
      expect(response.headers.get("x-total-count")).toBe(String(directory.users.length));
      seen.push(
        ...z
          .object({ users: records })
          .parse(await response.json())
          .users.map((user) => user.sourcedId),
      );
      next = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    }
    expect(seen).toEqual(directory.users.map((user) => user.sourcedId));
  });

  test("default to 100 records, and are empty behind the end", async () => {
    expect(await list("/users")).toHaveLength(100);
    expect(await list(`/users?offset=${String(directory.users.length)}`)).toEqual([]);
  });

  test("come without headers from a server that has none", async () => {
    const bare = await startOneRosterServer({
      port: 0,
      ...credentials,
      directory,
      totalCountHeader: false,
      linkHeader: false,
    });
    try {
      const form = { grant_type: "client_credentials", client_id: "console", client_secret: credentials.clientSecret };
      const issued = await fetch(bare.tokenUrl, {
        method: "POST",
        body: new URLSearchParams({ ...form, scope: ROSTER }),
      });
      const { access_token } = z.object({ access_token: z.string() }).parse(await issued.json());
      const response = await fetch(`${bare.baseUrl}/users`, { headers: { Authorization: `Bearer ${access_token}` } });
      expect([response.status, response.headers.get("link"), response.headers.get("x-total-count")]).toEqual([
        200,
        null,
        null,
      ]);
    } finally {
      await bare.stop();
    }
  });

  test("of a school hold its people, classes and enrollments", async () => {
    expect(await list(`/schools/${SMALL_SCHOOL_ID}/users?limit=1000`)).toHaveLength(120);
    expect(await list(`/schools/${LARGE_SCHOOL_ID}/classes`)).toHaveLength(34);
    const enrollments = await list(`/schools/${SMALL_SCHOOL_ID}/enrollments?limit=1000`);
    expect(enrollments.every((record) => record.sourcedId.startsWith(`${SMALL_SCHOOL_ID},`))).toBe(true);
    expect(await refusal("/schools/DE-RP-SN-1/users")).toEqual([404, "unknownobject"]);
  });

  test("give single records in the singular", async () => {
    const body: unknown = await (await get(`/schools/${LARGE_SCHOOL_ID}`)).json();
    expect(body).toEqual({ org: directory.orgs[0] });
  });
});

describe("filters", () => {
  const pivot = directory.users[700]?.dateLastModified ?? "";

  test("compare times to the microsecond", async () => {
    expect(await filtered("/users", `dateLastModified>'${pivot}'`)).toHaveLength(directory.users.length - 701);
    expect(await filtered("/users", `dateLastModified>='${pivot}'`)).toHaveLength(directory.users.length - 700);
    expect(await filtered("/users", `dateLastModified<'${pivot}'`)).toHaveLength(700);
    expect(await filtered("/users", `dateLastModified<='${pivot}'`)).toHaveLength(701);
    expect(await filtered("/users", `dateLastModified='${pivot}'`)).toHaveLength(1);
    expect(await filtered("/users", "dateLastModified>'2026-08-02'")).toHaveLength(directory.users.length);
  });

  test("join two clauses by AND or OR", async () => {
    server.directory.removePerson(demoCharacters.pupilA.subject);
    expect(await filtered("/users", "status='tobedeleted' AND role='student'")).toHaveLength(1);
    expect(await filtered("/users", "status='tobedeleted' AND role='teacher'")).toHaveLength(0);
    expect(await filtered("/users", "username='lena.schroeder' OR username~'OEZTUERK'")).not.toHaveLength(1);
  });

  test.each([
    ["/users?filter=nonsense", [400, "invalid_filter_field"]],
    ["/users?filter=colour='red'", [400, "invalid_filter_field"]],
    ["/users?filter=metadata='red'", [400, "invalid_filter_field"]],
    ["/users?filter=dateLastModified>'gestern'", [400, "invalid_filter_field"]],
    ["/users?filter=role='a' AND role='b' AND role='c'", [400, "invalid_filter_field"]],
    ["/users?sort=colour", [400, "invalid_sort_field"]],
    ["/users?fields=colour", [400, "invalid_selection_field"]],
    ["/users?limit=0", [400, "invaliddata"]],
    ["/users?offset=-1", [400, "invaliddata"]],
    ["/nonsense", [404, "unknownobject"]],
  ] as const)("%s is refused in OneRoster's words", async (path, expected) => {
    expect(await refusal(path)).toEqual(expected);
  });
});

describe("a change", () => {
  test("shows in the next incremental read, with what hangs on it", async () => {
    const newest = [...directory.users, ...directory.enrollments]
      .map((record) => record.dateLastModified)
      .sort()
      .at(-1);
    const since = `dateLastModified>'${newest ?? ""}'`;
    const { pupilA, teacher } = demoCharacters;
    server.directory.removePerson(pupilA.subject);
    server.directory.renamePerson(teacher.subject, { familyName: "Köhler-Groß" });
    const added = server.directory.addPerson({
      username: "neue.person",
      givenName: "Neue",
      familyName: "Person",
      roles: [{ org: SMALL_SCHOOL_ID, role: "secretariat" }],
    });
    const changed = await filtered("/users", since);
    expect(changed.map((user) => [user.sourcedId, user.status])).toEqual([
      [teacher.subject, "active"],
      [pupilA.subject, "tobedeleted"],
      [added.sourcedId, "active"],
    ]);
    const enrollments = await filtered("/enrollments", since);
    expect(enrollments.length).toBeGreaterThan(0);
    expect(enrollments.every((record) => record.status === "tobedeleted")).toBe(true);
  });

  test("is undone by a reset that an incremental reader notices, and purged people are gone", async () => {
    server.directory.removePerson(demoCharacters.guardian.subject);
    const removedAt = server.directory.current.users.find((user) => user.status === "tobedeleted")?.dateLastModified;
    server.directory.reset();
    const back = await filtered("/users", `dateLastModified>'${removedAt ?? ""}'`);
    expect(back.map((user) => [user.sourcedId, user.status])).toEqual([[demoCharacters.guardian.subject, "active"]]);
    server.directory.removePerson(demoCharacters.guardian.subject);
    server.directory.purge();
    expect((await get(`/users/${demoCharacters.guardian.subject}`)).status).toBe(404);
  });
});

describe("a failure", () => {
  test("is a page, a broken connection or a request to wait", async () => {
    server.setFailure("html");
    expect((await get("/users")).headers.get("content-type")).toContain("text/html");
    server.setFailure("down");
    await expect(get("/users")).rejects.toThrow();
    server.setFailure("rate-limited", { forRequests: 1 });
    const busy = await get("/users");
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await get("/users")).status).toBe(200);
  });

  test("can come in the middle of a read", async () => {
    server.setFailure("down", { afterRequests: 1 });
    expect((await get("/users")).status).toBe(200);
    await expect(get("/users?offset=100")).rejects.toThrow();
  });
});
