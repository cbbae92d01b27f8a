// Rooms of the school in which nobody was left to moderate, and what was done about it: what the mail to the school's
// management leads to.
import { ShieldCheck, ShieldX } from "lucide-react";
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import type { SchoolNoticeLine } from "#lib/provisioning/queries.ts";

export function NoticeList({ notices }: { readonly notices: readonly SchoolNoticeLine[] }) {
  const t = useTranslations("provisioning.notices");
  if (notices.length === 0) return null;
  return (
    <section aria-labelledby="notices" className="space-y-3">
      <h2 id="notices" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      <p className="prose-width text-ink-soft">{t("lead")}</p>
      <ul className="divide-y divide-line border-y border-line">
        {notices.map((notice) => (
          <Notice key={notice.id} notice={notice} />
        ))}
      </ul>
    </section>
  );
}

function Notice({ notice: { kind, roomName, person, createdAt, isResolved } }: { readonly notice: SchoolNoticeLine }) {
  const t = useTranslations("provisioning.notices");
  const isClosed = kind === "roomReadOnly" && !isResolved;
  const Icon = isClosed ? ShieldX : ShieldCheck;
  return (
    <li className="flex gap-2.5 py-2">
      <Icon aria-hidden className={`mt-0.5 size-5 flex-none ${isClosed ? "text-danger" : "text-accent"}`} />
      <div className="min-w-0">
        <p className="font-semibold break-words">{roomName ?? t("unnamed")}</p>
        <p>
          {kind === "roomReadOnly"
            ? t(isResolved ? "resolved" : "roomReadOnly")
            : person === null
              ? t("someoneAppointed")
              : t("moderatorAppointed", { person })}{" "}
          <span className="text-ink-soft">
            <Moment at={createdAt} />
          </span>
        </p>
      </div>
    </li>
  );
}
