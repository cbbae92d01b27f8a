// A request as a record that prints for the school's files.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { PrintButton } from "#components/record/print-button.tsx";
import { RecordBody } from "#components/record/record-body.tsx";
import { fromSegment, requestPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getRequestRecord } from "#lib/policy/record.ts";

type RecordPageProps = { readonly params: Promise<{ schoolId: string; requestId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("record");
  return { title: t("title") };
}

export default async function RecordPage({ params }: RecordPageProps) {
  const principal = await requirePrincipal();
  const { schoolId, requestId } = await params;
  const record = await getRequestRecord(principal, fromSegment(schoolId), fromSegment(requestId));
  if (!record) notFound();
  const t = await getTranslations("record");
  const { school, head } = record.request;
  return (
    <div className="max-w-3xl print:max-w-none">
      <div className="mb-5 space-y-1.5">
        <div className="print:hidden">
          <BackLink href={requestPath(school.id, head.id)}>{t("back")}</BackLink>
        </div>
        <h1 className="text-2xl leading-tight font-semibold tracking-tight sm:text-3xl">{t("title")}</h1>
        <div className="space-y-4 print:hidden">
          <p className="prose-width text-ink-soft sm:text-lg">{t("lead")}</p>
          <PrintButton />
        </div>
      </div>
      <RecordBody record={record} />
    </div>
  );
}
