// The views of the inbox: four that everybody has, and one's own under a name.
"use client";
import { Bookmark, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { REPORTS_PATH } from "#components/shell/paths.ts";
import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { removeView, saveView } from "#lib/reports/actions.ts";
import { VIEW_NAME_LENGTH } from "#lib/reports/limits.ts";

const COMMON = [
  ["open", ""],
  ["mine", "assignee=me"],
  ["unassigned", "assignee=none"],
  ["overdue", "overdue=1"],
] as const;

type ViewsProps = {
  readonly views: readonly { readonly id: string; readonly name: string; readonly query: string }[];
  readonly query: string;
};

const PILL =
  "inline-flex min-h-11 items-center rounded-full border border-line bg-surface px-4 hover:border-accent aria-[current=page]:border-accent aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent";

export function Views({ views, query }: ViewsProps) {
  const t = useTranslations("client.reports.views");
  const router = useRouter();
  const [name, setName] = useState("");
  const [isNaming, setNaming] = useState(false);
  const step = useStep(() => {
    setNaming(false);
    setName("");
    router.refresh();
  });
  const isKnown = COMMON.some(([, known]) => known === query) || views.some((view) => view.query === query);
  const address = (of: string) => (of === "" ? REPORTS_PATH : `${REPORTS_PATH}?${of}`);
  return (
    <div className="space-y-3">
      <nav aria-label={t("title")}>
        <ul className="flex flex-wrap items-center gap-2">
          {COMMON.map(([key, of]) => (
            <li key={key}>
              <IntentLink href={address(of)} aria-current={query === of ? "page" : undefined} className={PILL}>
                {t(key)}
              </IntentLink>
            </li>
          ))}
          {views.map((view) => (
            <li key={view.id} className="flex items-center">
              <IntentLink
                href={address(view.query)}
                aria-current={query === view.query ? "page" : undefined}
                className={PILL}
              >
                {view.name}
              </IntentLink>
              <button
                type="button"
                aria-label={t("remove", { name: view.name })}
                className="flex size-11 items-center justify-center text-ink-soft hover:text-danger"
                onClick={() => step.run(() => removeView({ viewId: view.id }))}
              >
                <X aria-hidden className="size-4" />
              </button>
            </li>
          ))}
          {isKnown || isNaming ? null : (
            <li>
              <button type="button" className={buttonClass("quiet")} onClick={() => setNaming(true)}>
                <Bookmark aria-hidden className="size-5" />
                {t("save")}
              </button>
            </li>
          )}
        </ul>
      </nav>
      {isNaming ? (
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== "") step.run(() => saveView({ name: name.trim(), query }));
          }}
        >
          <label className="block space-y-1">
            <span className="block font-semibold">{t("name")}</span>
            <input
              value={name}
              required
              maxLength={VIEW_NAME_LENGTH}
              autoComplete="off"
              className="block min-h-11 rounded-md border border-control bg-surface px-3"
              onChange={(event) => {
                setName(event.target.value);
              }}
            />
          </label>
          <Button type="submit" kind="primary" isPending={step.isPending}>
            {t("save")}
          </Button>
          <Button kind="quiet" onPress={() => setNaming(false)}>
            {t("cancel")}
          </Button>
        </form>
      ) : null}
      {step.error === null ? null : <ErrorNotice title={t("errorTitle")} error={step.error} />}
    </div>
  );
}
