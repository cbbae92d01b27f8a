// One part of a summary: what is in effect at once, or what waits for somebody.
import { Clock, Zap } from "lucide-react";
import type { SummaryItem } from "#lib/policy/types.ts";
import { ChangeList } from "./change-list.tsx";

type ChangeSectionProps = {
  readonly kind: "immediate" | "waiting";
  readonly title: string;
  readonly hint: string;
  readonly items: readonly SummaryItem[];
};

export function ChangeSection({ kind, title, hint, items }: ChangeSectionProps) {
  if (items.length === 0) return null;
  const Icon = kind === "waiting" ? Clock : Zap;
  return (
    <section aria-labelledby={`change-${kind}`} className="space-y-3">
      <div>
        <h2 id={`change-${kind}`} className="flex items-center gap-2 text-xl font-semibold tracking-tight">
          <Icon aria-hidden className={`size-5 flex-none ${kind === "waiting" ? "text-waiting" : "text-accent"}`} />
          {title}
        </h2>
        <p className="prose-width text-ink-soft">{hint}</p>
      </div>
      <ChangeList items={items} />
    </section>
  );
}
