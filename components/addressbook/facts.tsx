// Names and values of a page about one thing, and its headed parts.
import type { ReactNode } from "react";

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="grid gap-x-8 gap-y-0.5 sm:grid-cols-[12rem_1fr] sm:gap-y-3">{children}</dl>;
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="font-semibold sm:text-ink-soft sm:font-normal">{name}</dt>
      <dd className="min-w-0 max-sm:mb-3">{children}</dd>
    </>
  );
}

type PartProps = { readonly id: string; readonly title: string; readonly children: ReactNode };

export function Part({ id, title, children }: PartProps) {
  return (
    <section aria-labelledby={id} className="space-y-3 border-t border-line pt-6">
      <h2 id={id} className="text-xl font-semibold tracking-tight">
        {title}
      </h2>
      {children}
    </section>
  );
}
