// Decisions a second of the gate beside node:http making one indexed query, with half a million people loaded; then the
// latency at 1,000 a second (design §11, gate).
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { median, percentile, print, round, ROUNDS } from "./harness.ts";
import { atRate, saturate, type Target } from "./load.ts";
import { startProcess } from "./process.ts";
import { localpartOf, PEOPLE, roomOf, ROOMS, SCHOOLS } from "./state.ts";
import { withStateDatabase } from "./database.ts";

const CONNECTIONS = 32;
const POOL_SIZE = 8;
const ROUND_MS = 4_000;
const WARM_UP_MS = 2_000;
const RATE = { perSecond: 1_000, durationMs: 10_000, connections: 64 };
const DIFFERENT_QUESTIONS = 20_000;
const SECRET = randomBytes(32).toString("hex");

type Server = { readonly child: ChildProcess; readonly target: Target };

async function start(script: string, args: readonly string[], path: string, databaseUrl: string): Promise<Server> {
  const { child, port } = await startProcess(script, args, {
    DATABASE_URL: databaseUrl,
    GATE_SECRET: SECRET,
    GATE_POOL_SIZE: String(POOL_SIZE),
  });
  return { child, target: { port, path, bearer: SECRET } };
}

/** Invitations within a school, in a room whose school is recorded: about half are allowed (teacher asks) and half not. */
function questions(): string[] {
  return Array.from({ length: DIFFERENT_QUESTIONS }, (_, index) => {
    const school = (index * 7) % SCHOOLS;
    const classSize = Math.floor(PEOPLE / SCHOOLS) - 1;
    const inviter = school + SCHOOLS * ((index * 3) % 2 === 0 ? 0 : 1 + ((index * 11) % 4));
    const invitee = school + SCHOOLS * (1 + ((index * 13) % classSize));
    const room = school + SCHOOLS * (index % Math.floor(ROOMS / SCHOOLS));
    return JSON.stringify({
      inviter: `@${localpartOf(inviter)}:localhost`,
      invitee: `@${localpartOf(invitee)}:localhost`,
      room_id: roomOf(room),
      creator: `@${localpartOf(school)}:localhost`,
      marker: null,
    });
  });
}

export async function benchGate(json: boolean): Promise<void> {
  await withStateDatabase(async (databaseUrl) => {
    const servers = {
      ours: await start("gate-process.ts", [], "/gate/v1/invite", databaseUrl),
      baseline: await start("gate-baseline.ts", ["query"], "/", databaseUrl),
      bare: await start("gate-baseline.ts", ["bare"], "/", databaseUrl),
    };
    try {
      const bodies = questions();
      const throughput = { ours: new Array<number>(), baseline: new Array<number>(), bare: new Array<number>() };
      const names = ["baseline", "ours", "bare"] as const;
      for (const name of names) await saturate(servers[name].target, bodies, CONNECTIONS, WARM_UP_MS);
      for (let number = 1; number <= ROUNDS; number += 1) {
        for (const name of names) {
          const { perSecond, statuses } = await saturate(servers[name].target, bodies, CONNECTIONS, ROUND_MS);
          const unexpected = [...statuses.keys()].filter((status) => status !== 200 && status !== 403);
          if (unexpected.length > 0) throw new Error(`${name} answered ${unexpected.join(", ")} under load`);
          throughput[name].push(perSecond);
          console.log(`round ${number} of ${ROUNDS}, ${name}: ${round(perSecond, 0)}/s`);
        }
      }
      const ours = await atRate(servers.ours.target, bodies, RATE);
      const baseline = await atRate(servers.baseline.target, bodies, RATE);
      const rate = {
        ours: median(throughput.ours),
        baseline: median(throughput.baseline),
        bare: median(throughput.bare),
      };
      const p99 = { ours: percentile(ours.latenciesMs, 0.99), baseline: percentile(baseline.latenciesMs, 0.99) };
      const p50 = { ours: percentile(ours.latenciesMs, 0.5), baseline: percentile(baseline.latenciesMs, 0.5) };
      const ratio = rate.ours / rate.baseline;
      print(
        {
          bench: "gate",
          unit: "decisions/s",
          ours: { perSecond: round(rate.ours, 0), p50Ms: round(p50.ours), p99Ms: round(p99.ours) },
          baseline: {
            perSecond: round(rate.baseline, 0),
            p50Ms: round(p50.baseline),
            p99Ms: round(p99.baseline),
            bare: round(rate.bare, 0),
          },
          ratio,
          goals: [
            { text: "≥ 0.9 of node:http with one indexed query", met: ratio >= 0.9 },
            { text: `p99 ≤ 10 ms at ${RATE.perSecond}/s`, met: p99.ours <= 10 },
          ],
          rows: [
            ["", "decisions/s", "p50 at 1,000/s", "p99 at 1,000/s"],
            ["gate", String(round(rate.ours, 0)), `${round(p50.ours)} ms`, `${round(p99.ours)} ms`],
            [
              "node:http + one query",
              String(round(rate.baseline, 0)),
              `${round(p50.baseline)} ms`,
              `${round(p99.baseline)} ms`,
            ],
            ["node:http, {} at once", String(round(rate.bare, 0)), "", ""],
            ["ratio", round(ratio, 3).toString(), "", ""],
          ],
        },
        json,
      );
    } finally {
      for (const { child } of Object.values(servers)) child.kill();
    }
  });
}
