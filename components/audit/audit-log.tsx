// The audit log of a school or of the state: selection, entries, and what can be done with them.
import { ScrollText, ShieldCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { ERROR_CODES } from "#lib/action/result.ts";
import { isFiltered, parseFilter, parseSequence, type AuditFilter, type Parameters } from "#lib/audit/filter.ts";
import type { AuditPage } from "#lib/audit/queries.ts";
import { AuditList } from "./audit-list.tsx";
import { auditPath, withFilter } from "./audit-paths.ts";
import { ExportForm } from "./export-form.tsx";
import { FilterForm } from "./filter-form.tsx";
import { VerifyChain } from "./verify-chain.tsx";

export type AuditWish = {
  readonly filter: AuditFilter;
  readonly before: number | undefined;
  readonly isFilterBroken: boolean;
  readonly isPlaceBroken: boolean;
  /** What became of an export that was refused. */
  readonly problem: { readonly code: (typeof ERROR_CODES)[number]; readonly id: string } | null;
};

export function readWish(parameters: Parameters): AuditWish {
  const { filter, isBroken } = parseFilter(parameters);
  const before = parseSequence(parameters["before"]);
  const code = ERROR_CODES.find((known) => known === parameters["problem"]);
  const id = parameters["problemId"];
  return {
    filter,
    before,
    isFilterBroken: isBroken,
    isPlaceBroken: parameters["before"] !== undefined && before === undefined,
    problem: code === undefined ? null : { code, id: typeof id === "string" ? id.slice(0, 20) : "" },
  };
}

type AuditLogProps = { readonly scope: string; readonly page: AuditPage; readonly wish: AuditWish };

export function AuditLog({ scope, page, wish }: AuditLogProps) {
  const t = useTranslations("audit");
  const { filter, before, problem } = wish;
  const path = auditPath(scope);
  return (
    <div className="space-y-6">
      {problem === null ? null : <ExportProblem {...problem} />}
      {wish.isPlaceBroken || wish.isFilterBroken ? (
        <Notice tone="warning">
          {wish.isPlaceBroken ? <p>{t("brokenAddress")}</p> : null}
          {wish.isFilterBroken ? <p>{t("brokenFilter")}</p> : null}
        </Notice>
      ) : null}
      <FilterForm path={path} filter={filter} withPerson />
      {page.entries.length === 0 ? (
        <EmptyState icon={ScrollText}>{t(isFiltered(filter) ? "emptyFiltered" : "empty")}</EmptyState>
      ) : (
        <>
          <ChainState verified={page.chainVerified} />
          <AuditList entries={page.entries} />
        </>
      )}
      <div className="flex flex-wrap gap-3">
        {page.nextBefore === null ? null : (
          <ButtonLink href={withFilter(path, filter, { before: String(page.nextBefore) })}>{t("older")}</ButtonLink>
        )}
        {before === undefined ? null : (
          <ButtonLink href={withFilter(path, filter)} kind="quiet">
            {t("newest")}
          </ButtonLink>
        )}
      </div>
      {page.entries.length === 0 ? null : (
        <div className="grid gap-6 border-t border-line pt-6 md:grid-cols-2">
          <ExportForm scope={scope} filter={filter} />
          <VerifyChain scope={scope} />
        </div>
      )}
    </div>
  );
}

function ExportProblem({ code, id }: NonNullable<AuditWish["problem"]>) {
  const t = useTranslations();
  return (
    <Notice tone="danger" title={t("audit.export.failedTitle")} live>
      <p>{t(`errors.${code}`)}</p>
      <p className="text-ink-soft tabular-nums">{t("audit.id", { id })}</p>
    </Notice>
  );
}

function ChainState({ verified }: { readonly verified: boolean | null }) {
  const t = useTranslations("audit");
  if (verified === null) return null;
  return verified ? (
    <p className="flex items-center gap-2 text-ink-soft">
      <ShieldCheck aria-hidden className="size-5 flex-none text-added" />
      {t("verified")}
    </p>
  ) : (
    <Notice tone="danger">
      <p>{t("broken")}</p>
    </Notice>
  );
}
