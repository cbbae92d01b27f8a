/** The key that signs ID tokens. It is kept, so that a token from before a restart still serves as a hint at logout. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { z } from "zod";

const keySet = z.object({
  keys: z.tuple([
    z.object({
      kty: z.literal("RSA"),
      kid: z.string(),
      alg: z.literal("RS256"),
      use: z.literal("sig"),
      e: z.string(),
      n: z.string(),
      d: z.string(),
      p: z.string(),
      q: z.string(),
      dp: z.string(),
      dq: z.string(),
      qi: z.string(),
    }),
  ]),
});
export type SigningKeys = z.infer<typeof keySet>;

/** A file that cannot be read as a key set is replaced. */
export async function loadSigningKeys(dataDir: string): Promise<SigningKeys> {
  const path = join(dataDir, "identity-provider-keys.json");
  const kept = await readFile(path, "utf8").then(parseKeys, () => undefined);
  if (kept !== undefined) return kept;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  const keys = keySet.parse({ keys: [{ ...jwk, kid: `demo-${String(Date.now())}`, alg: "RS256", use: "sig" }] });
  await mkdir(dataDir, { recursive: true });
  await writeFile(path, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

function parseKeys(text: string): SigningKeys | undefined {
  try {
    return keySet.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
