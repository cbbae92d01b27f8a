// A change of the frame as an address: the summary page reads it, so it can be reloaded and survives signing in again.
// The browser's draft is kept in the same form. Whatever is not exactly one is refused as a whole.
import { FRAME_PATH } from "#components/shell/paths.ts";
import { PERIODS, type FrameEdits, type FrameRule, type FrameSettings } from "#lib/policy/frame-change.ts";
import { CELLS, cellKey, type CellKey } from "#lib/policy/roles.ts";

export type FrameChange = { readonly baseVersion: number; readonly edits: FrameEdits };

/** An address that every server and proxy on the way accepts. */
const LONGEST_CODE = 6_000;
const LARGEST_VERSION = 1_000_000_000;
const [ALLOWED, LOCKED, SENSITIVE] = [1, 2, 4];

const toBase64Url = (text: string) =>
  btoa(String.fromCodePoint(...new TextEncoder().encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const fromBase64Url = (code: string) =>
  new TextDecoder("utf-8", { fatal: true }).decode(
    Uint8Array.from(atob(code.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.codePointAt(0) ?? 0),
  );

/** Cells as number, bits and reason; equal reasons stand once. */
export function encodeEdits({ cells, settings }: FrameEdits): string {
  const reasons: string[] = [];
  const list = CELLS.flatMap((cell, index) => {
    const rule = cells[cellKey(cell)];
    if (!rule) return [];
    const bits = (rule.allowed ? ALLOWED : 0) + (rule.locked ? LOCKED : 0) + (rule.sensitive ? SENSITIVE : 0);
    if (!rule.locked || rule.reason === null) return [[index, bits]];
    if (!reasons.includes(rule.reason)) reasons.push(rule.reason);
    return [[index, bits, reasons.indexOf(rule.reason)]];
  });
  return toBase64Url(JSON.stringify([list, reasons, settings]));
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function decodeRule(
  entry: unknown,
  reasons: readonly unknown[],
): { readonly key: CellKey; readonly rule: FrameRule } | undefined {
  if (!isList(entry)) return undefined;
  const [index, bits, place] = entry;
  const cell = typeof index === "number" ? CELLS[index] : undefined;
  if (!cell || typeof bits !== "number" || !Number.isInteger(bits) || bits < 0 || bits > 7) return undefined;
  const reason = typeof place === "number" ? reasons[place] : null;
  if (reason !== null && typeof reason !== "string") return undefined;
  const has = (bit: number) => Math.floor(bits / bit) % 2 === 1;
  return {
    key: cellKey(cell),
    rule: { allowed: has(ALLOWED), locked: has(LOCKED), sensitive: has(SENSITIVE), reason },
  };
}

function decodeSettings(value: unknown): Partial<FrameSettings> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const settings: Partial<Record<keyof FrameSettings, unknown>> = { ...value };
  const { approvalForEveryChange, ...periods } = settings;
  if (approvalForEveryChange !== undefined && typeof approvalForEveryChange !== "boolean") return undefined;
  const days: Partial<Record<Exclude<keyof FrameSettings, "approvalForEveryChange">, number>> = {};
  for (const [name, wanted] of Object.entries(periods)) {
    if (typeof wanted !== "number") return undefined;
    const period = PERIODS.find((known) => known === name);
    if (period === undefined) return undefined;
    days[period] = wanted;
  }
  return approvalForEveryChange === undefined ? days : { ...days, approvalForEveryChange };
}

export function decodeEdits(code: string): FrameEdits | undefined {
  if (code.length > LONGEST_CODE) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(fromBase64Url(code));
  } catch {
    return undefined;
  }
  if (!isList(value)) return undefined;
  const [list, reasons, wanted] = value;
  const settings = decodeSettings(wanted);
  if (!isList(list) || !isList(reasons) || !settings) return undefined;
  const rules = list.map((entry) => decodeRule(entry, reasons));
  const cells: Partial<Record<CellKey, FrameRule>> = {};
  for (const decoded of rules) {
    if (!decoded || cells[decoded.key]) return undefined;
    cells[decoded.key] = decoded.rule;
  }
  return { cells, settings };
}

/** Undefined if it is too long for an address: many different reasons at once. */
export function summaryPath(baseVersion: number, edits: FrameEdits): string | undefined {
  const code = encodeEdits(edits);
  if (code.length > LONGEST_CODE) return undefined;
  return `${FRAME_PATH}/summary?base=${String(baseVersion)}&change=${code}`;
}

export function parseFrameChange(parameters: Record<string, string | string[] | undefined>): FrameChange | undefined {
  const { base, change } = parameters;
  if (typeof base !== "string" || typeof change !== "string" || !/^[1-9]\d*$/.test(base)) return undefined;
  const baseVersion = Number(base);
  const edits = decodeEdits(change);
  return edits && baseVersion <= LARGEST_VERSION ? { baseVersion, edits } : undefined;
}
