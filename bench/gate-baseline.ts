// The baselines of the gate's benchmark, as processes of their own: node:http reading the body and making one indexed
// PostgreSQL query, or answering `{}` at once. Run by bench/gate.ts with the kind as its argument.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { z } from "zod";

const [kind] = process.argv.slice(2);
const databaseUrl = process.env["DATABASE_URL"] ?? "";
const poolSize = Number(process.env["GATE_POOL_SIZE"]);
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize, keepAlive: true });
const bodySchema = z.object({ inviter: z.string(), invitee: z.string() });
const QUERY = { name: "lookup", text: "SELECT localpart, id, enabled FROM person WHERE localpart = ANY ($1)" };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    void answer(Buffer.concat(chunks).toString("utf8")).then((status) => {
      response.writeHead(status, { "content-type": "application/json", "content-length": 2 });
      response.end("{}");
    });
  });
});

async function answer(text: string): Promise<number> {
  if (kind === "bare") return 200;
  const { inviter, invitee } = bodySchema.parse(JSON.parse(text));
  const localparts = [inviter, invitee].map((id) => id.slice(1, id.indexOf(":")));
  const { rowCount } = await pool.query({ ...QUERY, values: [localparts], rowMode: "array" });
  return rowCount === 2 ? 200 : 403;
}

server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
