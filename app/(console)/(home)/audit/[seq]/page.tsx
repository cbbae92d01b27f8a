// One entry of the state's audit log.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { AuditEntry } from "#components/audit/audit-entry.tsx";
import { auditPath } from "#components/audit/audit-paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import { parseSequence } from "#lib/audit/filter.ts";
import { getAuditEntry } from "#lib/audit/queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type StateAuditEntryPageProps = { readonly params: Promise<{ seq: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("audit");
  return { title: t("stateTitle") };
}

export default async function StateAuditEntryPage({ params }: StateAuditEntryPageProps) {
  const principal = await requirePrincipal();
  const number = parseSequence((await params).seq);
  const entry = number === undefined ? null : await getAuditEntry(principal, STATE_SCOPE, number);
  if (!entry) notFound();
  const t = await getTranslations("audit.entry");
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("title", { seq: entry.seq })}
        back={<BackLink href={auditPath(STATE_SCOPE)}>{t("back")}</BackLink>}
      />
      <AuditEntry entry={entry} />
    </div>
  );
}
