// Ready-made settings that land in the draft: marked, counted and to be taken back like everything else in it.
"use client";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { PRESETS, type Preset } from "#lib/policy/presets.ts";

export type AppliedPreset = {
  readonly preset: Preset;
  /** Cells that differ from what is in effect. */
  readonly changes: number;
  /** Locked or waiting cells, left as they are. */
  readonly fixed: number;
};

type PresetsProps = { readonly applied: AppliedPreset | null; readonly onApply: (preset: Preset) => void };

export function Presets({ applied, onApply }: PresetsProps) {
  const t = useTranslations("client.matrix");
  return (
    <section aria-labelledby="presets" className="space-y-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 id="presets" className="font-semibold">
          {t("presets")}
        </h2>
        {PRESETS.map((preset) => (
          <Button
            key={preset}
            kind="secondary"
            onPress={() => {
              onApply(preset);
            }}
          >
            {t(`preset.${preset}`)}
          </Button>
        ))}
        <p className="prose-width text-ink-soft">{t("presetsHint")}</p>
      </div>
      <p role="status" className="text-ink-soft empty:hidden">
        {applied === null
          ? null
          : `${t("presetApplied", { preset: t(`preset.${applied.preset}`), count: applied.changes })} ${
              applied.fixed > 0 ? t("lineFixed", { count: applied.fixed }) : ""
            }`}
      </p>
    </section>
  );
}
