// What stands around a list of people or rooms: the search, the choice of a state, the way to the next page.
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { SearchForm } from "#components/ui/search-form.tsx";
import { filterQuery, type ListFilter } from "./filter.ts";

const STATES = [null, "failed", "waiting", "asWanted"] as const;

type ListFrameProps = {
  readonly path: string;
  readonly of: "people" | "rooms";
  readonly filter: ListFilter;
  readonly hasMore: boolean;
  readonly children: ReactNode;
};

export function ListFrame({ path, of, filter, hasMore, children }: ListFrameProps) {
  const t = useTranslations("provisioning");
  const { state, text, page } = filter;
  return (
    <div className="space-y-6">
      <SearchForm
        id="find"
        action={path}
        name="q"
        text={text}
        maxLength={100}
        label={t(`${of}.search`)}
        hint={t(`${of}.searchHint`)}
        button={t("list.find")}
        kind="secondary"
      >
        {state === null ? null : <input type="hidden" name="state" value={state} />}
      </SearchForm>
      <nav aria-label={t("list.states")}>
        <ul className="flex flex-wrap gap-2">
          {STATES.map((one) => (
            <li key={one ?? "all"}>
              <IntentLink
                href={path + filterQuery({ state: one, text })}
                aria-current={one === state ? "true" : undefined}
                className="inline-flex min-h-11 items-center rounded-full border border-control px-4 hover:bg-sunken aria-[current]:border-accent aria-[current]:bg-accent-soft aria-[current]:font-semibold aria-[current]:text-accent"
              >
                {t(`list.filter.${one ?? "all"}`)}
              </IntentLink>
            </li>
          ))}
        </ul>
      </nav>
      {children}
      {page > 1 || hasMore ? (
        <div className="flex flex-wrap items-center gap-3">
          {page > 1 ? (
            <ButtonLink href={path + filterQuery({ state, text, page: page - 1 })}>{t("list.previous")}</ButtonLink>
          ) : null}
          {hasMore ? (
            <ButtonLink href={path + filterQuery({ state, text, page: page + 1 })}>{t("list.next")}</ButtonLink>
          ) : null}
          <span className="text-ink-soft tabular-nums">{t("list.page", { page })}</span>
        </div>
      ) : null}
    </div>
  );
}
