// What the panel of measures shows, as sentences. The server writes them, the browser only shows them.
import type { MeasuresView, MeasureView } from "#lib/reports/measure-queries.ts";
import type { MeasureKind, MeasureOption, MeasureState } from "#lib/reports/measure-rules.ts";
import { moment, type ShownMoment, type Writer } from "./writer.ts";

export type ShownOption = {
  readonly kind: MeasureKind;
  readonly title: string;
  readonly effects: readonly string[];
  /** Why it is not possible; null if it is. */
  readonly blocked: string | null;
  readonly isHeavy: boolean;
  readonly needsText: boolean;
  readonly targets: readonly string[];
};
export type ShownMeasure = {
  readonly id: string;
  readonly title: string;
  readonly state: MeasureState;
  readonly stateText: string;
  readonly at: ShownMoment;
  readonly sentences: readonly string[];
  readonly text: string | null;
  readonly may: MeasureView["may"];
};
export type ShownMeasures = {
  readonly options: readonly ShownOption[];
  readonly measures: readonly ShownMeasure[];
  readonly hold: { readonly sentence: string; readonly reason: string } | null;
};

const KNOWN_PROBLEMS = [
  "notInRoom",
  "noRights",
  "noPowerLevels",
  "eventGone",
  "accountGone",
  "directoryLocks",
  "fileGone",
] as const;

function shownOption({ t }: Writer, option: MeasureOption): ShownOption {
  const { kind, effects, blocked, isHeavy, needsText, targets } = option;
  return {
    kind,
    isHeavy,
    needsText,
    targets,
    title: t(`measures.kind.${kind}`),
    effects: effects.map(({ key, count, room }) =>
      t(`measures.effect.${key}`, {
        count: count ?? 0,
        room: room === undefined || room === "" ? t("measures.noName") : room,
      }),
    ),
    blocked: blocked && t(`measures.blocked.${blocked}`),
  };
}

function shownMeasure(writer: Writer, measure: MeasureView): ShownMeasure {
  const { t } = writer;
  const { requestedBy, confirmedBy, confirmBy, problem } = measure;
  const known = KNOWN_PROBLEMS.find((code) => code === problem);
  return {
    id: measure.id,
    title: t(`measures.kind.${measure.kind}`),
    state: measure.state,
    stateText: t(`measures.state.${measure.state}`),
    at: moment(writer, measure.requestedAt),
    sentences: [
      t("measures.by", { name: requestedBy }),
      ...(confirmedBy === null ? [] : [t("measures.confirmedBy", { name: confirmedBy })]),
      ...(confirmBy === null ? [] : [t("measures.confirmBy", { when: moment(writer, confirmBy).text })]),
      ...(problem === null
        ? []
        : [known ? t(`measures.problem.${known}`) : t("measures.problem.other", { code: problem })]),
    ],
    text: measure.text === "" ? null : measure.text,
    may: measure.may,
  };
}

export function shownMeasures({ options, measures, hold }: MeasuresView, writer: Writer): ShownMeasures {
  return {
    hold: hold && {
      sentence: writer.t("retention.heldBy", { name: hold.by, when: moment(writer, hold.at).text }),
      reason: hold.reason,
    },
    options: options.map((option) => shownOption(writer, option)),
    measures: measures.map((measure) => shownMeasure(writer, measure)),
  };
}
