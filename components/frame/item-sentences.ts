// A change of the frame in words.
import { keySentence } from "#components/matrix/sentences.ts";
import type { Translator } from "#components/ui/translator.ts";
import { SETTINGS, type FrameItem, type FrameRule } from "#lib/policy/frame-change.ts";

/** "Schüler:innen dürfen Lehrkräfte anschreiben", or the name of a setting. */
export function itemTitle(t: Translator, item: FrameItem): string {
  return item.kind === "cell" ? keySentence(t, item.key) : t(`client.frame.setting.${item.name}`);
}

/** For names that come from storage: one that is no setting any more is shown as it is. */
export function settingName(t: Translator, name: string): string {
  const known = SETTINGS.find((setting) => setting === name);
  return known ? t(`client.frame.setting.${known}`) : name;
}

/** One sentence for each property that changes. */
export function itemSentences(t: Translator, item: FrameItem): string[] {
  return item.kind === "setting" ? [settingSentence(t, item)] : ruleSentences(t, item);
}

type Value = boolean | number;
export function settingSentence(
  t: Translator,
  { before, after }: { readonly before: Value; readonly after: Value },
): string {
  if (typeof before === "number" && typeof after === "number") return t("frame.period", { before, after });
  return t(after === true ? "frame.switchedOn" : "frame.switchedOff");
}

/** Also for what the audit log remembers. */
export function ruleSentences(
  t: Translator,
  { before, after }: { readonly before: FrameRule; readonly after: FrameRule },
): string[] {
  const reason = after.reason ?? "";
  const sentences: string[] = [];
  if (before.allowed !== after.allowed) sentences.push(t(after.allowed ? "frame.defaultOn" : "frame.defaultOff"));
  if (before.locked && !after.locked) sentences.push(t("frame.unlocked"));
  if (!before.locked && after.locked) sentences.push(t("frame.locked", { reason }));
  if (before.locked && after.locked && before.reason !== after.reason) sentences.push(t("frame.newReason", { reason }));
  if (before.sensitive !== after.sensitive)
    sentences.push(t(after.sensitive ? "frame.markedSensitive" : "frame.unmarkedSensitive"));
  return sentences;
}
