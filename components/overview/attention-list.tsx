// What needs the reader first, each with the way there.
import { ArrowRight, CircleAlert, CircleCheck, Clock, Landmark, Stamp, UserCog, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { proposalPath, requestPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import type { Attention } from "#lib/overview/attention.ts";

export function AttentionList({ items }: { readonly items: readonly Attention[] }) {
  const t = useTranslations("overview.attention");
  return (
    <section aria-labelledby="attention" className="space-y-3">
      <h2 id="attention" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      {items.length === 0 ? (
        <p className="flex items-center gap-2.5 text-ink-soft">
          <CircleCheck aria-hidden className="size-5 flex-none text-added" />
          {t("none")}
        </p>
      ) : (
        <ul className="space-y-2">
          {items.map((item) => (
            <li key={"school" in item ? `${item.kind} ${item.school.id}` : item.kind}>
              <AttentionItem item={item} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function AttentionItem({ item }: { readonly item: Attention }) {
  const t = useTranslations("overview.attention");
  switch (item.kind) {
    case "decide":
    case "expiring":
      return (
        <Line
          icon={item.kind === "decide" ? Stamp : Clock}
          tone="bg-waiting-soft text-waiting"
          href={requestPath(item.school.id, item.requestId)}
          text={t(item.kind, { school: item.school.name })}
        >
          {t("ends")} <Moment at={item.expiresAt} />
        </Line>
      );
    case "decideFrame":
    case "frameWaits":
      return (
        <Line
          icon={item.kind === "decideFrame" ? Landmark : Clock}
          tone="bg-waiting-soft text-waiting"
          href={proposalPath(item.proposalId)}
          text={t(item.kind)}
        >
          {t("ends")} <Moment at={item.expiresAt} />
        </Line>
      );
    case "confirmLandAdmin":
      return (
        <Line
          icon={UserCog}
          tone="bg-waiting-soft text-waiting"
          href="/console-roles"
          text={t("confirmLandAdmin", { count: item.count })}
        />
      );
    case "problems":
      return (
        <Line
          icon={CircleAlert}
          tone="bg-danger-soft text-danger"
          href={`#school-${item.school.id}`}
          text={t("problems", { school: item.school.name, count: item.accounts + item.rooms })}
        />
      );
    default:
      return item satisfies never;
  }
}

type LineProps = {
  readonly icon: LucideIcon;
  readonly tone: string;
  readonly href: string;
  readonly text: string;
  readonly children?: ReactNode;
};

function Line({ icon: Icon, tone, href, text, children }: LineProps) {
  return (
    <div className={`flex flex-wrap items-center gap-x-3 rounded-md px-4 py-1 ${tone}`}>
      <Icon aria-hidden className="size-5 flex-none" />
      <IntentLink
        href={href}
        className="inline-flex min-h-11 min-w-0 flex-1 items-center gap-2 font-semibold text-ink hover:underline"
      >
        {text}
        <ArrowRight aria-hidden className="size-4 flex-none" />
      </IntentLink>
      {children === undefined ? null : <span className="text-ink-soft max-sm:w-full">{children}</span>}
    </div>
  );
}
