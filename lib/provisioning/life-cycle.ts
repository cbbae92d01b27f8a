// When something of the directory that has ended is taken down in Synapse too (design §5, §6). Pure.
import type { DesiredMode, ManagedKind, RoomMode } from "./types.ts";

const DAY_MS = 86_400_000;
/** 31 July, in the state's calendar; months count from 0. */
const SCHOOL_YEAR_END = { month: 6, day: 31 };
/** "At the latest" leaves time for an erasure that fails at first. */
const ERASE_MARGIN_DAYS = 14;

/** The end of the school year in which the moment lies. */
export function schoolYearEnd(moment: Date): Date {
  const { month, day } = SCHOOL_YEAR_END;
  const inYear = (year: number): Date => new Date(Date.UTC(year, month, day, 23, 59, 59));
  const sameYear = inYear(moment.getUTCFullYear());
  return moment <= sameYear ? sameYear : inYear(moment.getUTCFullYear() + 1);
}

export function afterGrace(since: Date, gracePeriodDays: number): Date {
  return new Date(since.getTime() + gracePeriodDays * DAY_MS);
}

/** Erased at the latest one year after the end of the school year in which the person left. */
export function eraseDueAt(leftAt: Date): Date {
  const limit = schoolYearEnd(leftAt);
  limit.setUTCFullYear(limit.getUTCFullYear() + 1);
  return new Date(limit.getTime() - ERASE_MARGIN_DAYS * DAY_MS);
}

/** Whoever left up to then is due at the moment: eraseDueAt the other way round, so that a query can ask for it. */
export function erasedIfLeftBy(moment: Date): Date {
  const end = schoolYearEnd(moment);
  // the moment lies at the end of this school year's margin, or before it: then the year before the last counts
  for (const years of [1, 2]) {
    end.setUTCFullYear(end.getUTCFullYear() - 1);
    if (years === 2 || eraseDueAt(end) <= moment) break;
  }
  return end;
}

/** A room of a class that has ended stays readable until the school year's end and the grace period after it. */
export function endedGroupClosesAt(endedAt: Date, gracePeriodDays: number): Date {
  return afterGrace(schoolYearEnd(endedAt), gracePeriodDays);
}

export type RoomLife = {
  readonly kind: ManagedKind;
  readonly twoWay: boolean;
  readonly isServed: boolean;
  /** Null while served, and for a school that never was. */
  readonly unservedSince: Date | null;
  readonly groupLeftAt: Date | null;
  /** Switched off by the school. */
  readonly unwantedSince: Date | null;
  readonly now: Date;
  readonly gracePeriodDays: number;
};

/** How a room of a school that is on and whose group exists is written in. */
export function openMode(kind: ManagedKind, twoWay: boolean): RoomMode {
  if (kind === "group" || kind === "space") return "silent";
  if (kind === "staffroom") return "twoWay";
  if (kind === "announcements") return "oneWay";
  return twoWay ? "twoWay" : "oneWay";
}

/** Read-only from the moment something ends, closed after its period; whatever begins again reopens it. */
export function desiredMode(life: RoomLife): DesiredMode {
  const { now, gracePeriodDays, unservedSince, groupLeftAt, unwantedSince } = life;
  const ends = [
    ...(unservedSince === null ? [] : [afterGrace(unservedSince, gracePeriodDays)]),
    ...(groupLeftAt === null ? [] : [endedGroupClosesAt(groupLeftAt, gracePeriodDays)]),
    ...(unwantedSince === null ? [] : [afterGrace(unwantedSince, gracePeriodDays)]),
  ];
  if (ends.some((end) => end <= now)) return "closed";
  const hasEnded = !life.isServed || ends.length > 0;
  return hasEnded ? "readOnly" : openMode(life.kind, life.twoWay);
}
