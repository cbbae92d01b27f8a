// One entry of a school's audit log.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { AuditEntry } from "#components/audit/audit-entry.tsx";
import { auditPath } from "#components/audit/audit-paths.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { parseSequence } from "#lib/audit/filter.ts";
import { getAuditEntry } from "#lib/audit/queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type AuditEntryPageProps = { readonly params: Promise<{ schoolId: string; seq: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("audit");
  return { title: t("title") };
}

export default async function AuditEntryPage({ params }: AuditEntryPageProps) {
  const principal = await requirePrincipal();
  const { schoolId, seq } = await params;
  const scope = fromSegment(schoolId);
  const number = parseSequence(seq);
  const entry = number === undefined ? null : await getAuditEntry(principal, scope, number);
  if (!entry) notFound();
  const t = await getTranslations("audit.entry");
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("title", { seq: entry.seq })}
        back={<BackLink href={auditPath(scope)}>{t("back")}</BackLink>}
      />
      <AuditEntry entry={entry} />
    </div>
  );
}
