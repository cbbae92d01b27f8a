// What the module costs an ordinary message: p50 of sending in rooms of 10, 300 and 1,300 members, at two Synapses with
// the same rooms, of which only one has the module (design §11, messages).
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "#demo/ports.ts";
import { ensureDatabase, startPostgres, withClient, type RunningPostgres } from "#demo/postgres.ts";
import { makeSecret } from "#demo/secrets.ts";
import {
  ensureProvisioner,
  ensureSynapseInstalled,
  startSynapse,
  type RunningSynapse,
  type SynapseOptions,
} from "#demo/synapse.ts";
import { median, percentile, print, round, ROUNDS } from "./harness.ts";
import { fillRooms, send, type FilledRooms } from "./message-rooms.ts";

const SIZES = [10, 300, 1_300] as const;
const MESSAGES_A_ROUND = 30;
const WARM_UP_MESSAGES = 10;
const GOAL = 1.2;

type Kind = "baseline" | "ours";
type Secrets = Pick<SynapseOptions, "registrationSharedSecret" | "macaroonSecret" | "formSecret">;

export async function benchMessage(json: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-bench-"));
  const venvDir = fileURLToPath(new URL("../.cache/synapse-venv", import.meta.url));
  const pythonPath = process.env["PYTHON"] ?? "python3";
  await ensureSynapseInstalled({ venvDir, pythonPath, log: console.log });
  const postgres = await startPostgres({
    dataDir: join(folder, "postgres"),
    port: await freePort(),
    user: "postgres",
    password: "bench",
    logFile: join(folder, "postgres.log"),
    durable: true,
  });
  const running: RunningSynapse[] = [];
  try {
    const secrets = { registrationSharedSecret: makeSecret(), macaroonSecret: makeSecret(), formSecret: makeSecret() };
    const start = async (kind: Kind): Promise<RunningSynapse> => {
      const synapse = await startSynapse(await settingsOf(kind, { folder, venvDir, postgres, secrets }));
      running.push(synapse);
      return synapse;
    };
    await ensureDatabase(postgres, "baseline");
    const rooms = await prepare(await start("baseline"), folder, secrets);
    // the same rooms for both: copied, not made twice
    await running.pop()?.stop();
    await withClient(postgres.url("postgres"), (client) => client.query("CREATE DATABASE ours TEMPLATE baseline"));
    const servers = { baseline: await start("baseline"), ours: await start("ours") };
    report(await measure(servers, rooms), json);
  } finally {
    for (const synapse of running) await synapse.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type World = { folder: string; venvDir: string; postgres: RunningPostgres; secrets: Secrets };

async function settingsOf(kind: Kind, { folder, venvDir, postgres, secrets }: World): Promise<SynapseOptions> {
  return {
    ...secrets,
    dataDir: join(folder, kind),
    venvDir,
    port: await freePort(),
    publicBaseUrl: "http://localhost",
    serverName: "localhost",
    database: { host: "127.0.0.1", port: postgres.port, user: postgres.user, password: postgres.password, name: kind },
    oidc: null,
    // nobody is there: a message asks no question
    gate: { url: "http://127.0.0.1:9", secret: makeSecret() },
    // the hardening is the same for both, only the module differs
    defences: "on",
    module: kind === "ours" ? "on" : "off",
    log: () => undefined,
  };
}

async function prepare(synapse: RunningSynapse, folder: string, secrets: Secrets): Promise<FilledRooms> {
  const { registrationSharedSecret } = secrets;
  const tokenFile = join(folder, "token");
  const { accessToken } = await ensureProvisioner({ baseUrl: synapse.baseUrl, registrationSharedSecret, tokenFile });
  console.log(`filling rooms of ${SIZES.map((size) => size.toLocaleString("en")).join(", ")} members, a few minutes …`);
  return await fillRooms(synapse.baseUrl, accessToken, SIZES);
}

type Latencies = ReadonlyMap<number, Readonly<Record<Kind, readonly number[]>>>;

/** p50 of each round, by size of the room. */
async function measure(servers: Record<Kind, RunningSynapse>, { rooms, senderToken }: FilledRooms): Promise<Latencies> {
  const kinds = ["baseline", "ours"] as const;
  const burst = async (kind: Kind, size: number, count: number): Promise<number> => {
    const latencies: number[] = [];
    for (let number = 0; number < count; number += 1) {
      const started = performance.now();
      await send(servers[kind].baseUrl, senderToken, rooms.get(size) ?? "");
      latencies.push(performance.now() - started);
    }
    return percentile(latencies, 0.5);
  };
  const found = new Map(
    SIZES.map((size) => [size as number, { baseline: new Array<number>(), ours: new Array<number>() }]),
  );
  for (const size of SIZES) for (const kind of kinds) await burst(kind, size, WARM_UP_MESSAGES);
  for (let number = 1; number <= ROUNDS; number += 1) {
    for (const size of SIZES) {
      // whoever is first in one round is second in the next
      for (const kind of number % 2 === 0 ? kinds.toReversed() : kinds) {
        const p50 = await burst(kind, size, MESSAGES_A_ROUND);
        found.get(size)?.[kind].push(p50);
        console.log(
          `round ${String(number)} of ${String(ROUNDS)}, ${String(size)} members, ${kind}: ${String(round(p50, 1))} ms`,
        );
      }
    }
  }
  return found;
}

function report(latencies: Latencies, json: boolean): void {
  const compared = [...latencies].map(([size, { baseline, ours }]) => {
    const p50 = { baseline: median(baseline), ours: median(ours) };
    return { size, ...p50, ratio: p50.ours / p50.baseline };
  });
  const ratio = Math.max(...compared.map((one) => one.ratio));
  const named = (kind: Kind) =>
    Object.fromEntries(compared.map((one) => [`p50MsOf${String(one.size)}`, round(one[kind])]));
  print(
    {
      bench: "message",
      unit: "ms",
      ours: named("ours"),
      baseline: named("baseline"),
      ratio,
      goals: [{ text: `≤ ${String(GOAL)}`, met: ratio <= GOAL }],
      rows: [
        ["members", "without the module", "with the module", "ratio"],
        ...compared.map(({ size, baseline, ours, ratio: one }) => [
          size.toLocaleString("en"),
          `${String(round(baseline, 1))} ms`,
          `${String(round(ours, 1))} ms`,
          String(round(one, 3)),
        ]),
      ],
    },
    json,
  );
}
