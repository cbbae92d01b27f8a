// The head of a page: the task in the reader's words, and one sentence on what a change does.
import type { ReactNode } from "react";

type PageTitleProps = {
  readonly title: string;
  readonly lead?: ReactNode;
  /** A way back, above the title. */
  readonly back?: ReactNode;
};

export function PageTitle({ title, lead, back }: PageTitleProps) {
  return (
    <header className="mb-5 space-y-1.5">
      {back}
      <h1 className="text-2xl leading-tight font-semibold tracking-tight sm:text-3xl">{title}</h1>
      {lead === undefined ? null : <p className="prose-width text-ink-soft sm:text-lg">{lead}</p>}
    </header>
  );
}
