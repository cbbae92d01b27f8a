// What happened at a school, newest first, with the word of the hash chain.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { AuditLog, readWish } from "#components/audit/audit-log.tsx";
import { readSchoolName } from "#components/shell/read-schools.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { PageTitle } from "#components/ui/page-title.tsx";
import type { Parameters } from "#lib/audit/filter.ts";
import { listAuditEntries } from "#lib/audit/queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type AuditPageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Parameters>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("audit");
  return { title: t("title") };
}

export default async function AuditPage({ params, searchParams }: AuditPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const wish = readWish(await searchParams);
  const page = await listAuditEntries(principal, schoolId, wish);
  const school = await readSchoolName(principal, schoolId);
  if (!page || school === null) notFound();
  const t = await getTranslations("audit");
  return (
    <div className="max-w-5xl">
      <PageTitle title={t("title")} lead={t("lead", { school, id: schoolId })} />
      <AuditLog scope={schoolId} page={page} wish={wish} />
    </div>
  );
}
