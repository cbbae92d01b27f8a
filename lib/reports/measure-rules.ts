// What may be done because of a case, to whom, and with which effects (design §8): only its parties and its room, and
// only once a report of it is verified. Pure; the same rules make the preview and judge the wish.
import type { MeasureKind, MeasureState } from "#prisma/generated/enums.ts";

export type { MeasureKind, MeasureState };

/** In the order in which they are offered: the mild before the hard. */
export const MEASURE_KINDS = [
  "warn",
  "redact",
  "quarantineMedia",
  "removeFromRoom",
  "letBackIn",
  "suspend",
  "liftSuspension",
  "lock",
  "unlock",
  "closeRoom",
  "tellReporter",
] as const satisfies readonly MeasureKind[];

const HEAVY: ReadonlySet<MeasureKind> = new Set<MeasureKind>(["lock", "closeRoom", "quarantineMedia"]);
const WITH_TEXT: ReadonlySet<MeasureKind> = new Set<MeasureKind>(["warn", "tellReporter"]);
/** A second person confirms a heavy measure within this time, or it is taken back. */
export const CONFIRM_HOURS = 24;
export const MEASURE_TEXT_LENGTH = { least: 10, most: 2_000 } as const;

export const isHeavy = (kind: MeasureKind): boolean => HEAVY.has(kind);
/** Its text is what somebody reads in the chat. */
export const needsText = (kind: MeasureKind): boolean => WITH_TEXT.has(kind);

export function confirmBy(kind: MeasureKind, requestedAt: Date): Date | null {
  return isHeavy(kind) ? new Date(requestedAt.getTime() + CONFIRM_HOURS * 3_600_000) : null;
}

export type MeasureRecord = {
  readonly kind: MeasureKind;
  readonly target: string;
  readonly state: MeasureState;
  readonly requestedAt: Date;
};

export type CaseFacts = {
  readonly roomId: string | null;
  readonly roomName: string | null;
  /** A class's or school's room, whose members the directory decides. */
  readonly isManagedRoom: boolean;
  /** As counted when it was reported; null if nobody could. */
  readonly memberCount: number | null;
  readonly reportedUserId: string | null;
  /** Nobody's account: the provisioner's, or of another server. */
  readonly isReportedOurs: boolean;
  /** Of verified reports only. */
  readonly reporterUserIds: readonly string[];
  readonly events: readonly {
    readonly id: string;
    /** Files and previews that the event points to; null if it is encrypted or was not kept. */
    readonly media: number | null;
  }[];
  readonly hasVerifiedReport: boolean;
  /** Of this case, in the order of their wishes. */
  readonly measures: readonly MeasureRecord[];
  /** Of the reported person in any case: what stands at this moment. */
  readonly isSuspended: boolean;
  readonly isLocked: boolean;
  /** From this room. */
  readonly isRemoved: boolean;
};

/** Why something is not possible; the texts stand under caseMeasures.blocked. */
export type Block =
  | "notVerified" // nobody's word but an unknown sender's
  | "nobodyReported"
  | "notOurs"
  | "noRoom"
  | "managedRoom"
  | "noEvent"
  | "noMedia"
  | "noReporter"
  | "inForce"
  | "notInForce"
  | "underWay";

/** One sentence of a preview; the texts stand under caseMeasures.effect. */
export type Effect = { readonly key: EffectKey; readonly count?: number; readonly room?: string };
export const EFFECT_KEYS = [
  "messageGone",
  "evidenceStays",
  "noticeSent",
  "noticeUnanswerable",
  "mayNotWrite",
  "mayRead",
  "untilLifted",
  "mayWriteAgain",
  "leavesRoom",
  "staysOut",
  "directoryWaits",
  "comesBackByDirectory",
  "comesBackByInvitation",
  "signedOut",
  "roomsStay",
  "mayUseAgain",
  "nobodyWrites",
  "emptiedLater",
  "mediaGone",
  "secondPerson",
] as const;
export type EffectKey = (typeof EFFECT_KEYS)[number];

export type MeasureOption = {
  readonly kind: MeasureKind;
  readonly isHeavy: boolean;
  readonly needsText: boolean;
  /** Matrix ids of what it acts on; of each, one measure. */
  readonly targets: readonly string[];
  readonly effects: readonly Effect[];
  /** Null if it is possible. */
  readonly blocked: Block | null;
};

const ACTIVE: readonly MeasureState[] = ["queued", "reverting"];
const STANDS: readonly MeasureState[] = ["queued", "done", "confirmed"];

/** What acts on this target now, or is about to. */
function standing(facts: CaseFacts, kind: MeasureKind, target: string): MeasureRecord | undefined {
  return facts.measures.find((one) => one.kind === kind && one.target === target && STANDS.includes(one.state));
}

function isUnderWay(facts: CaseFacts, kind: MeasureKind, target: string): boolean {
  return facts.measures.some((one) => one.kind === kind && one.target === target && ACTIVE.includes(one.state));
}

type Judged = { readonly targets: readonly string[]; readonly blocked: Block | null };
const blocked = (reason: Block): Judged => ({ targets: [], blocked: reason });
const possible = (targets: readonly string[]): Judged => ({ targets, blocked: null });

