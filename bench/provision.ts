// Accounts and joins a second of the worker beside a bare loop of the same requests at its best parallelism, at the same
// Synapse; and that a second run over everything changes nothing there (design §11, provisioning).
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Stack } from "#demo/stack.ts";
import { freePort } from "#demo/ports.ts";
import { ensureDatabase, startPostgres } from "#demo/postgres.ts";
import { makeSecret } from "#demo/secrets.ts";
import { ensureProvisioner, ensureSynapseInstalled, startSynapse } from "#demo/synapse.ts";
import { openDatabase } from "#lib/db/client.ts";
import { prepareDatabase } from "#lib/setup/prepare-database.ts";
import { median, print, round, ROUNDS } from "./harness.ts";
import { bareLoop, type Bare } from "./provision-bare.ts";
import { ourProvisioning, type Provisioning } from "./provision-ours.ts";
import { JOINS, PEOPLE, ROOMS } from "./provision-size.ts";

const GOAL = 0.9;
const SERVER_NAME = "localhost";

type Side = { readonly accounts: number[]; readonly joins: number[] };

export async function benchProvision(json: boolean): Promise<void> {
  const stack = new Stack();
  try {
    const { ours, bare } = await prepare(stack);
    const parallel = await bare.findBestParallelism();
    console.log(
      `the bare loop is best with ${String(parallel.accounts)} accounts and ${String(parallel.rooms)} rooms at a time`,
    );
    await ours.preparePeople("warm");
    await ours.accounts("warm");
    await ours.rooms("warm");
    const found = { ours: emptySide(), bare: emptySide() };
    for (let number = 1; number <= ROUNDS; number += 1) {
      await ours.preparePeople(String(number));
      const sides = [["bare", bare] as const, ["ours", ours] as const];
      // whoever is first in one round is second in the next
      for (const [name, side] of number % 2 === 0 ? sides.toReversed() : sides) {
        const accounts = PEOPLE / (await seconds(() => side.accounts(String(number))));
        const joins = JOINS / (await seconds(() => side.rooms(String(number))));
        found[name].accounts.push(accounts);
        found[name].joins.push(joins);
        console.log(
          `round ${String(number)} of ${String(ROUNDS)}, ${name}: ${String(round(accounts, 1))} accounts/s, ` +
            `${String(round(joins, 1))} joins/s`,
        );
      }
    }
    report(found, await ours.secondRunWrites(), json);
  } finally {
    const problems = await stack.stop();
    for (const problem of problems) console.error(problem);
  }
}

const emptySide = (): Side => ({ accounts: [], joins: [] });

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

async function prepare(stack: Stack): Promise<{ ours: Provisioning; bare: Bare }> {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-bench-"));
  stack.push("folder", () => rm(folder, { recursive: true, force: true }));
  const venvDir = fileURLToPath(new URL("../.cache/synapse-venv", import.meta.url));
  await ensureSynapseInstalled({ venvDir, pythonPath: process.env["PYTHON"] ?? "python3", log: console.log });
  const postgres = await startPostgres({
    dataDir: join(folder, "postgres"),
    port: await freePort(),
    user: "postgres",
    password: "bench",
    logFile: join(folder, "postgres.log"),
    durable: true,
  });
  stack.push("PostgreSQL", () => postgres.stop());
  await ensureDatabase(postgres, "console");
  await ensureDatabase(postgres, "synapse");
  const databaseUrl = postgres.url("console");
  await prepareDatabase(databaseUrl);
  const registrationSharedSecret = makeSecret();
  const { port, user, password } = postgres;
  const synapse = await startSynapse({
    registrationSharedSecret,
    macaroonSecret: makeSecret(),
    formSecret: makeSecret(),
    dataDir: join(folder, "synapse"),
    venvDir,
    port: await freePort(),
    publicBaseUrl: "http://localhost",
    serverName: SERVER_NAME,
    database: { host: "127.0.0.1", port, user, password, name: "synapse" },
    oidc: null,
    // nobody is there: what the provisioner does asks no question
    gate: { url: "http://127.0.0.1:9", secret: makeSecret() },
    defences: "on",
    log: () => undefined,
  });
  stack.push("Synapse", () => synapse.stop());
  const tokenFile = join(folder, "token");
  const { accessToken } = await ensureProvisioner({ baseUrl: synapse.baseUrl, registrationSharedSecret, tokenFile });
  const db = openDatabase(databaseUrl);
  stack.push("database client", () => db.$disconnect());
  const ours = await ourProvisioning({
    ...{ db, databaseUrl, tokenFile, folder },
    synapseUrl: synapse.baseUrl,
    serverName: SERVER_NAME,
    onEnd: (name, end) => {
      stack.push(name, end);
    },
  });
  return { ours, bare: bareLoop({ synapseUrl: synapse.baseUrl, accessToken, serverName: SERVER_NAME }) };
}

function report(found: Readonly<Record<"ours" | "bare", Side>>, writes: number, json: boolean): void {
  const rate = (side: Side) => ({ accounts: median(side.accounts), joins: median(side.joins) });
  const [ours, bare] = [rate(found.ours), rate(found.bare)];
  const ratios = { accounts: ours.accounts / bare.accounts, joins: ours.joins / bare.joins };
  const ratio = Math.min(ratios.accounts, ratios.joins);
  const named = ({ accounts, joins }: typeof ours) => ({
    accountsPerSecond: round(accounts, 1),
    joinsPerSecond: round(joins, 1),
  });
  const line = (name: string, key: "accounts" | "joins") => [
    name,
    `${String(round(bare[key], 1))}/s`,
    `${String(round(ours[key], 1))}/s`,
    String(round(ratios[key], 3)),
  ];
  print(
    {
      bench: "provision",
      unit: "operations/s",
      ours: { ...named(ours), secondRunWrites: writes },
      baseline: named(bare),
      ratio,
      goals: [
        { text: `≥ ${String(GOAL)}`, met: ratio >= GOAL },
        { text: "a second run writes nothing", met: writes === 0 },
      ],
      rows: [
        ["", "bare loop", "worker", "ratio"],
        line("accounts", "accounts"),
        line(`joins, with the making of ${String(ROOMS)} rooms`, "joins"),
        ["writes of a second run", "", String(writes), ""],
      ],
    },
    json,
  );
}
