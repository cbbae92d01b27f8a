// What of a school's provisioning needs somebody, each with the way there.
import { ArrowRight, CircleAlert, CirclePause, FileWarning, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { schoolPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";

export type HelpCounts = {
  readonly held: number;
  readonly people: number;
  readonly rooms: number;
  readonly records: number;
};

const LINES = [
  { of: "held", page: "provisioning/held", query: "", icon: CirclePause, tone: "bg-waiting-soft text-waiting" },
  {
    of: "people",
    page: "provisioning/people",
    query: "?state=failed",
    icon: CircleAlert,
    tone: "bg-danger-soft text-danger",
  },
  {
    of: "rooms",
    page: "provisioning/rooms",
    query: "?state=failed",
    icon: CircleAlert,
    tone: "bg-danger-soft text-danger",
  },
  {
    of: "records",
    page: "provisioning/records",
    query: "",
    icon: FileWarning,
    tone: "bg-sensitive-soft text-sensitive",
  },
] as const satisfies readonly { of: keyof HelpCounts; page: string; query: string; icon: LucideIcon; tone: string }[];

type HelpListProps = { readonly schoolId: string; readonly counts: HelpCounts };

export function HelpList({ schoolId, counts }: HelpListProps) {
  const t = useTranslations("provisioning.help");
  const shown = LINES.filter(({ of }) => counts[of] > 0);
  if (shown.length === 0) return null;
  return (
    <section aria-labelledby="help" className="space-y-3">
      <h2 id="help" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      <ul className="space-y-2">
        {shown.map(({ of, page, query, icon: Icon, tone }) => (
          <li key={of} className={`flex items-center gap-3 rounded-md px-4 py-1 ${tone}`}>
            <Icon aria-hidden className="size-5 flex-none" />
            <IntentLink
              href={schoolPath(schoolId, page) + query}
              className="inline-flex min-h-11 min-w-0 flex-1 items-center gap-2 font-semibold text-ink hover:underline"
            >
              {t(of, { count: counts[of] })}
              <ArrowRight aria-hidden className="size-4 flex-none" />
            </IntentLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
