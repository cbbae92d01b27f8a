// A proxy before PostgreSQL that breaks the connection at one chosen end of a transaction that writes: before the server
// hears of it, when it has heard, or when it has done it and the answer is on its way.
import { connect, createServer, type Socket } from "node:net";
import { z } from "zod";
import type { CutMode } from "./cutting-proxy.ts";

export type DatabaseCutMode = Extract<CutMode, "beforeRequest" | "afterRequest" | "beforeAnswer">;

export type CuttingDatabaseProxy = {
  /** The same database through the proxy. */
  readonly url: string;
  /** Ends of writing transactions since the last `reset`: COMMIT, or a single statement that writes. */
  readonly commits: () => readonly string[];
  readonly hasCut: () => boolean;
  /** @param at number of the end since the last `reset`, from 1; once only */
  readonly cutOnce: (mode: DatabaseCutMode, at: number) => void;
  readonly reset: () => void;
  readonly stop: () => Promise<void>;
};

const addressSchema = z.object({ port: z.number() });
const WRITES = /\b(insert|update|delete)\b/i;
const QUERY = "Q";
const PARSE = "P";
const BIND = "B";
const SYNC = "S";
/** Parts of a question, which the client sends before it waits for the answer: Parse, Bind, Describe, Execute, Close. */
const PARTS = new Set(["P", "B", "D", "E", "C"]);
const READY = "Z";
/** Of ReadyForQuery: no transaction is open. */
const IDLE = "I";

type Message = { readonly type: string; readonly body: Buffer; readonly raw: Buffer };

/** Cuts a stream into PostgreSQL's messages; what has not come whole waits. */
function messageReader(hasStartup: boolean) {
  let rest = Buffer.alloc(0);
  let isStarting = hasStartup;
  return (chunk: Buffer): Message[] => {
    rest = Buffer.concat([rest, chunk]);
    const messages: Message[] = [];
    for (;;) {
      // the first message of a client has no type
      const head = isStarting ? 0 : 1;
      if (rest.length < head + 4) return messages;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return messages;
      const raw = rest.subarray(0, length);
      messages.push({ type: isStarting ? "" : String.fromCharCode(raw[0] ?? 0), body: raw.subarray(head + 4), raw });
      rest = rest.subarray(length);
      isStarting = false;
    }
  };
}

/** Texts of a message, each of which ends with a zero byte. */
function textAt(body: Buffer, index: number): string {
  return body.toString("utf8").split("\0")[index] ?? "";
}

export async function startCuttingDatabaseProxy(databaseUrl: string): Promise<CuttingDatabaseProxy> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  let commits: string[] = [];
  let wanted: { readonly mode: DatabaseCutMode; readonly at: number } | undefined;
  let hasCut = false;

  function cutOf(statement: string): DatabaseCutMode | undefined {
    commits.push(statement);
    if (wanted?.at !== commits.length) return undefined;
    const { mode } = wanted;
    wanted = undefined;
    hasCut = true;
    return mode;
  }

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      // a broken connection is what this is for
      socket.on("error", () => undefined);
      socket.on("close", () => open.delete(socket));
    }
    const fromClient = messageReader(true);
    const fromServer = messageReader(false);
    const prepared = new Map<string, string>();
    let statement = "";
    let held: Buffer[] = [];
    let isIdle = true;
    let isBeingCut = false;

    function handle({ type, body, raw }: Message): void {
      held.push(raw);
      if (type === PARSE) prepared.set(textAt(body, 0), textAt(body, 1));
      else if (type === BIND) statement = prepared.get(textAt(body, 1)) ?? "";
      else if (type === QUERY) statement = textAt(body, 0);
      if (PARTS.has(type)) return;
      const isQuestion = type === QUERY || type === SYNC;
      const isEnd = isQuestion && (/^\s*commit\b/i.test(statement) || (isIdle && WRITES.test(statement)));
      const mode = isEnd ? cutOf(statement) : undefined;
      const whole = Buffer.concat(held);
      held = [];
      statement = "";
      if (mode === "beforeRequest") {
        client.destroy();
        upstream.destroy();
        return;
      }
      upstream.write(whole);
      if (isQuestion) isIdle = false;
      if (mode === undefined) return;
      isBeingCut = true;
      if (mode === "afterRequest") client.destroy();
    }

    client.on("data", (chunk: Buffer) => fromClient(chunk).forEach(handle));
    upstream.on("data", (chunk: Buffer) => {
      for (const { type, body } of fromServer(chunk)) if (type === READY) isIdle = body.toString() === IDLE;
      if (!isBeingCut) client.write(chunk);
      else if (isIdle) {
        client.destroy();
        upstream.destroy();
      }
    });
    client.on("close", () => {
      if (!isBeingCut) upstream.destroy();
    });
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = new URL(databaseUrl);
  url.port = String(addressSchema.parse(server.address()).port);
  url.hostname = "127.0.0.1";
  return {
    url: url.toString(),
    commits: () => commits,
    hasCut: () => hasCut,
    cutOnce: (mode, at) => {
      wanted = { mode, at };
      hasCut = false;
    },
    reset: () => {
      commits = [];
      wanted = undefined;
      hasCut = false;
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}
