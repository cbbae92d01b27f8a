// The state's own audit log: sign-ins, console roles, the frame.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { AuditLog, readWish } from "#components/audit/audit-log.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { Parameters } from "#lib/audit/filter.ts";
import { listAuditEntries } from "#lib/audit/queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type StateAuditPageProps = { readonly searchParams: Promise<Parameters> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("audit");
  return { title: t("stateTitle") };
}

export default async function StateAuditPage({ searchParams }: StateAuditPageProps) {
  const principal = await requirePrincipal();
  const wish = readWish(await searchParams);
  const page = await listAuditEntries(principal, STATE_SCOPE, wish);
  if (!page) notFound();
  const t = await getTranslations("audit");
  return (
    <div className="max-w-5xl">
      <PageTitle title={t("stateTitle")} lead={t("leadState")} />
      <AuditLog scope={STATE_SCOPE} page={page} wish={wish} />
    </div>
  );
}
