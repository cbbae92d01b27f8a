// Where a gate keeps the reports that it has answered for while PostgreSQL is away: one encrypted file a report, on
// disk before the answer, brought in by the same gate as soon as the database is back.
import { mkdir, open, readdir, readFile, rename, stat, unlink, type FileHandle } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
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

/** A file that cannot be read. It lies where it is until somebody has seen to it. */
export type DamagedFile = { readonly name: string; readonly writtenAt: Date };
export type Drained = {
  /** How many were handed over. */
  readonly count: number;
  /** How many were put aside. */
  readonly damaged: number;
};

/** Opens a file or a folder; Node's own, unless somebody wants to watch what reaches the disk, and when. */
export type OpenFile = (path: string, flags: string, mode?: number) => Promise<FileHandle>;
export type SpoolOptions = {
  readonly folder: string;
  readonly limitBytes: number;
  readonly openFile?: OpenFile | undefined;
};

const ENDING = ".report";
const PART = ".part";
const DAMAGED = ".damaged";
/** `bytes` are those of the sealed content. */
const head = z.object({ id: z.uuid(), receivedAt: z.coerce.date(), keyId: z.string(), bytes: z.number().optional() });

export class Spool {
  readonly #folder: string;
  readonly #limitBytes: number;
  readonly #openFile: OpenFile;
  #usedBytes = 0;

  private constructor({ folder, limitBytes, openFile = open }: SpoolOptions) {
    this.#folder = folder;
    this.#limitBytes = limitBytes;
    this.#openFile = openFile;
  }

  /** Makes the folder if there is none, takes over what an earlier process was busy with and counts what it has left. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const { folder } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const spool = new Spool(options);
    // killed before the answer: if it is whole it counts, and if it is not, drain puts it aside where it is seen
    for (const name of await spool.#files(`${ENDING}${PART}`)) {
      await rename(join(folder, name), join(folder, name.slice(0, -PART.length)));
    }
    const names = await readdir(folder);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
    spool.#usedBytes = sizes.reduce((sum, size) => sum + size, 0);
    return spool;
  }

  /** Where somebody finds the files: the host and the folder. */
  get place(): string {
    return `${hostname()}:${resolve(this.#folder)}`;
  }

  /**
   * On disk, and the folder too, when this resolves.
   * @throws {SpoolFullError}
   */
  async keep(report: SealedReport): Promise<void> {
    const { id, receivedAt, keyId, sealed } = report;
    const line = Buffer.from(`${JSON.stringify({ id, receivedAt, keyId, bytes: sealed.length })}\n`);
    const content = Buffer.concat([line, sealed]);
    if (this.#usedBytes + content.length > this.#limitBytes) throw new SpoolFullError("the spool is full");
    this.#usedBytes += content.length;
    try {
      const path = join(this.#folder, `${id}${ENDING}`);
      await this.#writeDurably(`${path}${PART}`, content);
      await rename(`${path}${PART}`, path);
      await this.#syncFolder();
    } catch (error) {
      this.#usedBytes -= content.length;
      throw error;
    }
  }

  /**
   * Hands over what is kept, oldest first; a file goes when `store` has taken it. One that nobody can read or take is
   * put aside and keeps no other waiting.
   * @param store must be harmless if called twice for one report; false for one that it can never take
   * @throws what `store` throws: the rest waits for the next time
   */
  async drain(store: (report: SealedReport) => Promise<boolean>): Promise<Drained> {
    let [count, damaged] = [0, 0];
    for (const name of await this.#files(ENDING)) {
      const path = join(this.#folder, name);
      const content = await readUnlessDamaged(path);
      const report = content && parse(content);
      if (content !== null && report !== null && (await store(report))) {
        await unlink(path);
        this.#usedBytes -= content.length;
        count += 1;
      } else {
        // never deleted: it was answered for, and somebody can look at it
        log.error({ file: name, place: this.place }, "a spooled report cannot be read, kept aside");
        await rename(path, `${path}${DAMAGED}`);
        damaged += 1;
      }
    }
    return { count, damaged };
  }

  /** What `drain` has put aside and nobody has taken away yet. */
  async damaged(): Promise<readonly DamagedFile[]> {
    const names = await this.#files(DAMAGED);
    return await Promise.all(
      names.map(async (name) => ({ name, writtenAt: (await stat(join(this.#folder, name))).mtime })),
    );
  }

  /** Oldest first. */
  async #files(ending: string): Promise<string[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(ending));
    const times = new Map(
      await Promise.all(names.map(async (name) => [name, (await stat(join(this.#folder, name))).mtimeMs] as const)),
    );
    return names.toSorted((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
  }

  async #writeDurably(path: string, content: Buffer): Promise<void> {
    const file = await this.#openFile(path, "w", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Without this a power cut may forget the name of a file whose content is safe. */
  async #syncFolder(): Promise<void> {
    const handle = await this.#openFile(this.#folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** Null if the disk does not give it back. @throws if the process can open nothing at all right now */
async function readUnlessDamaged(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE")) throw error;
    log.error({ err: error }, "a spooled report cannot be read from disk");
    return null;
  }
}

/** Null for what is no report, or not a whole one. */
function parse(content: Buffer): SealedReport | null {
  const end = content.indexOf("\n");
  if (end < 0) return null;
  try {
    const { id, receivedAt, keyId, bytes } = head.parse(JSON.parse(content.subarray(0, end).toString("utf8")));
    const sealed = content.subarray(end + 1);
    return bytes === undefined || bytes === sealed.length ? { id, receivedAt, keyId, sealed } : null;
  } catch {
    return null;
  }
}
