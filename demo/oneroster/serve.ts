/**
 * A OneRoster server with a directory of a given size, as a process of its own: node demo/oneroster/serve.ts --size L
 * [--port 8080] [--filters everywhere|perSchool|nowhere]. Prints the settings with which a worker reads it. A parent
 * process makes changes by a message.
 */
import { parseArgs } from "node:util";
import { z } from "zod";
import { startOneRosterServer } from "../oneroster-server.ts";
import { makeSecret } from "../secrets.ts";
import { DEMO_SERVICE_ID } from "../data/records.ts";
import { createSizedDirectory, SIZES } from "./sized-directory.ts";

const { values } = parseArgs({
  options: { size: { type: "string" }, port: { type: "string" }, filters: { type: "string" } },
});
const arguments_ = z.object({
  size: z.enum(["S", "M", "L"]).default("S"),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  filters: z.enum(["everywhere", "perSchool", "nowhere"]).default("everywhere"),
});
const { size, port, filters } = arguments_.parse(values);
const sized = createSizedDirectory(SIZES[size]);
const credentials = { clientId: "console", clientSecret: makeSecret() };
const empty = { orgs: [], users: [], classes: [], enrollments: [] };
const server = await startOneRosterServer({ port, ...credentials, directory: empty, sized, filters });

console.log(
  [
    `ONEROSTER_URL=${server.baseUrl}`,
    `ONEROSTER_TOKEN_URL=${server.tokenUrl}`,
    `ONEROSTER_CLIENT_ID=${credentials.clientId}`,
    `ONEROSTER_CLIENT_SECRET=${credentials.clientSecret}`,
    `ONEROSTER_SERVICE_ID=${DEMO_SERVICE_ID}`,
  ].join("\n"),
);

/** What a parent may ask: so many changes, spread over so many schools. */
const command = z.object({ records: z.number(), schools: z.number() });
process.on("message", (message) => {
  const { records, schools } = command.parse(message);
  sized.change(records, schools);
  process.send?.({ changed: records });
});
process.send?.({
  baseUrl: server.baseUrl,
  tokenUrl: server.tokenUrl,
  ...credentials,
  serviceId: DEMO_SERVICE_ID,
});
