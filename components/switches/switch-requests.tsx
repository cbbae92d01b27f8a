// Requests to throw a sensitive switch: the open one with its decision, and what became of earlier ones.
import { useTranslations } from "next-intl";
import { RequestStatusTag } from "#components/approvals/request-status.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { SwitchRequestView } from "#lib/provisioning/switch-queries.ts";
import { SwitchDecision } from "./switch-decision.tsx";

export function OpenSwitchRequest({ request }: { readonly request: SwitchRequestView }) {
  const t = useTranslations();
  const { id, name, authorName, reason, createdAt, expiresAt, decision } = request;
  return (
    <section aria-labelledby={id} className="space-y-4 rounded-lg border border-line bg-surface p-5 sm:p-6">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <h2 id={id} className="text-xl font-semibold tracking-tight">
          {t("switches.request.title", { name: t(`switches.name.${name}`) })}
        </h2>
        <RequestStatusTag status="pending" />
      </div>
      <p className="prose-width">{t(`switches.effect.${name}.on`)}</p>
      <figure className="space-y-1">
        <blockquote className="prose-width border-l-4 border-line pl-4 break-words">{reason}</blockquote>
        <figcaption className="text-ink-soft">
          {authorName}, <Moment at={createdAt} />
        </figcaption>
      </figure>
      <p className="text-ink-soft">
        {t("request.expires")} <Moment at={expiresAt} />
      </p>
      {decision === null ? null : (
        <>
          {decision.approval.allowed ? null : (
            <Notice tone="info" title={t("request.refusalTitle")}>
              <p>{t(`request.refusal.${decision.approval.refusal}`)}</p>
            </Notice>
          )}
          <SwitchDecision
            requestId={id}
            mayApprove={decision.approval.allowed}
            mayReject={decision.mayReject}
            mayWithdraw={decision.mayWithdraw}
          />
        </>
      )}
    </section>
  );
}

export function PastSwitchRequests({ requests }: { readonly requests: readonly SwitchRequestView[] }) {
  const t = useTranslations();
  if (requests.length === 0) return null;
  return (
    <section aria-labelledby="past" className="space-y-3">
      <h2 id="past" className="text-xl font-semibold tracking-tight">
        {t("switches.request.past")}
      </h2>
      <ul className="divide-y divide-line border-y border-line">
        {requests.map(({ id, name, status, authorName, createdAt, decidedAt, deciderName, decisionReason }) => (
          <li key={id} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-4">
            <div className="min-w-0 flex-1 basis-72 break-words">
              <p className="font-semibold">{t("switches.request.title", { name: t(`switches.name.${name}`) })}</p>
              <p className="text-ink-soft">
                {authorName}, <Moment at={createdAt} />
              </p>
              {decidedAt === null || deciderName === null || deciderName === authorName ? null : (
                <p className="text-ink-soft">
                  {t("switches.request.decidedBy", { name: deciderName })} <Moment at={decidedAt} />
                </p>
              )}
              {decisionReason === null ? null : <p>{decisionReason}</p>}
            </div>
            <RequestStatusTag status={status} />
          </li>
        ))}
      </ul>
    </section>
  );
}
