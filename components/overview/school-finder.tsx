// The state's schools: a search, and a way through what it finds.
import { useTranslations } from "next-intl";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageLinks } from "#components/ui/page-links.tsx";
import { SearchForm } from "#components/ui/search-form.tsx";
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
      <SearchForm
        id="school-search"
        action="/"
        name="q"
        text={text}
        maxLength={100}
        label={t("label")}
        hint={t("hint")}
        button={t("button")}
        kind="primary"
      >
        {text === "" ? null : (
          <ButtonLink href="/" kind="quiet">
            {t("reset")}
          </ButtonLink>
        )}
      </SearchForm>
      <p role="status" className="text-ink-soft">
        {t("count", { total })}
      </p>
    </section>
  );
}

export function SchoolPages({ search: { text, page, pages } }: { readonly search: Found }) {
  const t = useTranslations("overview.search");
  const path = (to: number) => `/?${searchQuery({ text, page: to })}`;
  const words = { previous: t("previous"), next: t("next"), page: t("page", { page, pages }) };
  return <PageLinks page={page} pages={pages} pathOf={path} text={words} />;
}
