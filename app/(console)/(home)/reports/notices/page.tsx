// Which mails about reports somebody of support wants.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { NoticeSettingsForm } from "#components/reports/notice-settings.tsx";
import { REPORTS_PATH } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getNoticeSettings } from "#lib/reports/notice-queries.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("caseNotices");
  return { title: t("title") };
}

export default async function NoticesPage() {
  const principal = await requirePrincipal();
  const settings = await getNoticeSettings(principal);
  if (!settings) notFound();
  const t = await getTranslations();
  const { hasAddress, ...wishes } = settings;
  return (
    <div className="max-w-3xl space-y-6">
      <PageTitle
        title={t("caseNotices.title")}
        lead={t("caseNotices.lead")}
        back={<BackLink href={REPORTS_PATH}>{t("reports.title")}</BackLink>}
      />
      {hasAddress ? null : (
        <Notice tone="waiting" wide>
          <p>{t("caseNotices.noAddress")}</p>
        </Notice>
      )}
      <NoticeSettingsForm initial={wishes} />
    </div>
  );
}
