// How far a person or a room is, as icon and word.
import { CircleAlert, CircleCheck, CircleOff, Clock, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { Tag, type TagTone } from "#components/ui/tag.tsx";
import type { RoomLine } from "#lib/provisioning/queries.ts";

const LOOKS: Record<RoomLine["state"], { readonly icon: LucideIcon; readonly tone: TagTone }> = {
  asWanted: { icon: CircleCheck, tone: "added" },
  waiting: { icon: Clock, tone: "waiting" },
  failed: { icon: CircleAlert, tone: "danger" },
  closed: { icon: CircleOff, tone: "neutral" },
};

export function StateTag({ state }: { readonly state: RoomLine["state"] }) {
  const t = useTranslations("provisioning.state");
  return <Tag {...LOOKS[state]}>{t(state)}</Tag>;
}
