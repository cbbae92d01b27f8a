// A change of the state's frame: what is valid, what differs, and what makes it more permissive and so needs a second
// state administrator (design §4.6). Pure; the database holds "more permissive" once more (0006_frame_changes).
import { ALWAYS_SENSITIVE, frameCell, type FrameCell, type PolicyFrame } from "./frame.ts";
import { CELLS, cellKey, type Cell, type CellKey } from "./roles.ts";

/** For how long what a report says is kept after its case was closed, by category (design §8). */
export const RETENTION = [
  "retainBullyingDays",
  "retainSexualDays",
  "retainViolenceDays",
  "retainExtremismDays",
  "retainSpamDays",
  "retainOtherDays",
] as const;
export type RetentionName = (typeof RETENTION)[number];

/** What the state says about one cell. */
export type FrameRule = Omit<FrameCell, "cell">;
export type FrameSettings = Pick<
  PolicyFrame,
  "approvalForEveryChange" | "approverRoleAgeDays" | "requestExpiryDays"
> & {
  /** Between somebody's leaving the directory and the end of the account. */
  readonly gracePeriodDays: number;
} & Readonly<Record<RetentionName, number>>;
export type FrameState = PolicyFrame & FrameSettings;

/** Wanted rules and settings; what stays as it is in the frame is absent. */
export type FrameEdits = {
  readonly cells: Readonly<Partial<Record<CellKey, FrameRule>>>;
  readonly settings: Readonly<Partial<FrameSettings>>;
};
export type SettingName = keyof FrameSettings;
export type PeriodName = Exclude<SettingName, "approvalForEveryChange">;

export const LOCK_REASON_LENGTH = { least: 10, most: 300 } as const;
const RETENTION_BOUNDS = { least: 7, most: 3_650 } as const;
/** In days. */
export const PERIOD_BOUNDS: Readonly<Record<PeriodName, { readonly least: number; readonly most: number }>> = {
  approverRoleAgeDays: { least: 1, most: 90 },
  requestExpiryDays: { least: 1, most: 90 },
  gracePeriodDays: { least: 7, most: 365 },
  retainBullyingDays: RETENTION_BOUNDS,
  retainSexualDays: RETENTION_BOUNDS,
  retainViolenceDays: RETENTION_BOUNDS,
  retainExtremismDays: RETENTION_BOUNDS,
  retainSpamDays: RETENTION_BOUNDS,
  retainOtherDays: RETENTION_BOUNDS,
};
export const PERIODS = ["approverRoleAgeDays", "requestExpiryDays", "gracePeriodDays", ...RETENTION] as const;
export const SETTINGS: readonly SettingName[] = ["approvalForEveryChange", ...PERIODS];

export type FrameItem =
  | {
      readonly kind: "cell";
      readonly key: CellKey;
      readonly before: FrameRule;
      readonly after: FrameRule;
      readonly permissive: boolean;
    }
  | {
      readonly kind: "setting";
      readonly name: SettingName;
      readonly before: boolean | number;
      readonly after: boolean | number;
      readonly permissive: boolean;
    };

export function frameRule(frame: PolicyFrame, cell: Cell): FrameRule {
  const { allowed, locked, reason, sensitive } = frameCell(frame, cell);
  return { allowed, locked, reason, sensitive };
}

/** The reason of a lock counts only while there is a lock. */
function sameRule(one: FrameRule, other: FrameRule): boolean {
  return (
    one.allowed === other.allowed &&
    one.locked === other.locked &&
    one.sensitive === other.sensitive &&
    (!one.locked || one.reason === other.reason)
  );
}

/** In effect at a school that has set `own`. */
function effective({ allowed, locked }: FrameRule, own: boolean | undefined): boolean {
  return locked ? allowed : (own ?? allowed);
}

/** Could the cell be off at some school before, and on after? */
export function opensSomewhere(before: FrameRule, after: FrameRule): boolean {
  return [undefined, true, false].some((own) => !effective(before, own) && effective(after, own));
}

export function isRulePermissive(before: FrameRule, after: FrameRule): boolean {
  return (before.sensitive && !after.sensitive) || opensSomewhere(before, after);
}

/** Approval switched off, a waiting or grace period shortened, the time for a decision or for keeping reports lengthened. */
export function isSettingPermissive(name: SettingName, before: FrameSettings, after: FrameSettings): boolean {
  switch (name) {
    case "approvalForEveryChange":
      return before.approvalForEveryChange && !after.approvalForEveryChange;
    case "requestExpiryDays":
      return after.requestExpiryDays > before.requestExpiryDays;
    case "approverRoleAgeDays":
    case "gracePeriodDays":
      return after[name] < before[name];
    case "retainBullyingDays":
    case "retainExtremismDays":
    case "retainOtherDays":
    case "retainSexualDays":
    case "retainSpamDays":
    case "retainViolenceDays":
      return after[name] > before[name];
  }
}

