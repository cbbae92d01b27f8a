// Sends requests over kept-alive connections: as fast as they are answered, or at a fixed rate where a late answer
// counts from the moment at which its request was due. Raw sockets, so that the sender takes little of the two cores.
import { connect, type Socket } from "node:net";

export type Target = { readonly port: number; readonly path: string; readonly bearer: string };
/** Latencies in milliseconds, statuses by code. */
export type LoadResult = {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  readonly statuses: ReadonlyMap<number, number>;
};

const HEADER_END = Buffer.from("\r\n\r\n");

function encode({ path, bearer }: Target, body: string): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Authorization: Bearer ${bearer}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** A GET as the published client sends it. */
export function encodeGet(path: string, bearer: string): Buffer {
  const head = [`GET ${path} HTTP/1.1`, "Host: 127.0.0.1", `Authorization: Bearer ${bearer}`, "Accept-Encoding: gzip"];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n`);
}

/** One connection with at most one request under way. */
class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #done: ((status: number) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("close", () => this.#failed?.(new Error("connection closed under load")));
    socket.on("error", (error) => this.#failed?.(error));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, "127.0.0.1");
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new Connection(socket);
  }

  async send(request: Buffer): Promise<number> {
    return await new Promise<number>((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headerEnd = this.#received.indexOf(HEADER_END);
    if (headerEnd < 0) return;
    const head = this.#received.toString("latin1", 0, headerEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < headerEnd + HEADER_END.length + length) return;
    this.#received = Buffer.alloc(0);
    this.#done?.(Number(head.slice(9, 12)));
  }
}

async function withConnections<T>(
  port: number,
  count: number,
  work: (connections: Connection[]) => Promise<T>,
): Promise<T> {
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(port)));
  try {
    return await work(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

function countStatus(statuses: Map<number, number>, status: number): void {
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
}

/** Closed loop: every connection sends its next request when the last is answered. */
export async function saturate(
  target: Target,
  bodies: readonly string[],
  connections: number,
  durationMs: number,
): Promise<LoadResult> {
  const requests = bodies.map((body) => encode(target, body));
  return await saturateWith(target.port, requests, connections, durationMs);
}

/** The same with requests of any kind. */
export async function saturateWith(
  port: number,
  requests: readonly Buffer[],
  connections: number,
  durationMs: number,
): Promise<LoadResult> {
  return await withConnections(port, connections, async (open) => {
    const latenciesMs: number[] = [];
    const statuses = new Map<number, number>();
    const start = performance.now();
    await Promise.all(
      open.map(async (connection, index) => {
        for (let turn = index; performance.now() - start < durationMs; turn += open.length) {
          const request = requests[turn % requests.length];
          if (!request) throw new RangeError("no request to send");
          const sent = performance.now();
          countStatus(statuses, await connection.send(request));
          latenciesMs.push(performance.now() - sent);
        }
      }),
    );
    return { perSecond: (latenciesMs.length * 1000) / (performance.now() - start), latenciesMs, statuses };
  });
}

/** Open loop at a fixed rate; waiting for a free connection counts as latency. */
export async function atRate(
  target: Target,
  bodies: readonly string[],
  {
    perSecond,
    durationMs,
    connections,
  }: { readonly perSecond: number; readonly durationMs: number; readonly connections: number },
): Promise<LoadResult> {
  const requests = bodies.map((body) => encode(target, body));
  const total = Math.round((perSecond * durationMs) / 1000);
  return await withConnections(target.port, connections, async (open) => {
    const latenciesMs: number[] = [];
    const statuses = new Map<number, number>();
    const start = performance.now();
    let next = 0;
    await Promise.all(
      open.map(async (connection) => {
        for (let turn = next++; turn < total; turn = next++) {
          const due = start + (turn * 1000) / perSecond;
          while (performance.now() < due)
            await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now() - 0.5)));
          const request = requests[turn % requests.length];
          if (!request) throw new RangeError("no request to send");
          countStatus(statuses, await connection.send(request));
          latenciesMs.push(performance.now() - due);
        }
      }),
    );
    return { perSecond: (total * 1000) / (performance.now() - start), latenciesMs, statuses };
  });
}
