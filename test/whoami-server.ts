// Stands for Synapse where a test needs nothing of it but whose token it is: tokens come and go without accounts, and the
// questions are counted.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type WhoamiServer = {
  readonly url: string;
  /** Token → full Matrix id. Take one out, and it is revoked. */
  readonly tokens: Map<string, string>;
  /** How often it was asked. */
  readonly asked: () => number;
  stop(): Promise<void>;
};

export async function startWhoamiServer(): Promise<WhoamiServer> {
  const tokens = new Map<string, string>();
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const owner = tokens.get((request.headers.authorization ?? "").replace(/^Bearer /, ""));
    const [status, body] =
      request.url !== "/_matrix/client/v3/account/whoami"
        ? [404, { errcode: "M_UNRECOGNIZED", error: "" }]
        : owner === undefined
          ? [401, { errcode: "M_UNKNOWN_TOKEN", error: "Invalid access token passed." }]
          : [200, { user_id: owner, is_guest: false, device_id: "X" }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    tokens,
    asked: () => asked,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}
