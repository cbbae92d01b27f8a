// The address book with half a million people loaded: search, opening a folder, and the published client's document of a
// school of 3,000 people, each over HTTP through the gate and beside the bare SQL on the same data; then ten clients at
// once beside one (design §11, addressbook).
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { searchWords } from "#lib/addressbook/fold.ts";
import { APPLICATION_ROLE_OPTION } from "#lib/db/connection.ts";
import { LARGE_SCHOOL, largeLocalpart, loadGroups } from "./addressbook-state.ts";
import { withStateDatabase } from "./database.ts";
import { median, percentile, print, round, ROUNDS } from "./harness.ts";
import { encodeGet, saturateWith } from "./load.ts";
import { SEARCHES } from "./names.ts";
import { startProcess } from "./process.ts";
import { localpartOf, SCHOOLS } from "./state.ts";

const CLIENTS = 10;
const ROUND_MS = 3_000;
const WARM_UP_MS = 2_000;
const PAGE = 100;
const API = "/_schulchat/client/v1";
const BOOK = "/_matrix/client/unstable/fairkom.fairmessenger.addressbook/addressbook";

/** Over HTTP as a teacher, and the bare SQL that yields the same rows. */
type Kind = {
  readonly name: "search" | "folder" | "book";
  readonly title: string;
  readonly goalMs: number;
  readonly requests: readonly Buffer[];
  readonly statements: readonly {
    readonly name: string;
    readonly text: string;
    readonly values: readonly unknown[];
  }[][];
};

/** Every second question is about the large school, the others about one of the state's. */
const asked = (turn: number) =>
  turn % 2 === 0
    ? { school: LARGE_SCHOOL, localpart: largeLocalpart(turn % 150) }
    : { school: `S-${String((turn * 37) % SCHOOLS)}`, localpart: localpartOf((turn * 37) % SCHOOLS) };

const COLUMNS = "e.role_mask, p.localpart, p.family_name, p.given_name, p.first_seen_at";
const PEOPLE_OF = "FROM address_entry e JOIN person p ON p.id = e.person_id WHERE e.school_id = $1 AND e.active";
const IN_ORDER = "ORDER BY e.sort_name, e.person_id";

function kinds(): Kind[] {
  const turns = Array.from({ length: 20 * SEARCHES.length }, (_, turn) => ({
    ...asked(turn),
    text: SEARCHES[(turn >> 1) % SEARCHES.length] ?? "",
  }));
  return [
    {
      name: "search",
      title: "search",
      goalMs: 20,
      requests: turns.map(({ school, localpart, text }) =>
        encodeGet(`${API}/schools/${school}/search?q=${encodeURIComponent(text)}`, localpart),
      ),
      statements: turns.map(({ school, text }) => [
        {
          name: "search",
          text: `SELECT ${COLUMNS} ${PEOPLE_OF} AND e.search_name LIKE ALL ($2) ${IN_ORDER} LIMIT 51`,
          values: [school, searchWords(text).map((word) => `%${word}%`)],
        },
      ]),
    },
    {
      name: "folder",
      title: `folder, ${String(PAGE)} people`,
      goalMs: 20,
      requests: turns.map(({ school, localpart }) =>
        encodeGet(`${API}/schools/${school}/folders/student?limit=${String(PAGE)}`, localpart),
      ),
      statements: turns.map(({ school }) => [
        {
          name: "folder",
          text: `SELECT ${COLUMNS} ${PEOPLE_OF} AND e.role_mask = 2 ${IN_ORDER} LIMIT ${String(PAGE + 1)}`,
          values: [school],
        },
      ]),
    },
    {
      name: "book",
      title: "published book, 3,000 people",
      goalMs: 50,
      requests: turns.map((_, turn) => encodeGet(BOOK, largeLocalpart(turn % 150))),
      statements: turns.map(() => [
        { name: "people", text: `SELECT ${COLUMNS} ${PEOPLE_OF} ${IN_ORDER}`, values: [LARGE_SCHOOL] },
        {
          name: "members",
          text: `SELECT g.id, g.title, json_agg(m.person_id) FROM school_group g JOIN group_member m ON m.group_id = g.id
            WHERE g.school_id = $1 GROUP BY g.id`,
          values: [LARGE_SCHOOL],
        },
      ]),
    },
  ];
}

