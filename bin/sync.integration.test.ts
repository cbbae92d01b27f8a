// Guarantee: the command line shows what a full sync would do, and does nothing.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_SERVICE_ID } from "#demo/data/records.ts";
import { makeEvidenceKey, makeSecret } from "#demo/secrets.ts";
import { READER_DN, READER_PASSWORD, startOpenLdap, SUFFIX } from "#test/openldap.ts";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { SCHOOL } from "#test/small-directory.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const clientSecret = makeSecret();
let world: DirectoryWorld;
beforeAll(async () => {
  world = await startDirectoryWorld({ clientSecret });
});
afterAll(() => world.stop());

const sync = (...args: readonly string[]) => syncWith({}, ...args);
const syncWith = (more: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  run(process.execPath, ["bin/sync.ts", ...args], {
    cwd: ROOT,
    timeout: 30_000,
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "test",
      LOG_LEVEL: "silent",
      DATABASE_URL: world.database.url,
      SYNAPSE_SERVER_NAME: "localhost",
      SYNAPSE_URL: "http://127.0.0.1:9",
      SYNAPSE_TOKEN_FILE: "/nowhere",
      EVIDENCE_KEYS: makeEvidenceKey(),
      ONEROSTER_URL: world.server.baseUrl,
      ONEROSTER_TOKEN_URL: world.server.tokenUrl,
      ONEROSTER_CLIENT_ID: "console",
      ONEROSTER_CLIENT_SECRET: clientSecret,
      ONEROSTER_SERVICE_ID: DEMO_SERVICE_ID,
      ...more,
    },
  });

test("a dry run prints a table and leaves no school behind", async () => {
  const { stdout } = await sync("--dry-run", "--school", SCHOOL);
  expect(stdout).toMatch(/^school +people \+ /);
  expect(stdout).toMatch(new RegExp(`${SCHOOL} +6 `));
  expect(stdout).toContain("Nothing was changed.");
  expect(await world.database.db.school.count()).toBe(0);
  expect(await world.database.db.person.count()).toBe(0);
});

test("without it the worker is asked", async () => {
  await sync("--school", SCHOOL);
  const jobs = await world.database.db.$queryRaw`SELECT data FROM pgboss.job WHERE name = 'directory-sync'`;
  expect(jobs).toMatchObject([{ data: { full: true, schoolId: SCHOOL } }]);
});

test("groups of LDAP are tried like the directory, alone or with it; where there is no LDAP, that is said", async () => {
  await expect(sync("--dry-run", "--source", "ldap")).rejects.toMatchObject({ code: 1 });
  await expect(sync("--source", "elsewhere")).rejects.toMatchObject({ code: 2 });
  const [ldap, folder] = await Promise.all([startOpenLdap(), mkdtemp(join(tmpdir(), "schulchat-sync-"))]);
  try {
    const { pupil } = world.small;
    await addSchool(world.database.db, SCHOOL);
    await addPerson(world.database.db, { id: pupil, roles: { [SCHOOL]: ["student"] } });
    const [people, caFile] = [`ou=people,${SUFFIX}`, join(folder, "ca.pem")];
    await writeFile(caFile, ldap.ca);
    await ldap.apply(
      `dn: ${people}\nobjectClass: organizationalUnit\nou: people\n\n` +
        `dn: uid=${pupil},${people}\nobjectClass: inetOrgPerson\nuid: ${pupil}\ncn: ${pupil}\nsn: Test\n\n` +
        `dn: cn=chor,${SUFFIX}\nobjectClass: groupOfNames\ncn: chor\nmember: uid=${pupil},${people}\n`,
    );
    const settings = {
      ...{ LDAP_URL: ldap.url, LDAP_CA_FILE: caFile, LDAP_BIND_DN: READER_DN, LDAP_BIND_PASSWORD: READER_PASSWORD },
      LDAP_PEOPLE: JSON.stringify({ base: people, match: "directoryId" }),
      LDAP_GROUPS: JSON.stringify([
        { school: SCHOOL, group: "chor", title: "Chor", base: SUFFIX, filter: "(cn=chor)" },
      ]),
    };
    const { stdout } = await syncWith(settings, "--dry-run", "--source", "ldap");
    expect(stdout).toMatch(new RegExp(`${SCHOOL} +0 +0 +0 +0 +0 +1 `));
    expect(stdout).toContain("Nothing was changed.");
    expect(await world.database.db.group.count({ where: { source: "ldap" } })).toBe(0);
    const both = await syncWith(settings, "--dry-run", "--school", SCHOOL);
    expect(both.stdout).toMatch(/^oneroster\n[^]*\nldap\n/);
  } finally {
    await Promise.all([ldap.stop(), rm(folder, { recursive: true, force: true })]);
  }
});

test("a source that is down is said, with an exit code", async () => {
  world.server.setFailure("down");
  await expect(sync("--dry-run")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("unreachable") as unknown,
  });
});
