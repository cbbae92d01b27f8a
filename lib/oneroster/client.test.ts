// Guarantee: every list is read whole or not at all, whatever paging the server offers and however it fails.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildDemoDirectory } from "#demo/data/directory.ts";
import { LARGE_SCHOOL_ID } from "#demo/data/schools.ts";
import { startOneRosterServer, type OneRosterServer, type OneRosterServerOptions } from "#demo/oneroster-server.ts";
import { createOneRosterClient, type DirectoryPull, type OneRosterClient } from "./client.ts";
import type { OneRosterUser } from "./records.ts";

const credentials = { clientId: "console", clientSecret: "a secret: with %20 and ü" };
const directory = buildDemoDirectory();
let server: OneRosterServer;
let client: OneRosterClient;

async function start(options: Partial<OneRosterServerOptions> = {}): Promise<void> {
  server = await startOneRosterServer({ port: 0, directory, ...credentials, ...options });
  client = createOneRosterClient({ baseUrl: server.baseUrl, tokenUrl: server.tokenUrl, ...credentials });
}

async function everybody(pull: DirectoryPull, schoolId: string): Promise<OneRosterUser[]> {
  const users: OneRosterUser[] = [];
  for await (const { records } of pull.allUsers()) users.push(...records);
  return users.filter((user) => user.schoolIds.includes(schoolId));
}

afterEach(async () => {
  await server.stop();
});

const servers: [string, Partial<OneRosterServerOptions>][] = [
  ["total and links", {}],
  ["links only", { totalCountHeader: false }],
  ["total only", { linkHeader: false }],
  ["neither", { totalCountHeader: false, linkHeader: false }],
  ["no list of users per school", { schoolUsers: false }],
];
describe.each(servers)("a server with %s", (_name, options) => {
  test("gives every person once", async () => {
    await start(options);
    const pull = client.pull();
    const expected = directory.users.filter((user) => user.orgs.some((org) => org.href === LARGE_SCHOOL_ID));
    const users = (await pull.users(LARGE_SCHOOL_ID))?.records ?? (await everybody(pull, LARGE_SCHOOL_ID));
    expect(users.map((user) => user.id).sort()).toEqual(expected.map((user) => user.sourcedId).sort());
    expect(expected.length).toBeGreaterThan(1_000); // more than one page
    expect((await pull.schools()).records).toHaveLength(3);
  });
});

describe("a server that fails", () => {
  beforeEach(() => start());

  test.each([
    ["html", "notOneRoster"],
    ["down", "unreachable"],
  ] as const)("%s is %s", async (failure, code) => {
    server.setFailure(failure);
    await expect(client.pull().schools()).rejects.toMatchObject({ code });
  });

  test("is waited for when it is busy", async () => {
    server.setFailure("rate-limited", { forRequests: 1 });
    expect((await client.pull().schools()).records).toHaveLength(3);
  });

  test("may forget our token", async () => {
    await client.pull().schools();
    server.revokeTokens();
    expect((await client.pull().schools()).records).toHaveLength(3);
  });

  test("refuses a wrong secret", async () => {
    const wrong = { ...credentials, clientSecret: "wrong" };
    const stranger = createOneRosterClient({ baseUrl: server.baseUrl, tokenUrl: server.tokenUrl, ...wrong });
    await expect(stranger.pull().schools()).rejects.toMatchObject({ code: "unauthorised" });
  });

  test("cannot be read for a school that it does not know", async () => {
    expect(
      (await client
        .pull()
        .classes("nowhere")
        .catch((error: unknown) => error)) as object,
    ).toMatchObject({ code: "notFound" });
  });
});
