// One request: what it would do, who wants it and why, and the decision.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { Decision } from "#components/approvals/decision.tsx";
import { RequestBody } from "#components/approvals/request-body.tsx";
import { fromSegment } from "#components/shell/paths.ts";
import { Notice } from "#components/ui/notice.tsx";
import { mayUseAddressBook } from "#lib/addressbook/queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getRequest } from "#lib/policy/queries.ts";

type RequestPageProps = { readonly params: Promise<{ schoolId: string; requestId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("request");
  return { title: t("title") };
}

export default async function RequestPage({ params }: RequestPageProps) {
  const principal = await requirePrincipal();
  const { schoolId, requestId } = await params;
  const request = await getRequest(principal, fromSegment(schoolId), fromSegment(requestId));
  if (!request) notFound();
  const t = await getTranslations("request");
  const { approval, rejection } = request;
  const isPending = request.head.status === "pending";
  return (
    <div className="max-w-3xl">
      <Decision
        schoolId={request.school.id}
        requestId={request.head.id}
        contentHash={request.contentHash}
        mayApprove={isPending && approval.allowed}
        mayReject={isPending && rejection.allowed}
        mayWithdraw={request.mayWithdraw}
        isPending={isPending}
        refusal={
          approval.allowed ? null : (
            <Notice tone="info" title={t("refusalTitle")}>
              <p>{t(`refusal.${approval.refusal}`)}</p>
            </Notice>
          )
        }
      >
        <RequestBody request={request} mayLookUp={mayUseAddressBook(principal, request.school.id)} />
      </Decision>
    </div>
  );
}
