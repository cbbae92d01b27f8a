// The state of a request as icon and word.
import { AlarmClock, Ban, CircleCheck, CircleX, Clock, Hourglass, Undo2, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { Tag, type TagTone } from "#components/ui/tag.tsx";
import type { RequestStatus } from "#lib/policy/types.ts";

const LOOKS: Record<RequestStatus, { readonly icon: LucideIcon; readonly tone: TagTone }> = {
  pending: { icon: Clock, tone: "waiting" },
  approved: { icon: CircleCheck, tone: "added" },
  rejected: { icon: CircleX, tone: "removed" },
  withdrawn: { icon: Undo2, tone: "neutral" },
  expired: { icon: Hourglass, tone: "neutral" },
  void: { icon: Ban, tone: "neutral" },
};

/** Beside the state of an open request that nobody has long to decide. */
export function ExpiresSoonTag() {
  const t = useTranslations("approvals");
  return (
    <Tag icon={AlarmClock} tone="danger">
      {t("expiresSoon")}
    </Tag>
  );
}

export function RequestStatusTag({ status }: { readonly status: RequestStatus }) {
  const t = useTranslations("approvals.status");
  return <Tag {...LOOKS[status]}>{t(status)}</Tag>;
}
