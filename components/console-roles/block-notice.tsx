// That somebody may not use the console, since when, by whom and why.
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { ConsolePerson } from "#lib/console/queries.ts";

export function BlockNotice({ block }: { readonly block: NonNullable<ConsolePerson["block"]> }) {
  const t = useTranslations("consoleRoles");
  return (
    <Notice tone="danger" title={t("blocked")}>
      <p>
        <Moment at={block.at} />, {t("blockedBy", { name: block.byName })}
      </p>
      <p className="whitespace-pre-line">{block.reason}</p>
    </Notice>
  );
}
