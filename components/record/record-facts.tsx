// Names and what they stand for, in two columns.
import type { ReactNode } from "react";

export type Fact = { readonly name: string; readonly value: ReactNode };

export function RecordFacts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[14rem_1fr] print:grid-cols-[14rem_1fr]">
      {facts.map(({ name, value }) => (
        <div key={name} className="contents">
          <dt className="text-ink-soft max-sm:pt-2 print:pt-0">{name}</dt>
          <dd className="min-w-0 font-semibold">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
