// SMTP on one port, the page on another, both on loopback only. /control takes the SMTP port away and brings it back, and
// says how a recipient is answered, so that a demonstration or a test can see what happens then.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { SMTPServer } from "smtp-server";
import { close, listen, readForm } from "../http.ts";
import type { Page } from "../identity/layout.ts";
import { listPage, mailPage, notFoundPage } from "./pages.ts";
import { openMailStore, type MailStore } from "./store.ts";

const LOOPBACK = "127.0.0.1";
const MOST_BYTES = 1_000_000;
const SOCKET_TIMEOUT_MS = 30_000;
/** Connections that are still open when the port is taken away. */
const CLOSE_TIMEOUT_MS = 200;

export type MailServerOptions = { readonly smtpPort: number; readonly pagePort: number; readonly dataDir: string };
export type MailServer = { stop(): Promise<void> };

type Answers = Map<string, number>;

function smtpServer(store: MailStore, answers: Answers): SMTPServer {
  const server = new SMTPServer({
    banner: "demo",
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: MOST_BYTES,
    socketTimeout: SOCKET_TIMEOUT_MS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    onRcptTo: ({ address }, _session, callback) => {
      const responseCode = answers.get(address);
      callback(responseCode === undefined ? null : Object.assign(new Error("not now"), { responseCode }));
    },
    onData: (stream, _session, callback) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (stream.sizeExceeded) {
          callback(Object.assign(new Error("too large"), { responseCode: 552 }));
          return;
        }
        // the answer means: it is kept
        store.add(Buffer.concat(chunks)).then(
          () => {
            callback(null);
          },
          (error: unknown) => {
            callback(error instanceof Error ? error : new Error(String(error)));
          },
        );
      });
    },
  });
  server.on("error", (error: Error) => {
    console.error(error.message);
  });
  return server;
}

function listenSmtp(server: SMTPServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

const closeSmtp = (server: SMTPServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });

export async function startMailServer({ smtpPort, pagePort, dataDir }: MailServerOptions): Promise<MailServer> {
  const store = await openMailStore(dataDir);
  const answers: Answers = new Map();
  let smtp: SMTPServer | undefined;

  async function setListening(wanted: boolean): Promise<void> {
    const current = smtp;
    if (wanted && current === undefined) {
      const server = smtpServer(store, answers);
      await listenSmtp(server, smtpPort);
      smtp = server;
    } else if (!wanted && current !== undefined) {
      smtp = undefined;
      await closeSmtp(current);
    }
  }

  /** Fields: `smtp` up or down; or `address` with `answer`, an SMTP code or "ok". */
  async function control(form: URLSearchParams): Promise<void> {
    const wanted = form.get("smtp");
    if (wanted !== null) await setListening(wanted === "up");
    const address = form.get("address");
    if (address === null) return;
    const code = Number(form.get("answer"));
    if (Number.isInteger(code) && code >= 400 && code < 600) answers.set(address, code);
    else answers.delete(address);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (request.method === "POST" && path === "/control") {
      await control(await readForm(request));
      response.writeHead(303, { location: "/" }).end();
    } else if (path === "/mails.json") {
      response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
      response.end(JSON.stringify(await store.list()));
    } else if (path === "/") {
      sendPage(response, 200, listPage(await store.list(), smtp !== undefined));
    } else {
      const mail = path.startsWith("/mails/") ? await store.find(path.slice("/mails/".length)) : undefined;
      sendPage(response, mail === undefined ? 404 : 200, mail === undefined ? notFoundPage() : mailPage(mail));
    }
  }

  await setListening(true);
  const pages = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await listen(pages, pagePort);
  return {
    stop: async () => {
      await close(pages);
      await setListening(false);
    },
  };
}

function sendPage(response: ServerResponse, status: number, page: Page): void {
  response.writeHead(status, page.headers);
  response.end(page.html);
}
