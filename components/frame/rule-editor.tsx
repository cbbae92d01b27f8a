// What the state says about one cell: allowed by default, locked with a reason, sensitive.
"use client";
import { Check, Lock, RotateCcw, Shield, UsersRound, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { isRulePermissive, LOCK_REASON_LENGTH, type FrameProblem, type FrameRule } from "#lib/policy/frame-change.ts";
import { ALWAYS_SENSITIVE } from "#lib/policy/frame.ts";
import type { FrameCellView } from "./frame-table.ts";

export type RuleEditorProps = {
  readonly cell: FrameCellView;
  /** As the person wants it. */
  readonly wanted: FrameRule;
  readonly isChanged: boolean;
  readonly problems: readonly FrameProblem[];
  readonly onChange: (rule: FrameRule) => void;
};

export function RuleEditor({ cell, wanted, isChanged, problems, onChange }: RuleEditorProps) {
  const t = useTranslations("client.frame");
  const always = ALWAYS_SENSITIVE.has(cell.key);
  const has = (kind: FrameProblem["kind"]) => problems.some((problem) => problem.kind === kind);
  return (
    <div className="space-y-3">
      <Property
        icon={Check}
        label={t("allowed")}
        hint={t(wanted.locked ? "allowedLockedHint" : "allowedHint")}
        checked={wanted.allowed}
        onChange={(allowed) => {
          onChange({ ...wanted, allowed });
        }}
      />
      <Property
        icon={Lock}
        label={t("locked")}
        hint={t("lockedHint")}
        checked={wanted.locked}
        onChange={(locked) => {
          onChange({ ...wanted, locked });
        }}
      />
      {wanted.locked ? (
        <div className="pl-10">
          <TextAreaField
            label={t("lockReason")}
            hint={t("lockReasonHint")}
            error={isChanged && has("lockReason") ? t("problem.lockReason") : null}
            value={wanted.reason ?? ""}
            maxLength={LOCK_REASON_LENGTH.most}
            onChange={(reason) => {
              onChange({ ...wanted, reason });
            }}
          />
        </div>
      ) : null}
      <Property
        icon={Shield}
        label={t("sensitive")}
        hint={t(always ? "alwaysSensitiveHint" : "sensitiveHint")}
        checked={wanted.sensitive}
        fixed={always}
        onChange={(sensitive) => {
          onChange({ ...wanted, sensitive });
        }}
      />
      {has("sensitiveOn") ? (
        <p role="alert" className="font-semibold text-danger">
          {t("problem.sensitiveOn")}
        </p>
      ) : null}
      {isChanged ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          {isRulePermissive(cell.rule, wanted) ? (
            <p className="flex items-center gap-2 font-semibold text-waiting">
              <UsersRound aria-hidden className="size-5 flex-none" />
              {t("needsSecond")}
            </p>
          ) : null}
          <Button
            kind="quiet"
            onPress={() => {
              onChange(cell.rule);
            }}
          >
            <RotateCcw aria-hidden className="size-5" />
            {t("reset")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

export type PropertyProps = {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly fixed?: boolean;
  readonly onChange: (checked: boolean) => void;
};

export function Property({ icon: Icon, label, hint, checked, fixed = false, onChange }: PropertyProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-disabled={fixed}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          if (!fixed) onChange(event.target.checked);
        }}
        className="mt-3 size-5 flex-none accent-accent"
      />
      <div className="min-w-0">
        <label htmlFor={id} className="flex min-h-11 items-center gap-2 font-semibold">
          <Icon aria-hidden className="size-5 flex-none text-ink-soft" />
          {label}
        </label>
        <p id={`${id}-hint`} className="prose-width text-ink-soft">
          {hint}
        </p>
      </div>
    </div>
  );
}
