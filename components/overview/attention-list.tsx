// What needs the reader first, each with the way there.
import {
  ArrowRight,
  CircleAlert,
  CircleCheck,
  CirclePause,
  Clock,
  Landmark,
  Stamp,
  ToggleRight,
  UserCheck,
  UserCog,
  type LucideIcon,
} from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { proposalPath, requestPath, schoolPath } from "#components/shell/paths.ts";
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
    case "decideSwitch":
      return (
        <Line
          icon={ToggleRight}
          tone="bg-waiting-soft text-waiting"
          href={schoolPath(item.school.id, "switches")}
          text={t("decideSwitch", { school: item.school.name })}
        >
          {t("ends")} <Moment at={item.expiresAt} />
        </Line>
      );
    case "held":
      return (
        <Line
          icon={CirclePause}
          tone="bg-waiting-soft text-waiting"
          href={schoolPath(item.school.id, "provisioning/held")}
          text={t("held", { school: item.school.name, count: item.count })}
        />
      );
    case "problems":
      return (
        <Line
          icon={CircleAlert}
          tone="bg-danger-soft text-danger"
          href={item.maySeeProvisioning ? schoolPath(item.school.id, "provisioning") : `#school-${item.school.id}`}
          text={t("problems", { school: item.school.name, count: item.accounts + item.rooms })}
        />
      );
    case "notices":
      return (
        <Line
          icon={item.closed > 0 ? CircleAlert : UserCheck}
          tone={item.closed > 0 ? "bg-waiting-soft text-waiting" : "bg-added-soft text-added"}
          href={item.closed > 0 ? schoolPath(item.school.id, "rooms") : schoolPath(item.school.id, "audit")}
          text={t("notices", { school: item.school.name, closed: item.closed, appointed: item.appointed })}
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
