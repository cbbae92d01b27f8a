// Servers that must not, or need not, run as root get the user of their package.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const TIMEOUT_MS = 5_000;

export type SystemUser = { readonly uid: number; readonly gid: number };

/** Null if we are no root: then the server runs as we do. */
export async function systemUser(name: string): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, name], { timeout: TIMEOUT_MS })));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}
