// A message in the page: icon, words and colour together, what happened first, what to do last.
import { CircleAlert, CircleCheck, Clock, Info, TriangleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export type NoticeTone = "info" | "success" | "waiting" | "warning" | "danger";

const TONES: Record<NoticeTone, { readonly icon: LucideIcon; readonly box: string; readonly mark: string }> = {
  info: { icon: Info, box: "bg-sunken", mark: "text-accent" },
  success: { icon: CircleCheck, box: "bg-added-soft", mark: "text-added" },
  waiting: { icon: Clock, box: "bg-waiting-soft", mark: "text-waiting" },
  warning: { icon: TriangleAlert, box: "bg-sensitive-soft", mark: "text-sensitive" },
  danger: { icon: CircleAlert, box: "bg-danger-soft", mark: "text-danger" },
};

type NoticeProps = {
  readonly tone: NoticeTone;
  readonly title?: string;
  /** Announced when it appears; only for messages that answer something the person did. */
  readonly live?: boolean;
  /** For a line or two that may use the whole width. */
  readonly wide?: boolean;
  readonly children?: ReactNode;
};

export function Notice({ tone, title, live = false, wide = false, children }: NoticeProps) {
  const { icon: Icon, box, mark } = TONES[tone];
  return (
    <div
      role={live ? (tone === "danger" ? "alert" : "status") : undefined}
      className={`flex gap-3 rounded-md px-4 ${wide ? "py-3" : "py-4"} ${box}`}
    >
      <Icon aria-hidden className={`mt-0.5 size-5 flex-none ${mark}`} />
      <div className={`min-w-0 space-y-1 ${wide ? "" : "prose-width"}`}>
        {title === undefined ? null : <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}