/** Stands for Synapse: the token is the localpart. The gate asks once in half a minute, so this is no part of the figures. */
async function startTokens() {
  const server = createServer((request, response) => {
    const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    response.writeHead(200, { "content-type": "application/json" }).end(`{"user_id":"@${token}:localhost"}`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, stop: () => server.close() };
}

type Bare = (kind: Kind, durationMs: number) => Promise<number[]>;

/** One connection, one question after the other. */
function bareSql(client: pg.Client): Bare {
  return async ({ statements }, durationMs) => {
    const latenciesMs: number[] = [];
    const start = performance.now();
    for (let turn = 0; performance.now() - start < durationMs; turn += 1) {
      const begun = performance.now();
      for (const { values, ...statement } of statements[turn % statements.length] ?? []) {
        await client.query({ ...statement, values: [...values], rowMode: "array" });
      }
      latenciesMs.push(performance.now() - begun);
    }
    return latenciesMs;
  };
}

type Figures = {
  readonly one: number[];
  readonly bare: number[];
  readonly ten: number[];
  readonly onePerSecond: number[];
  readonly tenPerSecond: number[];
};

async function measure(port: number, kind: Kind, connections: number, durationMs: number) {
  const result = await saturateWith(port, kind.requests, connections, durationMs);
  const unexpected = [...result.statuses.keys()].filter((status) => status !== 200);
  if (unexpected.length > 0) throw new Error(`${kind.name} answered ${unexpected.join(", ")}`);
  return result;
}

async function sizeOf(port: number): Promise<{ readonly plainKb: number; readonly packedKb: number }> {
  const ask = async (encoding: string) => {
    const headers = { authorization: `Bearer ${largeLocalpart(1)}`, "accept-encoding": encoding };
    const response = await fetch(`http://127.0.0.1:${String(port)}${BOOK}`, { headers });
    await response.arrayBuffer();
    return Number(response.headers.get("content-length")) / 1_000;
  };
  return { plainKb: await ask("identity"), packedKb: await ask("gzip") };
}

export async function benchAddressBook(json: boolean): Promise<void> {
  await withStateDatabase(async (databaseUrl) => {
    await loadGroups(databaseUrl);
    await measureOn(databaseUrl, json);
  });
}

/** @param databaseUrl with the state and its groups */
export async function measureOn(databaseUrl: string, json: boolean): Promise<void> {
  const tokens = await startTokens();
  const client = new pg.Client({ connectionString: databaseUrl, options: APPLICATION_ROLE_OPTION });
  await client.connect();
  const { child, port } = await startProcess("gate-process.ts", [], {
    DATABASE_URL: databaseUrl,
    GATE_SECRET: "not asked for here",
    GATE_POOL_SIZE: "1",
    GATE_CLIENT_POOL_SIZE: "4",
    SYNAPSE_URL: tokens.url,
  });
  try {
    const figures = await run(port, bareSql(client));
    report(figures, await sizeOf(port), json);
  } finally {
    child.kill();
    await client.end();
    tokens.stop();
  }
}

async function run(port: number, bare: Bare): Promise<ReadonlyMap<Kind, Figures>> {
  const figures = new Map<Kind, Figures>();
  for (const kind of kinds()) {
    figures.set(kind, { one: [], bare: [], ten: [], onePerSecond: [], tenPerSecond: [] });
    await measure(port, kind, 1, WARM_UP_MS);
    await bare(kind, WARM_UP_MS);
  }
  for (let number = 1; number <= ROUNDS; number += 1) {
    for (const [kind, { one, bare: baseline, ten, onePerSecond, tenPerSecond }] of figures) {
      baseline.push(...(await bare(kind, ROUND_MS)));
      const alone = await measure(port, kind, 1, ROUND_MS);
      one.push(...alone.latenciesMs);
      onePerSecond.push(alone.perSecond);
      const together = await measure(port, kind, CLIENTS, ROUND_MS);
      ten.push(...together.latenciesMs);
      tenPerSecond.push(together.perSecond);
    }
    console.log(`round ${String(number)} of ${String(ROUNDS)}`);
  }
  return figures;
}

function report(
  figures: ReadonlyMap<Kind, Figures>,
  size: { readonly plainKb: number; readonly packedKb: number },
  json: boolean,
): void {
  const ms = (values: readonly number[], fraction: number) => round(percentile(values, fraction), 1);
  const lines = [...figures].map(([kind, { one, bare, ten, onePerSecond, tenPerSecond }]) => ({
    kind,
    p50: ms(one, 0.5),
    p95: ms(one, 0.95),
    bare50: ms(bare, 0.5),
    bare95: ms(bare, 0.95),
    ten95: ms(ten, 0.95),
    perSecond: { one: median(onePerSecond), ten: median(tenPerSecond) },
  }));
  const named = (value: (line: (typeof lines)[number]) => number, suffix: string) =>
    Object.fromEntries(lines.map((line) => [`${line.kind.name}${suffix}`, value(line)]));
  const scaling = Math.min(...lines.map(({ perSecond }) => perSecond.ten / perSecond.one));
  print(
    {
      bench: "addressbook",
      unit: "ms",
      ours: {
        ...named(({ p50 }) => p50, "P50"),
        ...named(({ p95 }) => p95, "P95"),
        ...named(({ ten95 }) => ten95, "TenClientsP95"),
        bookKb: round(size.plainKb, 0),
        bookCompressedKb: round(size.packedKb, 0),
        tenClientsThroughput: round(scaling),
      },
      baseline: { ...named(({ bare50 }) => bare50, "P50"), ...named(({ bare95 }) => bare95, "P95") },
      ratio: Math.max(...lines.map(({ p50, bare50 }) => p50 / bare50)),
      goals: [
        ...lines.map(({ kind, p95 }) => ({
          text: `${kind.name} p95 ≤ ${String(kind.goalMs)} ms`,
          met: p95 <= kind.goalMs,
        })),
        { text: "ten clients ≥ 0.9 of one client's throughput", met: scaling >= 0.9 },
      ],
      rows: [
        ["", "p50", "p95", "bare SQL p50", "p95", "one client", "ten clients", "p95 of ten"],
        ...lines.map(({ kind, p50, p95, bare50, bare95, ten95, perSecond }) => [
          kind.title,
          `${String(p50)} ms`,
          `${String(p95)} ms`,
          `${String(bare50)} ms`,
          `${String(bare95)} ms`,
          `${String(round(perSecond.one, 0))}/s`,
          `${String(round(perSecond.ten, 0))}/s`,
          `${String(ten95)} ms`,
        ]),
        [
          "size of the book",
          `${String(round(size.plainKb, 0))} kB`,
          `${String(round(size.packedKb, 0))} kB compressed`,
        ],
      ],
    },
    json,
  );
}
