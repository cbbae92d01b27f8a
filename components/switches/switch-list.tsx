// The switches of a school: what each is for, how it stands, and the way to changing it.
import { CircleCheck, CircleOff, Clock } from "lucide-react";
import { useTranslations } from "next-intl";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { SchoolSwitch } from "#lib/provisioning/switches.ts";
import { changePath } from "./switch-address.ts";

export type SwitchLine = {
  readonly name: SchoolSwitch | "state";
  readonly on: boolean;
  readonly mayChange: boolean;
  /** Somebody has asked for it. */
  readonly isWaiting: boolean;
};

type SwitchListProps = { readonly schoolId: string; readonly lines: readonly SwitchLine[] };

export function SwitchList({ schoolId, lines }: SwitchListProps) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {lines.map((line) => (
        <SwitchItem key={line.name} schoolId={schoolId} line={line} />
      ))}
    </ul>
  );
}

type SwitchItemProps = { readonly schoolId: string; readonly line: SwitchLine };

function SwitchItem({ schoolId, line: { name, on, mayChange, isWaiting } }: SwitchItemProps) {
  const t = useTranslations("switches");
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-8 gap-y-3 py-5">
      <div className="min-w-0 flex-1 basis-80 space-y-1">
        <h3 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-lg font-semibold">
          {t(`name.${name}`)}
          {on ? (
            <Tag tone="added" icon={CircleCheck}>
              {t("on")}
            </Tag>
          ) : (
            <Tag tone="neutral" icon={CircleOff}>
              {t("off")}
            </Tag>
          )}
          {isWaiting ? (
            <Tag tone="waiting" icon={Clock}>
              {t("waiting")}
            </Tag>
          ) : null}
        </h3>
        <p className="prose-width text-ink-soft">{t(`meaning.${name}`)}</p>
      </div>
      {mayChange && !isWaiting ? (
        <ButtonLink href={changePath(schoolId, name, !on)}>
          {t(on ? "switchOff" : "switchOn")}
          <span className="sr-only">: {t(`name.${name}`)}</span>
        </ButtonLink>
      ) : null}
    </li>
  );
}
