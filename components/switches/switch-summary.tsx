// What throwing a switch does, in sentences and numbers.
import { DoorOpen, UsersRound, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { Notice } from "#components/ui/notice.tsx";
import type { PlannedSwitch, SwitchSummary } from "#lib/provisioning/switches.ts";

type SwitchSummaryTextProps = { readonly planned: PlannedSwitch; readonly summary: SwitchSummary };

export function SwitchSummaryText({ planned, summary }: SwitchSummaryTextProps) {
  const t = useTranslations("switches");
  const isOn = planned.name === "channel" ? planned.twoWay : planned.on;
  return (
    <div className="space-y-6">
      <p className="prose-width">{t(`effect.${planned.name}.${isOn ? "on" : "off"}`)}</p>
      <section aria-labelledby="numbers" className="space-y-2">
        <h2 id="numbers" className="text-xl font-semibold tracking-tight">
          {t("change.numbers")}
        </h2>
        <ul className="space-y-1.5">
          <Line icon={DoorOpen}>{t("change.rooms", { count: summary.rooms })}</Line>
          <Line icon={UsersRound}>{t("change.people", { count: summary.people })}</Line>
        </ul>
      </section>
      {summary.needsSecondPerson ? (
        <Notice tone="warning" title={t("change.secondTitle")}>
          <p>{t("change.second")}</p>
        </Notice>
      ) : null}
    </div>
  );
}

function Line({ icon: Icon, children }: { readonly icon: LucideIcon; readonly children: string }) {
  return (
    <li className="flex gap-2.5 tabular-nums">
      <Icon aria-hidden className="mt-0.5 size-5 flex-none text-accent" />
      {children}
    </li>
  );
}
