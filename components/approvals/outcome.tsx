// How a request ended: by whom, when and why.
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import { Notice, type NoticeTone } from "#components/ui/notice.tsx";
import type { RequestHead, RequestStatus } from "#lib/policy/types.ts";

const TONES: Record<Exclude<RequestStatus, "pending">, NoticeTone> = {
  approved: "success",
  rejected: "danger",
  withdrawn: "info",
  expired: "info",
  void: "warning",
};

export function Outcome({ head }: { readonly head: RequestHead }) {
  const t = useTranslations("request");
  const { status, deciderName, decidedAt, decisionReason } = head;
  if (status === "pending") return null;
  const name = deciderName ?? t("someone");
  const sentence =
    status === "approved" || status === "rejected" || (status === "withdrawn" && deciderName !== null)
      ? t(`${status}By`, { name })
      : t(status);
  return (
    <Notice tone={TONES[status]} title={sentence}>
      {decidedAt === null ? null : (
        <p>
          <Moment at={decidedAt} />
        </p>
      )}
      {decisionReason === null ? null : (
        <p>
          {t("reason")}: „{decisionReason}“
        </p>
      )}
    </Notice>
  );
}
