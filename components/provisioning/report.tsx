// What a run changed at a school, or a dry run would change: one line a kind, the names behind it on demand.
import { CircleMinus, CirclePlus, CirclePause, PencilLine, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReportLine, ReportPart } from "./report-lines.ts";

const LOOKS: Readonly<Record<"Added" | "Removed" | "Changed" | "held", { icon: LucideIcon; colour: string }>> = {
  Added: { icon: CirclePlus, colour: "text-added" },
  Removed: { icon: CircleMinus, colour: "text-removed" },
  Changed: { icon: PencilLine, colour: "text-accent" },
  held: { icon: CirclePause, colour: "text-waiting" },
};
const lookOf = (part: ReportPart) =>
  part === "held"
    ? LOOKS.held
    : part.endsWith("Added")
      ? LOOKS.Added
      : part.endsWith("Removed")
        ? LOOKS.Removed
        : LOOKS.Changed;

export function Report({ lines }: { readonly lines: readonly ReportLine[] }) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {lines.map((line) => (
        <ReportItem key={line.part} line={line} />
      ))}
    </ul>
  );
}

function ReportItem({ line: { part, text, names, more } }: { readonly line: ReportLine }) {
  const t = useTranslations("provisioning.report");
  const { icon: Icon, colour } = lookOf(part);
  const head = (
    <>
      <Icon aria-hidden className={`size-5 flex-none ${colour}`} />
      <span className="min-w-0 flex-1">{text}</span>
    </>
  );
  if (names.length === 0) return <li className="flex min-h-11 items-center gap-3 tabular-nums">{head}</li>;
  return (
    <li>
      <details className="group">
        <summary className="flex min-h-11 items-center gap-3 tabular-nums">
          {head}
          <span className="text-link group-open:hidden">{t("show")}</span>
          <span className="text-link hidden group-open:inline">{t("hide")}</span>
        </summary>
        <ul className="columns-1 gap-8 pb-3 pl-8 sm:columns-2">
          {names.map((name, index) => (
            // two people may have the same name
            <li key={index} className="break-inside-avoid">
              {name}
            </li>
          ))}
          {more > 0 ? <li className="text-ink-soft">{t("more", { count: more })}</li> : null}
        </ul>
      </details>
    </li>
  );
}
