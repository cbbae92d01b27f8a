// What moves on the overview while people watch: provisioning, the last sync, the systems we depend on. The server turns
// it into sentences; the browser only shows them, so it needs neither our texts nor our types of the database.
import type { Translator } from "#components/ui/translator.ts";
import { describeMoment } from "#lib/i18n/when.ts";
import type { Locale } from "#lib/i18n/locales.ts";
import type { Overview, Progress } from "#lib/overview/queries.ts";

export type LiveLine = {
  readonly tone: "good" | "busy" | "waiting" | "bad";
  readonly text: string;
  /** A second line: a reason, or the id for support. */
  readonly more: string | null;
};
export type LiveProgress = {
  readonly text: string;
  readonly problems: string | null;
  readonly ready: number;
  readonly total: number;
};
export type LiveState = {
  readonly schools: Readonly<Record<string, { readonly accounts: LiveProgress; readonly rooms: LiveProgress }>>;
  readonly lines: readonly LiveLine[];
  /** Something is under way: ask again soon. */
  readonly moving: boolean;
};

type Writer = { readonly t: Translator; readonly locale: Locale; readonly now: Date };

const KNOWN_FAILURES = [
  "unreachable",
  "serverError",
  "notOneRoster",
  "unauthorised",
  "rateLimited",
  "notFound",
  "refused",
  "incomplete",
  "emptyAnswer",
  "interrupted",
] as const;

function moment({ t, locale, now }: Writer, at: Date): string {
  const { nearness, time, date } = describeMoment(at, now, locale);
  return t(`when.${nearness}`, { time, date });
}

function progress({ t, locale }: Writer, kind: "accounts" | "rooms", counts: Progress): LiveProgress {
  const { total, ready, problems } = counts;
  const number = new Intl.NumberFormat(locale);
  const text =
    total === 0
      ? t(`live.${kind}None`)
      : ready === total
        ? t(`live.${kind}All`, { total })
        : t(`live.${kind}Ready`, { ready: number.format(ready), total: number.format(total) });
  return { text, ready, total, problems: problems === 0 ? null : t("live.problems", { count: problems }) };
}

function syncLine(writer: Writer, sync: Overview["sync"]): LiveLine {
  const { t } = writer;
  if (sync === null) return { tone: "waiting", text: t("live.sync.none"), more: null };
  const when = moment(writer, sync.finishedAt ?? sync.startedAt);
  const text = t(`live.sync.${sync.outcome}`, { when });
  if (sync.outcome === "running") return { tone: "busy", text, more: null };
  if (sync.outcome === "succeeded") return { tone: "good", text, more: null };
  const failure = KNOWN_FAILURES.find((known) => known === sync.failure) ?? "unexpected";
  return {
    tone: "bad",
    text,
    more: `${t(`live.syncFailure.${failure}`)} ${t("live.sync.id", { id: sync.correlationId })}`,
  };
}

function serviceLine(writer: Writer, { name, reachable, checkedAt }: Overview["services"][number]): LiveLine {
  const { t } = writer;
  return reachable
    ? { tone: "good", text: t(`live.service.${name}Reachable`), more: null }
    : { tone: "waiting", text: t(`live.service.${name}Away`, { when: moment(writer, checkedAt) }), more: null };
}

const MAIL_TONES = { working: "good", away: "waiting", notSetUp: "bad" } as const;

function mailLine(writer: Writer, { state, checkedAt, waiting }: NonNullable<Overview["mail"]>): LiveLine {
  const { t } = writer;
  return {
    tone: MAIL_TONES[state],
    text: t(`live.mail.${state}`, { when: moment(writer, checkedAt) }),
    more: waiting === 0 ? null : t("live.mail.waiting", { count: waiting }),
  };
}

type Moving = Pick<Overview, "schools" | "sync" | "services"> & Partial<Pick<Overview, "mail">>;

export function liveState(overview: Moving, writer: Writer): LiveState {
  const unfinished = ({ total, ready }: Progress) => ready < total;
  return {
    schools: Object.fromEntries(
      overview.schools.map(({ school, accounts, rooms }) => [
        school.id,
        { accounts: progress(writer, "accounts", accounts), rooms: progress(writer, "rooms", rooms) },
      ]),
    ),
    lines: [
      syncLine(writer, overview.sync),
      ...overview.services.map((service) => serviceLine(writer, service)),
      ...(overview.mail ? [mailLine(writer, overview.mail)] : []),
    ],
    moving:
      overview.sync?.outcome === "running" ||
      overview.services.some(({ reachable }) => !reachable) ||
      overview.schools.some(({ accounts, rooms }) => unfinished(accounts) || unfinished(rooms)),
  };
}
