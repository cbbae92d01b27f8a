// A real OpenLDAP (Debian's slapd) on loopback for the tests: own folder, certificates of a certificate authority made for
// the run, a reader without rights to write, and a size limit that only paging gets around.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "#demo/ports.ts";

const run = promisify(execFile);
const PROGRAM = "/usr/sbin/slapd";
const SCHEMA = "/etc/ldap/schema";
const MODULES = "/usr/lib/ldap";
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 15_000;
const POLL_INTERVAL_MS = 50;

export const SUFFIX = "dc=schule,dc=example";
export const READER_DN = `cn=reader,${SUFFIX}`;
/** Gets no more than the limit in pages either; same password. */
export const LIMITED_DN = `cn=limited,${SUFFIX}`;
const ADMIN_DN = `cn=admin,${SUFFIX}`;
const ADMIN_PASSWORD = "only-on-loopback-in-tests";
export const READER_PASSWORD = "reads-on-loopback-in-tests";
/** More entries than this come in pages only. */
export const SIZE_LIMIT = 250;

export type TestLdap = {
  /** To be upgraded with StartTLS: the server refuses a password without. */
  readonly url: string;
  readonly secureUrl: string;
  /** PEM of the authority that signed the server's certificate, and of one that did not. */
  readonly ca: string;
  readonly otherCa: string;
  /** Applies LDIF as the administrator; entries without `changetype` are added. */
  apply(ldif: string): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
};

export async function startOpenLdap(): Promise<TestLdap> {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-slapd-"));
  const file = (name: string): string => join(folder, name);
  const [port, securePort] = [await freePort(), await freePort()];
  const url = `ldap://localhost:${String(port)}`;
  let server: ChildProcess | undefined;
  const takeDown = async (): Promise<void> => {
    if (server !== undefined) await end(server);
  };
  const stop = async (): Promise<void> => {
    await takeDown();
    await rm(folder, { recursive: true, force: true });
  };
  const bringUp = async (): Promise<void> => {
    const output = openSync(file("output"), "a");
    const listeners = `ldap://127.0.0.1:${String(port)}/ ldaps://127.0.0.1:${String(securePort)}/`;
    server = spawn(PROGRAM, ["-f", file("slapd.conf"), "-h", listeners, "-d", "0"], {
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    server.on("error", () => undefined); // seen below as a process without an id
    await waitUntilReady(server, url, file("output"));
  };
  try {
    await mkdir(file("db"), { mode: 0o700 });
    await makeCertificates(folder);
    await writeFile(file("slapd.conf"), configuration(folder));
    await bringUp();
    const apply = async (ldif: string): Promise<void> => {
      await writeFile(file("change.ldif"), ldif);
      const login = ["-x", "-ZZ", "-H", url, "-D", ADMIN_DN, "-w", ADMIN_PASSWORD];
      // the tool puts this machine's name in the place of "localhost", which the certificate is not for
      const env = { ...process.env, LDAPTLS_REQCERT: "never" };
      await run("ldapmodify", ["-a", ...login, "-f", file("change.ldif")], { env, timeout: COMMAND_TIMEOUT_MS });
    };
    await apply(`dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
dc: schule
o: Testschule

dn: ${READER_DN}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: ${READER_PASSWORD}

dn: ${LIMITED_DN}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: limited
userPassword: ${READER_PASSWORD}
`);
    return {
      url,
      secureUrl: `ldaps://localhost:${String(securePort)}`,
      ca: await readFile(file("ca.pem"), "utf8"),
      otherCa: await readFile(file("other-ca.pem"), "utf8"),
      apply,
      pause: takeDown,
      resume: bringUp,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(folder: string): string {
  return `${["core", "cosine", "inetorgperson"].map((name) => `include ${SCHEMA}/${name}.schema`).join("\n")}
modulepath ${MODULES}
moduleload back_mdb
pidfile ${folder}/pid
TLSCACertificateFile ${folder}/ca.pem
TLSCertificateFile ${folder}/server.pem
TLSCertificateKeyFile ${folder}/server.key
security simple_bind=128
sizelimit size.soft=${String(SIZE_LIMIT)} size.hard=${String(SIZE_LIMIT)} size.prtotal=unlimited
database mdb
suffix "${SUFFIX}"
rootdn "${ADMIN_DN}"
rootpw ${ADMIN_PASSWORD}
directory ${folder}/db
limits dn.exact="${LIMITED_DN}" size.soft=${String(SIZE_LIMIT)} size.hard=${String(SIZE_LIMIT)} size.prtotal=${String(SIZE_LIMIT)}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${READER_DN}" read by dn.exact="${LIMITED_DN}" read by * none
`;
}

async function makeCertificates(folder: string): Promise<void> {
  const openssl = (...args: string[]) => run("openssl", args, { cwd: folder, timeout: COMMAND_TIMEOUT_MS });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const authority = (name: string) =>
    openssl(
      "req",
      "-x509",
      ...newKey,
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
    );
  await authority("ca");
  await authority("other-ca");
  await openssl("req", ...newKey, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr");
  await writeFile(join(folder, "names"), "subjectAltName=DNS:localhost\n");
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
  await openssl("x509", "-req", "-in", "server.csr", ...signing, "-out", "server.pem");
}

async function waitUntilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.pid === undefined || child.exitCode !== null) break;
    const answered = await run("ldapsearch", ["-x", "-H", url, "-s", "base", "-b", "", "vendorName"], {
      timeout: 5_000,
    }).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await delay(POLL_INTERVAL_MS);
  }
  const text = (await readFile(logFile, "utf8").catch(() => "")).trim();
  throw new Error(
    `OpenLDAP did not start; are the packages slapd and ldap-utils installed (bin/install-system-packages.sh)? ${text}`,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(forced);
}
