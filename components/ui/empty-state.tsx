// Nothing here yet, and why: never a blank page.
import type { LucideIcon } from "lucide-react";

export function EmptyState({ icon: Icon, children }: { readonly icon: LucideIcon; readonly children: string }) {
  return (
    <div className="flex flex-col items-center gap-4 rounded-lg border border-dashed border-line px-6 py-14 text-center">
      <Icon aria-hidden className="size-10 text-control" strokeWidth={1.5} />
      <p className="prose-width text-ink-soft">{children}</p>
    </div>
  );
}
