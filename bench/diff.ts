// How long it takes to see that nothing is to be done: desired state and difference of a whole state, beside reading the
// same rows with nothing done to them (design §11, provisioning).
import { fork } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";
import { withClient } from "#demo/postgres.ts";
import { withStateDatabase } from "./database.ts";
import { print, round } from "./harness.ts";
import { recordAsProvisioned } from "./recorded.ts";
import { PEOPLE, SCHOOLS } from "./state.ts";

const CLASSES = 45_000;
const SEATS = 33;
const PROCESS_TIMEOUT_MS = 1_800_000;
const MAX_RSS_BYTES = 512 * 1_024 ** 2;
const HEAP_MEGABYTES = 320;

/** 45,000 classes and 1.5 million enrollments over the people of bench/state.ts. */
const GROUPS = [
  "SET session_replication_role = replica",
  `INSERT INTO school_group (id, school_id, title, kind)
   SELECT 'g' || n, 'S-' || n % ${String(SCHOOLS)}, 'Klasse ' || n, 'homeroom' FROM generate_series(0, ${String(CLASSES - 1)}) n`,
  // every third class has one more; neighbours sit together, so nobody is twice in a class
  `INSERT INTO group_member (group_id, person_id, role, enrollment_id)
   SELECT 'g' || n, 'p' || person, CASE WHEN person / ${String(SCHOOLS)} % 10 = 0 THEN 'teacher' ELSE 'student' END, n || '-' || seat
   FROM generate_series(0, ${String(CLASSES - 1)}) n, generate_series(0, ${String(SEATS)}) seat,
     LATERAL (SELECT n % ${String(SCHOOLS)} + ${String(SCHOOLS)} * ((n / ${String(SCHOOLS)} * 11 + seat) % ${String(Math.floor(PEOPLE / SCHOOLS))}) AS person) one
   WHERE seat < ${String(SEATS)} OR n % 3 = 0`,
];

const measured = z.object({
  rooms: z.number(),
  members: z.number(),
  differences: z.number(),
  totalMs: z.number(),
  differenceMs: z.number(),
  maxRssBytes: z.number(),
});

export async function benchDiff(json: boolean): Promise<void> {
  await withStateDatabase(async (databaseUrl) => {
    console.log("loading classes, enrollments and rooms …");
    await withClient(databaseUrl, async (client) => {
      for (const statement of GROUPS) await client.query(statement);
    });
    await recordAsProvisioned(databaseUrl);
    const ours = await runProcess(databaseUrl);
    report(ours, await readRows(databaseUrl), json);
  });
}

export async function runProcess(databaseUrl: string): Promise<z.infer<typeof measured>> {
  const child = fork(new URL("diff-process.ts", import.meta.url), {
    execArgv: [`--max-old-space-size=${String(HEAP_MEGABYTES)}`],
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  try {
    const answer: readonly unknown[] = await once(child, "message", {
      signal: AbortSignal.timeout(PROCESS_TIMEOUT_MS),
    });
    return measured.parse(answer[0]);
  } finally {
    child.kill();
  }
}

/** Members as they are and as they should be, school by school. */
async function readRows(databaseUrl: string): Promise<{ readonly rows: number; readonly readMs: number }> {
  return await withClient(databaseUrl, async (client) => {
    const start = performance.now();
    let rows = 0;
    for (let number = 0; number < SCHOOLS; number += 1) {
      const school = [`S-${String(number)}`];
      const recorded = await client.query(
        "SELECT m.* FROM managed_room_member m JOIN managed_room r USING (alias) WHERE r.school_id = $1",
        school,
      );
      const wanted = await client.query(
        "SELECT m.* FROM group_member m JOIN school_group g ON g.id = m.group_id WHERE g.school_id = $1",
        school,
      );
      rows += recorded.rows.length + wanted.rows.length;
    }
    return { rows, readMs: performance.now() - start };
  });
}

function report(
  ours: z.infer<typeof measured>,
  { rows, readMs }: { readonly rows: number; readonly readMs: number },
  json: boolean,
): void {
  const seconds = (ms: number): string => `${String(round(ms / 1_000, 1))} s`;
  const rssMegabytes = round(ours.maxRssBytes / 1_024 ** 2, 0);
  print(
    {
      bench: "diff",
      unit: "s",
      ours: {
        seconds: round(ours.totalMs / 1_000, 1),
        differenceSeconds: round(ours.differenceMs / 1_000, 1),
        rooms: ours.rooms,
        members: ours.members,
        maxRssMegabytes: rssMegabytes,
      },
      baseline: { seconds: round(readMs / 1_000, 1), rows },
      ratio: ours.totalMs / readMs,
      goals: [
        { text: "without changes there is no difference", met: ours.differences === 0 },
        { text: "memory ≤ 512 MB", met: ours.maxRssBytes <= MAX_RSS_BYTES },
      ],
      rows: [
        ["", "time", "of it the difference", "memory"],
        [
          `${ours.rooms.toLocaleString("en")} rooms, ${ours.members.toLocaleString("en")} memberships`,
          seconds(ours.totalMs),
          seconds(ours.differenceMs),
          `${String(rssMegabytes)} MB`,
        ],
        [`reading ${rows.toLocaleString("en")} rows alone`, seconds(readMs), "", ""],
      ],
    },
    json,
  );
}
