// Who of those who may approve knows by mail that something waits. Numbers only: who they are, the directory says.
import { Mail } from "lucide-react";
import { useTranslations } from "next-intl";
import type { MailReach as Reach } from "#lib/notify/queries.ts";

export function MailReach({ reach }: { readonly reach: Reach | null }) {
  const t = useTranslations("request.mail");
  // nobody may approve: that is a message of its own
  if (reach === null || reach.told + reach.waiting + reach.unreachable === 0) return null;
  const lines = [
    t("told", { count: reach.told }),
    ...(reach.waiting > 0 ? [t("waiting", { count: reach.waiting })] : []),
    ...(reach.unreachable > 0 ? [t("unreachable", { count: reach.unreachable })] : []),
  ];
  return (
    <section aria-labelledby="mail" className="space-y-1">
      <h2 id="mail" className="flex items-center gap-2 font-semibold">
        <Mail aria-hidden className="size-5 flex-none text-accent" />
        {t("title")}
      </h2>
      {lines.map((line) => (
        <p key={line} className="prose-width text-ink-soft">
          {line}
        </p>
      ))}
    </section>
  );
}
