/** What the demo's small HTTP servers share: listening on loopback, stopping, bounded bodies, escaping. */
import type { IncomingMessage, Server } from "node:http";

const LOOPBACK = "127.0.0.1";
const MAX_BODY_BYTES = 16_384;
const BODY_TIMEOUT_MS = 5_000;

/** Resolves to the port; `0` takes a free one. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("The server has no port."));
      else resolve(address.port);
    });
  });
}

/** Ends open connections too: kept-alive ones would hold the process. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/** The body of a posted form. Rejects what is too large or too slow. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => request.destroy(new Error("The body took too long.")), BODY_TIMEOUT_MS);
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk as Uint8Array);
      size += bytes.length;
      if (size > MAX_BODY_BYTES) throw new Error("The body is too large.");
      chunks.push(bytes);
    }
  } finally {
    clearTimeout(timer);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}
