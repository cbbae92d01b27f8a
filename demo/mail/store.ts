// The mails that have come in: one file each, as they came, the newest first.
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import PostalMime from "postal-mime";

const SUFFIX = ".eml";
const MOST_KEPT = 500;

export type StoredMail = {
  readonly id: string;
  readonly receivedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
};

export type MailStore = {
  readonly add: (raw: Buffer) => Promise<void>;
  readonly list: () => Promise<StoredMail[]>;
  readonly find: (id: string) => Promise<StoredMail | undefined>;
};

export async function openMailStore(dataDir: string): Promise<MailStore> {
  await mkdir(dataDir, { recursive: true });
  let received = 0;

  async function ids(): Promise<string[]> {
    const names = await readdir(dataDir);
    const mails = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
    return mails.sort().reverse();
  }

  async function read(id: string): Promise<StoredMail> {
    const mail = await PostalMime.parse(await readFile(join(dataDir, `${id}${SUFFIX}`)));
    return {
      id,
      receivedAt: new Date(Number(id.split("-", 1)[0])).toISOString(),
      from: mail.from?.address ?? "",
      to: (mail.to ?? []).flatMap(({ address }) => (address === undefined ? [] : [address])),
      subject: mail.subject ?? "",
      messageId: mail.messageId ?? "",
      text: mail.text ?? "",
      html: mail.html ?? "",
    };
  }

  return {
    add: async (raw) => {
      received += 1;
      const id = [Date.now(), String(received).padStart(6, "0"), randomBytes(4).toString("hex")].join("-");
      // a page that is opened just now sees the whole mail or none
      const part = join(dataDir, `${id}.part`);
      await writeFile(part, raw);
      await rename(part, join(dataDir, `${id}${SUFFIX}`));
      for (const old of (await ids()).slice(MOST_KEPT)) await rm(join(dataDir, `${old}${SUFFIX}`), { force: true });
    },
    list: async () => Promise.all((await ids()).map(read)),
    find: async (id) => ((await ids()).includes(id) ? await read(id) : undefined),
  };
}
