// The requests of a school: open ones first.
import { Stamp } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { RequestList } from "#components/approvals/request-list.tsx";
import { fromSegment } from "#components/shell/paths.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { listRequests } from "#lib/policy/queries.ts";

type ApprovalsPageProps = { readonly params: Promise<{ schoolId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("approvals");
  return { title: t("title") };
}

export default async function ApprovalsPage({ params }: ApprovalsPageProps) {
  const principal = await requirePrincipal();
  const found = await listRequests(principal, fromSegment((await params).schoolId));
  if (!found) notFound();
  const { school, requests } = found;
  const t = await getTranslations("approvals");
  const open = requests.filter(({ status }) => status === "pending");
  const past = requests.filter(({ status }) => status !== "pending");
  return (
    <div className="max-w-4xl">
      <PageTitle title={t("title")} lead={t("lead")} />
      {requests.length === 0 ? (
        <EmptyState icon={Stamp}>{t("empty")}</EmptyState>
      ) : (
        <div className="space-y-10">
          <section aria-labelledby="open" className="space-y-3">
            <h2 id="open" className="text-xl font-semibold tracking-tight">
              {t("open")}
            </h2>
            {open.length === 0 ? (
              <p className="text-ink-soft">{t("nothingOpen")}</p>
            ) : (
              <RequestList schoolId={school.id} requests={open} />
            )}
          </section>
          {past.length === 0 ? null : (
            <section aria-labelledby="past" className="space-y-3">
              <h2 id="past" className="text-xl font-semibold tracking-tight">
                {t("past")}
              </h2>
              <RequestList schoolId={school.id} requests={past} />
            </section>
          )}
        </div>
      )}
    </div>
  );
}
