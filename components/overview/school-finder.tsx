// The state's schools: a search, and a way through what it finds.
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import type { Overview } from "#lib/overview/queries.ts";
import { searchQuery } from "./school-search.ts";

type Found = NonNullable<Overview["search"]>;

export function SchoolFinder({ search }: { readonly search: Found }) {
  const t = useTranslations("overview.search");
  const { text, total } = search;
  return (
    <section aria-labelledby="schools" className="space-y-3">
      <h2 id="schools" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      <search>
        <form method="get" action="/" className="space-y-1">
          <label htmlFor="school-search" className="block font-semibold">
            {t("label")}
          </label>
          <p id="school-search-hint" className="text-ink-soft">
            {t("hint")}
          </p>
          <div className="flex flex-wrap gap-3">
            <input
              id="school-search"
              type="search"
              name="q"
              defaultValue={text}
              maxLength={100}
              aria-describedby="school-search-hint"
              autoComplete="off"
              className="min-h-11 min-w-0 flex-1 rounded-md border border-control bg-surface px-3"
            />
            <button type="submit" className={buttonClass("primary")}>
              <Search aria-hidden className="size-5" />
              {t("button")}
            </button>
            {text === "" ? null : (
              <ButtonLink href="/" kind="quiet">
                {t("reset")}
              </ButtonLink>
            )}
          </div>
        </form>
      </search>
      <p role="status" className="text-ink-soft">
        {t("count", { total })}
      </p>
    </section>
  );
}

export function SchoolPages({ search: { text, page, pages } }: { readonly search: Found }) {
  const t = useTranslations("overview.search");
  if (pages === 1) return null;
  const path = (to: number) => `/?${searchQuery({ text, page: to })}`;
  return (
    <div className="flex flex-wrap items-center gap-3">
      {page === 1 ? null : <ButtonLink href={path(page - 1)}>{t("previous")}</ButtonLink>}
      {page === pages ? null : <ButtonLink href={path(page + 1)}>{t("next")}</ButtonLink>}
      <span className="text-ink-soft tabular-nums">{t("page", { page, pages })}</span>
    </div>
  );
}
