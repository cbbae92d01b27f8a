// A short state beside a thing: icon and word, the colour only supports them.
import type { LucideIcon } from "lucide-react";

export type TagTone = "neutral" | "accent" | "added" | "removed" | "sensitive" | "waiting" | "danger";

const TONES: Record<TagTone, string> = {
  neutral: "bg-sunken text-ink-soft",
  accent: "bg-accent-soft text-accent",
  added: "bg-added-soft text-added",
  removed: "bg-removed-soft text-removed",
  sensitive: "bg-sensitive-soft text-sensitive",
  waiting: "bg-waiting-soft text-waiting",
  danger: "bg-danger-soft text-danger",
};

type TagProps = { readonly tone: TagTone; readonly icon: LucideIcon; readonly children: string };

export function Tag({ tone, icon: Icon, children }: TagProps) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-sm font-semibold ${TONES[tone]}`}
    >
      <Icon aria-hidden className="size-4 flex-none" />
      {children}
    </span>
  );
}
