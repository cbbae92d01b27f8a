// From one page of a list to the one before and the one behind it; nothing where all of it fits one page.
import { ButtonLink } from "./button-link.tsx";

type PageLinksProps = {
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly pathOf: (page: number) => string;
  readonly text: { readonly previous: string; readonly next: string; /** "Seite 2 von 7" */ readonly page: string };
};

export function PageLinks({ page, pages, pathOf, text }: PageLinksProps) {
  if (pages === 1) return null;
  return (
    <div className="flex flex-wrap items-center gap-3">
      {page === 1 ? null : <ButtonLink href={pathOf(page - 1)}>{text.previous}</ButtonLink>}
      {page === pages ? null : <ButtonLink href={pathOf(page + 1)}>{text.next}</ButtonLink>}
      <span className="text-ink-soft tabular-nums">{text.page}</span>
    </div>
  );
}
