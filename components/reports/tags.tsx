// State and severity of a case as icon, word and colour together.
import {
  ArrowDown,
  CircleCheck,
  CircleDot,
  Clock,
  Inbox,
  OctagonAlert,
  Pencil,
  RotateCcw,
  School,
  TriangleAlert,
  type LucideIcon,
} from "lucide-react";
import { Tag, type TagTone } from "#components/ui/tag.tsx";
import type { CaseSeverity, CaseState } from "#lib/reports/case-life.ts";

type Look = { readonly tone: TagTone; readonly icon: LucideIcon };

const SEVERITIES: Record<CaseSeverity, Look> = {
  critical: { tone: "danger", icon: OctagonAlert },
  high: { tone: "removed", icon: TriangleAlert },
  medium: { tone: "neutral", icon: CircleDot },
  low: { tone: "neutral", icon: ArrowDown },
};
const STATES: Record<CaseState, Look> = {
  new: { tone: "accent", icon: Inbox },
  inProgress: { tone: "neutral", icon: Pencil },
  waiting: { tone: "waiting", icon: Clock },
  escalated: { tone: "sensitive", icon: School },
  resolved: { tone: "added", icon: CircleCheck },
  reopened: { tone: "accent", icon: RotateCcw },
};

export function SeverityTag({ severity, text }: { readonly severity: CaseSeverity; readonly text: string }) {
  return <Tag {...SEVERITIES[severity]}>{text}</Tag>;
}

export function StateTag({ state, text }: { readonly state: CaseState; readonly text: string }) {
  return <Tag {...STATES[state]}>{text}</Tag>;
}
