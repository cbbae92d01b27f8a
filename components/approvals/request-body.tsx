// A request as its reader needs it: outcome first, then consequences, then who wants it and why.
import { Printer } from "lucide-react";
import { useTranslations } from "next-intl";
import { ChangeList } from "#components/change/change-list.tsx";
import { keySentences } from "#components/matrix/sentences.ts";
import { recordPath, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import type { RequestView } from "#lib/policy/types.ts";
import { ApprovabilityNotice } from "./approvability-notice.tsx";
import { Comments } from "./comments.tsx";
import { MailReach } from "./mail-reach.tsx";
import { Outcome } from "./outcome.tsx";
import { RequestParts } from "./request-parts.tsx";
import { ExpiresSoonTag, RequestStatusTag } from "./request-status.tsx";
import { SinceWritten } from "./since-written.tsx";

export function RequestBody({ request }: { readonly request: RequestView }) {
  const t = useTranslations();
  const { school, head, items, parts } = request;
  const isPending = head.status === "pending";
  const place = { school: school.name, id: school.id };
  return (
    <>
      <PageTitle
        title={t("request.title")}
        lead={isPending ? t("request.lead", place) : t("request.leadPast", place)}
        back={<BackLink href={schoolPath(school.id, "approvals")}>{t("approvals.back")}</BackLink>}
      />
      <div className="space-y-8">
        {isPending ? (
          <p className="flex flex-wrap items-center gap-x-4 gap-y-2 text-ink-soft">
            <RequestStatusTag status={head.status} />
            {head.expiresSoon ? <ExpiresSoonTag /> : null}
            <span>
              {t("request.expires")} <Moment at={head.expiresAt} />
            </span>
          </p>
        ) : (
          <div className="space-y-4">
            <Outcome head={head} />
            {request.mayReadRecord ? (
              <ButtonLink href={recordPath(school.id, head.id)}>
                <Printer aria-hidden className="size-5" />
                {t("request.record")}
              </ButtonLink>
            ) : null}
          </div>
        )}
        <ApprovabilityNotice approvability={request.approvability} />
        <MailReach reach={request.mail} />
        <section aria-labelledby="effect" className="space-y-3">
          <h2 id="effect" className="text-xl font-semibold tracking-tight">
            {isPending ? t("request.effectTitle") : t("request.cellsTitle")}
          </h2>
          {!isPending ? (
            <ul className="list-disc pl-5">
              {keySentences(t, head.cells).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          ) : items.length === 0 ? (
            <p>{t("request.effectNone")}</p>
          ) : (
            <ChangeList items={items} />
          )}
        </section>
        <section aria-labelledby="parts" className="space-y-3">
          <h2 id="parts" className="text-xl font-semibold tracking-tight">
            {t("request.partsTitle")}
          </h2>
          <RequestParts parts={parts} />
        </section>
        {request.since === null ? null : <SinceWritten since={request.since} />}
        <Comments request={request} />
      </div>
    </>
  );
}
