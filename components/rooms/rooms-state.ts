// What the page of existing rooms shows while it is open. The server turns it into sentences; the browser only shows
// them, so it needs neither our texts nor our types of the database.
import type { Translator } from "#components/ui/translator.ts";
import type { Locale } from "#lib/i18n/locales.ts";
import { describeMoment } from "#lib/i18n/when.ts";
import { ROLES } from "#lib/policy/roles.ts";
import type { ProtectedRoom, ReviewView, RoomsView } from "#lib/rooms/queries.ts";
import type { PeopleCounts } from "#lib/rooms/standing.ts";
import { paceOf } from "./pace.ts";

export type ShownRoom = { readonly id: string; readonly name: string; readonly people: string };
export type ShownProtection = ShownRoom & {
  readonly tone: "good" | "busy" | "bad";
  readonly text: string;
  readonly mayRestore: boolean;
  /** It failed, or nothing has happened for a while. */
  readonly mayTryAgain: boolean;
};
export type ShownReview = {
  readonly id: string;
  readonly isRunning: boolean;
  /** Nothing has happened for a while: may be asked for again. */
  readonly isStalled: boolean;
  readonly text: string;
  readonly notes: readonly string[];
  readonly checked: number;
  readonly total: number;
  readonly pace: string | null;
};
export type ShownProgress = {
  readonly text: string;
  readonly done: number;
  readonly total: number;
  readonly pace: string | null;
};
export type RoomsState = {
  readonly review: ShownReview | null;
  /** Something was closed since: the page has it counted by itself. */
  readonly needsReview: boolean;
  readonly found: readonly ShownRoom[];
  readonly foundTotal: number;
  readonly protections: readonly ShownProtection[];
  /** How far what was asked for last is; null if nothing is under way. */
  readonly progress: ShownProgress | null;
  readonly protectionsMore: string | null;
  readonly isMoving: boolean;
};

type Writer = { readonly t: Translator; readonly locale: Locale; readonly now: Date };

const STALLED_AFTER_MS = 60_000;
const KNOWN_PROBLEMS = ["noPowerLevels", "noRights", "notInRoom"] as const;

function moment({ t, locale, now }: Writer, at: Date): string {
  const { nearness, time, date } = describeMoment(at, now, locale);
  return t(`when.${nearness}`, { time, date });
}

function peopleOf({ t }: Writer, counts: PeopleCounts): string {
  const parts = ROLES.flatMap((role) => {
    const count = counts[role];
    return count === undefined ? [] : [t(`roles.count.${role}`, { count })];
  });
  if (counts.other !== undefined) parts.push(t("rooms.other", { count: counts.other }));
  return parts.join(", ");
}

function paceText({ t, now }: Writer, done: number, total: number, since: Date): string | null {
  const pace = paceOf(done, total, now.getTime() - since.getTime());
  if (pace === null) return null;
  const left =
    pace.remainingSeconds < 60
      ? t("rooms.left.seconds")
      : t("rooms.left.minutes", { count: Math.round(pace.remainingSeconds / 60) });
  return t("rooms.pace", { count: pace.perMinute, left });
}

function shownRoom(writer: Writer, room: { roomId: string; name: string | null; people: PeopleCounts }): ShownRoom {
  const { roomId, name, people } = room;
  return { id: roomId, name: name ?? writer.t("rooms.unnamed"), people: peopleOf(writer, people) };
}

function shownReview(writer: Writer, review: ReviewView, view: RoomsView): ShownReview {
  const { t, now } = writer;
  const { id, version, checked, notPermitted, unreadable, finishedAt } = review;
  const total = review.total ?? 0;
  const isRunning = finishedAt === null;
  const isStalled = isRunning && now.getTime() - review.progressedAt.getTime() > STALLED_AFTER_MS;
  const notes: string[] = [];
  if (unreadable > 0) notes.push(t("rooms.unreadable", { count: unreadable }));
  if (finishedAt !== null) {
    if (version !== view.currentVersion) notes.push(t("rooms.outdated", { version: view.currentVersion }));
    const text = t("rooms.reviewed", { when: moment(writer, finishedAt), version, total, found: notPermitted });
    return { id, isRunning, isStalled, text, notes, checked, total, pace: null };
  }
  if (view.isSynapseAway || isStalled) notes.push(t("rooms.waiting"));
  const text = review.total === null ? t("rooms.queued") : t("rooms.running", { checked, total, found: notPermitted });
  const pace = review.begunAt && !isStalled ? paceText(writer, checked, total, review.begunAt) : null;
  return { id, isRunning, isStalled, text, notes, checked, total, pace };
}

function shownProtection(writer: Writer, room: ProtectedRoom): ShownProtection {
  const { t, now } = writer;
  const { wanted, wantedAt, settledAt, problem } = room;
  const isLate = settledAt === null && now.getTime() - wantedAt.getTime() > STALLED_AFTER_MS;
  const mayTryAgain = isLate || problem !== null;
  const shown = { ...shownRoom(writer, room), mayRestore: settledAt !== null, mayTryAgain };
  if (settledAt === null) return { ...shown, tone: "busy", text: t(`rooms.state.${wanted}Busy`) };
  if (problem === null) {
    return { ...shown, tone: "good", text: t(`rooms.state.${wanted}`, { when: moment(writer, settledAt) }) };
  }
  const known = KNOWN_PROBLEMS.find((one) => one === problem);
  const reason = known === undefined ? t("rooms.problem.other", { code: problem }) : t(`rooms.problem.${known}`);
  return { ...shown, tone: "bad", text: `${t(`rooms.state.${wanted}Failed`)} ${reason}` };
}

function shownProgress(
  writer: Writer,
  { since, total, settled }: NonNullable<RoomsView["underWay"]>,
  isSynapseAway: boolean,
): ShownProgress {
  const { t } = writer;
  const text = t("rooms.progress", { count: total - settled });
  return {
    text: isSynapseAway ? `${text} ${t("rooms.waiting")}` : text,
    done: settled,
    total,
    pace: isSynapseAway ? null : paceText(writer, settled, total, since),
  };
}

export function roomsState(view: RoomsView, writer: Writer): RoomsState {
  const { t } = writer;
  const { protections, protectionsTotal } = view;
  const more = protectionsTotal - protections.length;
  return {
    review: view.review && shownReview(writer, view.review, view),
    needsReview: view.needsReview,
    found: view.found.map((room) => shownRoom(writer, room)),
    foundTotal: view.foundTotal,
    protections: protections.map((room) => shownProtection(writer, room)),
    progress: view.underWay && shownProgress(writer, view.underWay, view.isSynapseAway),
    protectionsMore: more > 0 ? t("rooms.more", { count: more }) : null,
    isMoving: view.underWay !== null || (view.review !== null && view.review.finishedAt === null),
  };
}
