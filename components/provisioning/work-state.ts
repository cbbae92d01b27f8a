// What moves on the pages of a school's provisioning while people watch. The server turns it into sentences; the browser
// only shows them and fetches the page anew when its mark changes.
import type { Translator } from "#components/ui/translator.ts";
import type { RunProgress, SchoolWork, SyncWork } from "#lib/directory/work-queries.ts";
import type { Locale } from "#lib/i18n/locales.ts";
import { describeMoment } from "#lib/i18n/when.ts";
import { steadyProgress, type Progress } from "#lib/provisioning/progress.ts";

export type ShownProgress = {
  /** Beside which work it stands. */
  readonly of: "sync" | "dryRun";
  readonly text: string;
  readonly pace: string | null;
  readonly done: number;
  readonly total: number;
};
export type WorkState = {
  /** "Der Abgleich läuft seit heute, 14:05." */
  readonly sync: string | null;
  readonly dryRun: string | null;
  readonly progress: ShownProgress | null;
  readonly isMoving: boolean;
  /** Another one: the rest of the page is out of date. */
  readonly mark: string;
};

export type Writer = { readonly t: Translator; readonly locale: Locale; readonly now: Date };

function syncText({ t, locale, now }: Writer, kind: "sync" | "dryRun", work: SyncWork | null): string | null {
  if (work === null) return null;
  const { nearness, time, date } = describeMoment(work.since, now, locale);
  return t(`provisioning.work.${kind}.${work.state}`, { when: t(`when.${nearness}`, { time, date }) });
}

function shownProgress({ t }: Writer, { total, done, perMinute, remaining, minutesLeft }: Progress): ShownProgress {
  const pace =
    minutesLeft === null
      ? null
      : t("provisioning.work.pace", { count: Math.max(1, Math.round(perMinute)), minutes: minutesLeft });
  return { of: "sync", text: t("provisioning.work.progress", { remaining, done, total }), pace, done, total };
}

/** Of a run over all schools, until the last one is read. */
export function shownRun({ t, now }: Writer, run: RunProgress | null): ShownProgress | null {
  if (run === null) return null;
  const { total, done, perMinute, minutesLeft } = steadyProgress(run, now);
  const pace =
    minutesLeft === null
      ? null
      : t("stateProvisioning.work.pace", { count: Math.max(1, Math.round(perMinute)), minutes: minutesLeft });
  return { of: run.of, text: t("stateProvisioning.work.progress", { done, total }), pace, done, total };
}

/** The page is fetched again when the rest has halved, not with every job. */
export const roughly = (count: number): number => (count === 0 ? 0 : Math.ceil(Math.log2(count)) + 1);

/**
 * @param progress null where single jobs are not counted: for the whole state
 * @param facts whatever else the page shows: anything new makes another mark
 */
export function workState(
  writer: Writer,
  { sync, dryRun }: SchoolWork,
  progress: Progress | null,
  facts: readonly (string | number | null)[],
): WorkState {
  const remaining = progress?.remaining ?? 0;
  return {
    sync: syncText(writer, "sync", sync),
    dryRun: syncText(writer, "dryRun", dryRun),
    progress: progress !== null && remaining > 0 ? shownProgress(writer, progress) : null,
    isMoving: remaining > 0 || sync !== null || dryRun !== null,
    mark: JSON.stringify([sync?.state ?? null, dryRun?.state ?? null, roughly(remaining), ...facts]),
  };
}
