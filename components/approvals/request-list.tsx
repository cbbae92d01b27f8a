// Requests as a list: what is asked, by whom, since when, and in which state.
import { useTranslations } from "next-intl";
import { keySentence } from "#components/matrix/sentences.ts";
import { requestPath } from "#components/shell/paths.ts";
import { Moment } from "#components/ui/moment.tsx";
import type { RequestHead } from "#lib/policy/types.ts";
import { ExpiresSoonTag, RequestStatusTag } from "./request-status.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";

type RequestListProps = { readonly schoolId: string; readonly requests: readonly RequestHead[] };

export function RequestList({ schoolId, requests }: RequestListProps) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {requests.map((request) => (
        <RequestItem key={request.id} schoolId={schoolId} request={request} />
      ))}
    </ul>
  );
}

function RequestItem({ schoolId, request }: { readonly schoolId: string; readonly request: RequestHead }) {
  const t = useTranslations();
  const [first, ...others] = request.cells;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-4">
      <div className="min-w-0 space-y-1">
        <IntentLink
          href={requestPath(schoolId, request.id)}
          className="text-link hit-area inline-block text-lg font-semibold"
        >
          {first === undefined ? t("request.title") : keySentence(t, first)}
        </IntentLink>
        {others.length > 0 ? <p>{t("approvals.more", { count: others.length })}</p> : null}
        <p className="text-ink-soft">
          <Moment at={request.createdAt} /> {t("approvals.by", { authors: request.authorNames.join(", ") })}
          {request.status === "pending" ? (
            <>
              {" · "}
              {t("approvals.expires")} <Moment at={request.expiresAt} />
            </>
          ) : null}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {request.expiresSoon ? <ExpiresSoonTag /> : null}
        <RequestStatusTag status={request.status} />
      </div>
    </li>
  );
}
