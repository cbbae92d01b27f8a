// Probes a chat server from outside and prints what is closed; ends with 1 if anything is open.
// node bin/probe.ts --base-url URL --user-id @a:domain --stranger-id @b:domain [--room-id !r:domain] [--access-token-file FILE]
// The access token is read from the file, or from standard input: on the command line every process could read it.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runProbe } from "#deploy/proxy/probe.ts";

const { values } = parseArgs({
  options: {
    "base-url": { type: "string" },
    "user-id": { type: "string" },
    "stranger-id": { type: "string" },
    "room-id": { type: "string" },
    "access-token-file": { type: "string", default: "/dev/stdin" },
  },
});

function required(name: "base-url" | "user-id" | "stranger-id"): string {
  const value = values[name];
  if (value !== undefined) return value;
  process.stderr.write(`--${name} is missing.\n`);
  process.exit(2);
}

const results = await runProbe({
  baseUrl: required("base-url"),
  userId: required("user-id"),
  strangerId: required("stranger-id"),
  accessToken: readFileSync(values["access-token-file"], "utf8").trim(),
  ...(values["room-id"] === undefined ? {} : { roomId: values["room-id"] }),
});

const width = Math.max(...results.map(({ closing }) => closing.length));
for (const { closing, request, expected, got, closed } of results) {
  const detail = closed ? got : `${got}, expected ${expected}: ${request}`;
  process.stdout.write(`${closed ? "ok  " : "OPEN"}  ${closing.padEnd(width)}  ${detail}\n`);
}
const open = results.filter(({ closed }) => !closed).length;
process.stdout.write(`\n${String(results.length)} checked, ${String(open)} open.\n`);
process.exitCode = open === 0 ? 0 : 1;
