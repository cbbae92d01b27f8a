// What every benchmark shares: interleaved rounds against a baseline in the same run, the median, a table for people
// and one JSON line for machines (design §11).

export const ROUNDS = 5;

export type Comparison = {
  readonly name: string;
  readonly ours: number;
  readonly baseline: number;
};
export type Goal = { readonly text: string; readonly met: boolean };
export type BenchReport = {
  readonly bench: string;
  readonly unit: string;
  readonly ours: Readonly<Record<string, number>>;
  readonly baseline: Readonly<Record<string, number>>;
  /** ours ÷ baseline, the worst if there are several. */
  readonly ratio: number;
  readonly goals: readonly Goal[];
  readonly rows: readonly (readonly string[])[];
};

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined) throw new RangeError("median of nothing");
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

/** @param fraction 0…1; values need not be sorted */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))];
  if (value === undefined) throw new RangeError("percentile of nothing");
  return value;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ")).join("\n");
}

/** Prints the table, the goals and, if asked, the JSON line as the last output. */
export function print(report: BenchReport, json: boolean): void {
  const { bench, unit, ours, baseline, ratio, goals, rows } = report;
  console.log(`\n${table(rows)}\n`);
  for (const { text, met } of goals) console.log(`${met ? "met    " : "NOT MET"} ${text}`);
  if (!json) return;
  const goal = goals.map(({ text }) => text).join("; ");
  console.log(
    JSON.stringify({ bench, unit, ours, baseline, ratio: round(ratio, 3), goal, met: goals.every(({ met }) => met) }),
  );
}