function ofPerson(facts: CaseFacts, kind: MeasureKind, standsNow: boolean | null, wanted: boolean): Judged {
  const { reportedUserId } = facts;
  if (reportedUserId === null) return blocked("nobodyReported");
  if (!facts.isReportedOurs) return blocked("notOurs");
  if (isUnderWay(facts, kind, reportedUserId)) return blocked("underWay");
  if (standsNow !== null && standsNow === wanted) return blocked(wanted ? "inForce" : "notInForce");
  return possible([reportedUserId]);
}

function ofEvents(facts: CaseFacts, kind: "redact" | "quarantineMedia"): Judged {
  const { events } = facts;
  if (facts.roomId === null || events.length === 0) return blocked("noEvent");
  const suitable = kind === "redact" ? events : events.filter(({ media }) => (media ?? 0) > 0);
  if (suitable.length === 0) return blocked("noMedia");
  const open = suitable.filter(({ id }) => !standing(facts, kind, id)).map(({ id }) => id);
  return open.length > 0 ? possible(open) : blocked("inForce");
}

function ofRoom(facts: CaseFacts): Judged {
  const { roomId } = facts;
  if (roomId === null) return blocked("noRoom");
  if (facts.isManagedRoom) return blocked("managedRoom");
  if (isUnderWay(facts, "closeRoom", roomId)) return blocked("underWay");
  return standing(facts, "closeRoom", roomId) ? blocked("inForce") : possible([roomId]);
}

function judge(facts: CaseFacts, kind: MeasureKind): Judged {
  if (!facts.hasVerifiedReport) return blocked("notVerified");
  switch (kind) {
    case "warn":
      return ofPerson(facts, kind, null, true);
    case "suspend":
      return ofPerson(facts, kind, facts.isSuspended, true);
    case "liftSuspension":
      return ofPerson(facts, kind, facts.isSuspended, false);
    case "lock":
      return ofPerson(facts, kind, facts.isLocked, true);
    case "unlock":
      return ofPerson(facts, kind, facts.isLocked, false);
    case "removeFromRoom":
      // also once more: who moderates the room may have let the person back in without us
      return facts.roomId === null ? blocked("noRoom") : ofPerson(facts, kind, null, true);
    case "letBackIn":
      return facts.roomId === null ? blocked("noRoom") : ofPerson(facts, kind, facts.isRemoved, false);
    case "redact":
    case "quarantineMedia":
      return ofEvents(facts, kind);
    case "closeRoom":
      return ofRoom(facts);
    case "tellReporter":
      return facts.reporterUserIds.length === 0 ? blocked("noReporter") : possible(facts.reporterUserIds);
  }
}

function effectsOf(facts: CaseFacts, kind: MeasureKind, targets: readonly string[]): readonly Effect[] {
  const count = targets.length;
  const room = facts.roomName ?? "";
  switch (kind) {
    case "warn":
    case "tellReporter":
      return [{ key: "noticeSent", count }, { key: "noticeUnanswerable" }];
    case "redact":
      return [{ key: "messageGone", count, room }, { key: "evidenceStays" }];
    case "quarantineMedia": {
      const media = facts.events
        .filter(({ id }) => targets.includes(id))
        .reduce((sum, one) => sum + (one.media ?? 0), 0);
      return [{ key: "mediaGone", count: media }, { key: "secondPerson" }];
    }
    case "removeFromRoom":
      return [
        { key: "leavesRoom", room },
        { key: "staysOut" },
        ...(facts.isManagedRoom ? [{ key: "directoryWaits" } as const] : []),
      ];
    case "letBackIn":
      return [{ key: facts.isManagedRoom ? "comesBackByDirectory" : "comesBackByInvitation", room }];
    case "suspend":
      return [{ key: "mayNotWrite" }, { key: "mayRead" }, { key: "untilLifted" }];
    case "liftSuspension":
      return [{ key: "mayWriteAgain" }];
    case "lock":
      return [{ key: "signedOut" }, { key: "roomsStay" }, { key: "secondPerson" }];
    case "unlock":
      return [{ key: "mayUseAgain" }];
    case "closeRoom":
      return [
        { key: "nobodyWrites", room, ...(facts.memberCount !== null && { count: facts.memberCount }) },
        { key: "emptiedLater" },
        { key: "secondPerson" },
      ];
  }
}

/** Every kind with what it would do now, or why it is not possible. */
export function measureOptions(facts: CaseFacts): readonly MeasureOption[] {
  return MEASURE_KINDS.map((kind) => {
    const { targets, blocked: reason } = judge(facts, kind);
    return {
      kind,
      isHeavy: isHeavy(kind),
      needsText: needsText(kind),
      targets,
      effects: effectsOf(facts, kind, targets),
      blocked: reason,
    };
  });
}

/** Does the last of two opposite wishes leave the first one in force? */
export function isInForce(records: readonly MeasureRecord[], on: MeasureKind, off: MeasureKind): boolean {
  const last = records
    .filter(({ kind, state }) => (kind === on || kind === off) && STANDS.includes(state))
    .toSorted((a, b) => a.requestedAt.getTime() - b.requestedAt.getTime())
    .at(-1);
  return last?.kind === on;
}
