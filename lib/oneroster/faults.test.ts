// Guarantee: whatever a source does wrong, nothing of a broken list is taken for a whole one, and no read is endless.
import { createServer } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { close, listen } from "#demo/http.ts";
import { startOneRosterServer, type OneRosterServer, type OneRosterServerOptions } from "#demo/oneroster-server.ts";
import { FAILURES } from "#demo/oneroster/failures.ts";
import { buildSmallDirectory, SCHOOL } from "#test/small-directory.ts";
import { createOneRosterClient, type DirectoryPull } from "./client.ts";
import { parseDate } from "./dates.ts";
import type { OneRosterOptions } from "./options.ts";

const credentials = { clientId: "console", clientSecret: "small directory+%" };
const servers: OneRosterServer[] = [];

async function start(
  options: Partial<OneRosterServerOptions> = {},
  settings: Partial<OneRosterOptions> = {},
): Promise<{ readonly server: OneRosterServer; readonly pull: DirectoryPull }> {
  const { directory } = buildSmallDirectory();
  const server = await startOneRosterServer({ port: 0, directory, ...credentials, ...options });
  servers.push(server);
  const client = createOneRosterClient({
    baseUrl: server.baseUrl,
    tokenUrl: server.tokenUrl,
    ...credentials,
    ...settings,
  });
  return { server, pull: client.pull() };
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const codes = {
  html: "notOneRoster",
  down: "unreachable",
  "rate-limited": "rateLimited",
  "half-page": "unreachable",
  "wrong-type": "notOneRoster",
  "error-body": "notOneRoster",
  "server-error": "serverError",
} as const;

describe("a fault for good", () => {
  test.each(Object.entries(codes))("%s is %s", async (failure, code) => {
    const { server, pull } = await start();
    const known = FAILURES.find((name) => name === failure) ?? "none";
    server.setFailure(known);
    // the token endpoint fails too
    await expect(pull.schools()).rejects.toMatchObject({ code: expect.stringMatching(code) as unknown });
  });

  test("a server that does not answer in time", async () => {
    const { server } = await start();
    const client = createOneRosterClient({
      ...credentials,
      baseUrl: server.baseUrl,
      tokenUrl: server.tokenUrl,
      requestTimeoutMs: 100,
    });
    server.setFailure("silent");
    await expect(client.pull().schools()).rejects.toMatchObject({ code: "unreachable" });
  });
});

describe("a fault that passes", () => {
  test.each(["rate-limited", "server-error"] as const)("%s is waited for", async (failure) => {
    const { server, pull } = await start();
    server.setFailure(failure, { forRequests: 1 });
    expect((await pull.schools()).records).toHaveLength(1);
  });

  test("a token that ends in the middle of a list is renewed", async () => {
    const { server, pull } = await start({}, { pageSize: 2 });
    const ids: string[] = [];
    for await (const page of pull.allUsers()) {
      ids.push(...page.records.map((user) => user.id));
      server.revokeTokens();
    }
    expect(new Set(ids).size).toBe(6);
  });
});

describe("a list", () => {
  test("that holds a record twice on one page gives it once, with a problem", async () => {
    const { server, pull } = await start();
    const [first] = server.directory.current.users;
    if (first !== undefined) server.directory.current.users.push({ ...first, givenName: "Später" });
    const users = await pull.users(SCHOOL);
    expect(users?.records).toHaveLength(6);
    expect(users?.records.find((user) => user.id === first?.sourcedId)?.givenName).toBe("Später");
    expect(users?.problems).toMatchObject([{ recordId: first?.sourcedId, reason: "duplicateId" }]);
  });

  test.each([{}, { totalCountHeader: false, linkHeader: false }])(
    "that holds a record twice on two pages gives it once, with a problem, by %o",
    async (headers) => {
      const { server, pull } = await start(headers, { pageSize: 2 });
      const [first] = server.directory.current.users;
      if (first !== undefined) server.directory.current.users.push({ ...first, givenName: "Später" });
      const users = await pull.users(SCHOOL);
      expect(users?.records).toHaveLength(6);
      expect(users?.records[0]).toMatchObject({ id: first?.sourcedId, givenName: first?.givenName });
      expect(users?.problems).toMatchObject([{ recordId: first?.sourcedId, reason: "duplicateId" }]);
    },
  );

  test("of which a record slips to another page while it is read fails: another one may have been missed", async () => {
    const { server, pull } = await start({}, { pageSize: 2 });
    const { users } = server.directory.current;
    const pages = pull.allUsers()[Symbol.asyncIterator]();
    await pages.next();
    // the last of the first page is the first of the second now, and the one after it has come before both
    const [first, second, third] = users.splice(0, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("too few");
    users.unshift(third, first, second);
    await expect(pages.next()).rejects.toMatchObject({ code: "incomplete" });
  });

  test("of a server that ignores the offset fails, whether it says how many there are or not", async () => {
    const answers = [{ "X-Total-Count": "6" }, {}];
    for (const headers of answers) {
      const body = { users: [{ sourcedId: "a" }, { sourcedId: "b" }] };
      const served = createServer((request, response) => {
        response.writeHead(200, { "Content-Type": "application/json", ...headers });
        response.end(JSON.stringify(request.method === "POST" ? { access_token: "t", expires_in: 60 } : body));
      });
      const port = await listen(served, 0);
      const url = `http://127.0.0.1:${String(port)}`;
      const client = createOneRosterClient({ ...credentials, baseUrl: url, tokenUrl: url, pageSize: 2 });
      await expect(client.pull().users(SCHOOL)).rejects.toMatchObject({ code: "incomplete" });
      await close(served);
    }
  });

  test("keeps numeric and upper-case ids as they are, and leaves out one name of 10 MB", async () => {
    const { server, pull } = await start();
    const [first, second, third] = server.directory.current.users;
    Object.assign(first ?? {}, { sourcedId: 4711 });
    Object.assign(second ?? {}, { sourcedId: "ID-GROSS" });
    Object.assign(third ?? {}, { familyName: "x".repeat(10_000_000) });
    const users = await pull.users(SCHOOL);
    expect(users?.records.map((user) => user.id)).toEqual(expect.arrayContaining(["4711", "ID-GROSS"]));
    expect(users?.problems).toMatchObject([{ recordId: third?.sourcedId, reason: "unreadable: familyName" }]);
  });

  test("of what changed also names what is to be deleted, and never as active", async () => {
    const { server, pull } = await start();
    const since = new Date();
    const [first] = server.directory.current.users;
    server.directory.removePerson(first?.sourcedId ?? "");
    const changed = await pull.users(SCHOOL, since);
    expect(changed?.records).toMatchObject([{ id: first?.sourcedId, active: false }]);
  });
});

describe("ways to speak to a server", () => {
  test.each(["oauth1-sha1", "oauth1-sha256"] as const)("%s signs every request", async (authorisation) => {
    const { pull } = await start({ authorisation: "oauth1" }, { authorisation, pageSize: 2 });
    const since = new Date("2020-01-01T00:00:00+02:00");
    expect((await pull.users(SCHOOL, since))?.records).toHaveLength(6);
  });

  test("a wrong secret is refused, and not tried for ever", async () => {
    const { pull } = await start({ authorisation: "oauth1" }, { authorisation: "oauth1-sha1", clientSecret: "wrong" });
    await expect(pull.schools()).rejects.toMatchObject({ code: "unauthorised" });
    expect(pull.requests()).toBe(1);
  });

  test("1.2 has another root and scope, and roles[]", async () => {
    const { server, pull } = await start({ version: "1.2" }, { version: "1.2" });
    expect(server.baseUrl).toMatch(/\/ims\/oneroster\/rostering\/v1p2$/);
    const users = await pull.users(SCHOOL);
    expect(users?.records[0]).toMatchObject({ metadataRoles: null, roles: [{ schoolId: SCHOOL, role: "teacher" }] });
  });

  test.each([
    [{}, "topLevel"],
    [{ filters: "perSchool" }, "perSchool"],
    [{ filters: "nowhere" }, "none"],
  ] as const)("%o filters %s", async (options, scope) => {
    const { pull } = await start(options);
    expect(await pull.findFilterScope(SCHOOL)).toBe(scope);
  });
});

test.each([
  ["2026-08-31T18:48:27.000000Z", "2026-08-31T18:48:27.000Z"],
  ["2026-08-31T18:48:27.1234567+02:00", "2026-08-31T16:48:27.123Z"],
  ["2026-08-31T18:48:27-0330", "2026-08-31T22:18:27.000Z"],
  ["2026-08-31T18:48", "2026-08-31T18:48:00.000Z"],
  ["2026-08-31", "2026-08-31T00:00:00.000Z"],
  ["2026-02-30", undefined],
  ["31.08.2026", undefined],
])("the date %s is %s", (text, iso) => {
  expect(parseDate(text)?.toISOString()).toBe(iso);
});
