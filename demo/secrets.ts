// The demo's secrets: made at the first start, kept in a file that only its owner reads, never committed.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const OWNER_ONLY = 0o600;
const SECRET_BYTES = 32;

const NAMES = [
  "postgres",
  "session",
  "gate",
  "oidcConsole",
  "oidcSynapse",
  "oidcCookie",
  "oneRoster",
  "evidence",
  "synapseRegistration",
  "synapseMacaroon",
  "synapseForm",
] as const;
type SecretName = (typeof NAMES)[number];
export type Secrets = Readonly<Record<SecretName, string>>;

export const makeSecret = (): string => randomBytes(SECRET_BYTES).toString("hex");

/** For `EVIDENCE_KEYS`: a key of its own under the id `test`. */
export const makeEvidenceKey = (): string => `test:${randomBytes(SECRET_BYTES).toString("base64")}`;

export function makeSecrets(present: Partial<Record<SecretName, string>> = {}): Secrets {
  const entries = NAMES.map((name): [SecretName, string] => [name, present[name] ?? makeSecret()]);
  return z.record(z.enum(NAMES), z.string()).parse(Object.fromEntries(entries));
}

/** Reads the file, and adds what it lacks. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const file = join(dataDir, "secrets.json");
  const text = await readFile(file, "utf8").catch(() => "{}");
  const secrets = makeSecrets(z.partialRecord(z.enum(NAMES), z.string()).parse(JSON.parse(text)));
  const wanted = `${JSON.stringify(secrets, null, 2)}\n`;
  if (text !== wanted) {
    await mkdir(dataDir, { recursive: true });
    await writeFile(file, wanted, { mode: OWNER_ONLY });
  }
  return secrets;
}