/** The frame with the edits in it, under the next version. */
export function withFrameEdits(base: FrameState, edits: FrameEdits): FrameState {
  const cells = new Map<CellKey, FrameCell>();
  for (const cell of CELLS) {
    const key = cellKey(cell);
    const rule = edits.cells[key] ?? frameRule(base, cell);
    cells.set(key, { ...rule, reason: rule.locked ? rule.reason : null, cell });
  }
  return { ...base, ...edits.settings, version: base.version + 1, cells };
}

/** Pupil-to-pupil first, then marks taken away, openings from or to pupils, other openings, settings, the harmless. */
function risk(item: FrameItem): number {
  if (!item.permissive) return item.kind === "cell" ? 1 : 0;
  if (item.kind === "setting") return 2;
  const [from, to] = item.key.split(">");
  const students = [from, to].filter((name) => name === "student").length;
  if (students === 2) return 6;
  if (item.before.sensitive && !item.after.sensitive) return 5;
  return students === 1 ? 4 : 3;
}

/** What the edits change, riskiest first. Edits that change nothing are left out. */
export function frameItems(base: FrameState, edits: FrameEdits): FrameItem[] {
  const next = withFrameEdits(base, edits);
  const cells = CELLS.flatMap((cell): FrameItem[] => {
    const [before, after] = [frameRule(base, cell), frameRule(next, cell)];
    if (sameRule(before, after)) return [];
    return [{ kind: "cell", key: cellKey(cell), before, after, permissive: isRulePermissive(before, after) }];
  });
  const settings = SETTINGS.flatMap((name): FrameItem[] => {
    const [before, after] = [base[name], next[name]];
    if (before === after) return [];
    return [{ kind: "setting", name, before, after, permissive: isSettingPermissive(name, base, next) }];
  });
  return [...cells, ...settings].toSorted((one, other) => risk(other) - risk(one));
}

/** The inverse of {@link frameItems}. */
export function editsOf(items: readonly FrameItem[]): FrameEdits {
  const cells = items.flatMap((item) => (item.kind === "cell" ? [[item.key, item.after] as const] : []));
  const settings = items.flatMap((item) => (item.kind === "setting" ? [[item.name, item.after] as const] : []));
  return { cells: Object.fromEntries(cells), settings: Object.fromEntries(settings) };
}

export type FrameProblem =
  | { readonly kind: "sensitiveOn" | "alwaysSensitive" | "lockReason"; readonly key: CellKey }
  | { readonly kind: "period"; readonly name: PeriodName };

function ruleProblems(key: CellKey, { allowed, locked, reason, sensitive }: FrameRule): FrameProblem[] {
  const length = reason?.trim().length ?? 0;
  const isReasoned = length >= LOCK_REASON_LENGTH.least && length <= LOCK_REASON_LENGTH.most;
  return [
    // a locked cell has the frame's value, so this is both "on by default" and "locked on"
    ...(sensitive && allowed ? [{ kind: "sensitiveOn", key } as const] : []),
    ...(ALWAYS_SENSITIVE.has(key) && !sensitive ? [{ kind: "alwaysSensitive", key } as const] : []),
    ...(locked && !isReasoned ? [{ kind: "lockReason", key } as const] : []),
  ];
}

/** What must not be, in what would change; the frame in effect is not judged again. */
export function frameProblems(base: FrameState, edits: FrameEdits): FrameProblem[] {
  return frameItems(base, edits).flatMap((item): FrameProblem[] => {
    if (item.kind === "cell") return ruleProblems(item.key, item.after);
    if (item.name === "approvalForEveryChange" || typeof item.after !== "number") return [];
    const { least, most } = PERIOD_BOUNDS[item.name];
    const isWithin = Number.isInteger(item.after) && item.after >= least && item.after <= most;
    return isWithin ? [] : [{ kind: "period", name: item.name }];
  });
}

export type FramePlan = {
  /** In effect at once. */
  readonly immediate: readonly FrameItem[];
  /** Waits for a second state administrator. */
  readonly waiting: readonly FrameItem[];
};

/** Splits a change cell by cell and setting by setting: closing never waits for an opening elsewhere. */
export function planFrameChange(base: FrameState, edits: FrameEdits): FramePlan {
  const items = frameItems(base, edits);
  return {
    immediate: items.filter(({ permissive }) => !permissive),
    waiting: items.filter(({ permissive }) => permissive),
  };
}
