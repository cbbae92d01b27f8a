// Finds out which ports are taken before anything starts, and says what to do about it.
import { createServer } from "node:net";

export type PortUse = {
  /** What listens there. */
  readonly title: string;
  readonly port: number;
  /** The environment variable that sets another one. */
  readonly variable: string;
};

const IN_USE = new Set(["EADDRINUSE", "EACCES"]);

/** The ones that are taken. "localhost" may mean either address, so both have to be free. */
export async function takenPorts(uses: readonly PortUse[]): Promise<PortUse[]> {
  const taken = await Promise.all(
    uses.map(async ({ port }) => (await isTaken("127.0.0.1", port)) || (await isTaken("::1", port))),
  );
  return uses.filter((_, index) => taken[index] === true);
}

/** A port that is free now, for tests and benchmarks. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** A sentence for each port. */
export function takenPortsMessage(taken: readonly PortUse[]): string {
  const lines = taken.map(({ title, port, variable }) => {
    const another = port + (port < 60_000 ? 1 : -1);
    return `Port ${String(port)} (${title}) is taken. Please end the program that uses it, or choose another port: ${variable}=${String(another)} npm start`;
  });
  return lines.join("\n");
}

function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve(IN_USE.has(error.code ?? ""));
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve(false);
      });
    });
  });
}
