// A part of the record under its heading; a printer does not leave the heading behind on the page before.
import type { ReactNode } from "react";

type RecordSectionProps = { readonly id: string; readonly title: string; readonly children: ReactNode };

export function RecordSection({ id, title, children }: RecordSectionProps) {
  return (
    <section aria-labelledby={id} className="space-y-2 border-t border-line pt-4">
      <h2 id={id} className="break-after-avoid text-lg font-semibold tracking-tight">
        {title}
      </h2>
      {children}
    </section>
  );
}
