// The demo's mail server as a process of its own on free ports, and what a test asks of it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startChild } from "#demo/children.ts";
import { freePort } from "#demo/ports.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TIMEOUT_MS = 5_000;

const mails = z.array(
  z.object({
    to: z.array(z.string()),
    from: z.string(),
    subject: z.string(),
    messageId: z.string(),
    text: z.string(),
    html: z.string(),
  }),
);
export type ReceivedMail = z.infer<typeof mails>[number];

export type TestMailServer = {
  readonly smtpUrl: string;
  /** Newest first. */
  readonly mails: () => Promise<ReceivedMail[]>;
  /** Takes the port away, or brings it back. */
  readonly listen: (wanted: boolean) => Promise<void>;
  /** How a recipient is answered from now on; "ok" is as everybody. */
  readonly answer: (address: string, code: number | "ok") => Promise<void>;
  stop(): Promise<void>;
};

export async function readMails(pageUrl: string): Promise<ReceivedMail[]> {
  const response = await fetch(`${pageUrl}/mails.json`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return mails.parse(await response.json());
}

export async function controlMailServer(pageUrl: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const body = new URLSearchParams(fields);
  const response = await fetch(`${pageUrl}/control`, { method: "POST", body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the mail server answered ${String(response.status)}`);
}

export async function startTestMailServer(): Promise<TestMailServer> {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-mail-"));
  const [smtpPort, pagePort] = [await freePort(), await freePort()];
  const pageUrl = `http://127.0.0.1:${String(pagePort)}`;
  const child = await startChild({
    name: "mail server",
    args: ["demo/mail-server.ts"],
    cwd: ROOT,
    environment: {
      NODE_ENV: "test",
      MAIL_PORT: String(smtpPort),
      MAIL_PAGE_PORT: String(pagePort),
      MAIL_DATA_DIR: join(folder, "mails"),
    },
    logFile: join(folder, "mail.log"),
    readyUrl: pageUrl,
    onDeath: () => undefined,
  });
  return {
    smtpUrl: `smtp://127.0.0.1:${String(smtpPort)}`,
    mails: () => readMails(pageUrl),
    listen: (wanted) => controlMailServer(pageUrl, { smtp: wanted ? "up" : "down" }),
    answer: (address, code) => controlMailServer(pageUrl, { address, answer: String(code) }),
    stop: async () => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
