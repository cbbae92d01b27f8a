// Where a gate keeps the reports that it has answered for while PostgreSQL is away: one encrypted file a report, on
// disk before the answer, brought in by the same gate as soon as the database is back.
import { mkdir, open, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { log } from "#lib/log/log.ts";

/** What stands in the database row and in the file alike. */
export type SealedReport = {
  readonly id: string;
  readonly receivedAt: Date;
  readonly keyId: string;
  readonly sealed: Uint8Array;
};

/** The bound of the spool is reached: the caller must answer 429 rather than promise what it cannot keep. */
export class SpoolFullError extends Error {
  override readonly name = "SpoolFullError";
}

const ENDING = ".report";
const head = z.object({ id: z.uuid(), receivedAt: z.coerce.date(), keyId: z.string() });

export class Spool {
  readonly #folder: string;
  readonly #limitBytes: number;
  #usedBytes = 0;

  private constructor(folder: string, limitBytes: number) {
    this.#folder = folder;
    this.#limitBytes = limitBytes;
  }

  /** Makes the folder if there is none and counts what an earlier process has left in it. */
  static async open(folder: string, limitBytes: number): Promise<Spool> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const spool = new Spool(folder, limitBytes);
    const sizes = await Promise.all((await spool.#files()).map(async (name) => (await stat(join(folder, name))).size));
    spool.#usedBytes = sizes.reduce((sum, size) => sum + size, 0);
    return spool;
  }

  /**
   * On disk, and the folder too, when this resolves.
   * @throws {SpoolFullError}
   */
  async keep(report: SealedReport): Promise<void> {
    const { id, receivedAt, keyId, sealed } = report;
    const line = Buffer.from(`${JSON.stringify({ id, receivedAt, keyId })}\n`);
    const content = Buffer.concat([line, sealed]);
    if (this.#usedBytes + content.length > this.#limitBytes) throw new SpoolFullError("the spool is full");
    this.#usedBytes += content.length;
    try {
      const path = join(this.#folder, `${id}${ENDING}`);
      await writeDurably(`${path}.part`, content);
      await rename(`${path}.part`, path);
      await syncFolder(this.#folder);
    } catch (error) {
      this.#usedBytes -= content.length;
      throw error;
    }
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#files()).length === 0;
  }

  /**
   * Hands over what is kept, oldest first; a file goes when `store` has succeeded.
   * @param store must be harmless if called twice for one report
   * @returns how many were handed over
   * @throws what `store` throws: the rest waits for the next time
   */
  async drain(store: (report: SealedReport) => Promise<void>): Promise<number> {
    let count = 0;
    for (const name of await this.#files()) {
      const path = join(this.#folder, name);
      const content = await readFile(path);
      const report = parse(content);
      if (report === null) {
        // never deleted: it was answered for, and somebody can look at it
        log.error({ file: name }, "a spooled report cannot be read, kept aside");
        await rename(path, `${path}.damaged`);
        continue;
      }
      await store(report);
      await unlink(path);
      this.#usedBytes -= content.length;
      count += 1;
    }
    return count;
  }

  async #files(): Promise<string[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(ENDING));
    const times = new Map(
      await Promise.all(names.map(async (name) => [name, (await stat(join(this.#folder, name))).mtimeMs] as const)),
    );
    return names.toSorted((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
  }
}

function parse(content: Buffer): SealedReport | null {
  const end = content.indexOf("\n");
  if (end < 0) return null;
  try {
    const { id, receivedAt, keyId } = head.parse(JSON.parse(content.subarray(0, end).toString("utf8")));
    return { id, receivedAt, keyId, sealed: content.subarray(end + 1) };
  } catch {
    return null;
  }
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without this a power cut may forget the name of a file whose content is safe. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
