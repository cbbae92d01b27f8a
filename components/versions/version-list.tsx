// Every version of a school: when, by whom, why, what it changed, and the way to compare it.
import { CalendarClock, CircleCheck, Minus, Plus } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { endText, keySentence } from "#components/matrix/sentences.ts";
import { comparePath, requestPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { describeDay } from "#lib/i18n/when.ts";
import type { ComparedCell, VersionEntry, VersionList as Versions } from "#lib/policy/types.ts";
import { VersionWho } from "./version-who.tsx";

/** More are told on the page that compares. */
const SHOWN_CHANGES = 4;

export function VersionList({ school, currentVersion, versions }: Versions) {
  return (
    <ol className="divide-y divide-line border-y border-line">
      {versions.map((version) => (
        <VersionItem key={version.number} {...{ version, currentVersion }} schoolId={school.id} />
      ))}
    </ol>
  );
}

type VersionItemProps = {
  readonly version: VersionEntry;
  readonly currentVersion: number;
  readonly schoolId: string;
};

function VersionItem({ version, currentVersion, schoolId }: VersionItemProps) {
  const t = useTranslations("versions");
  const { number, createdAt, reason, requestId, changes } = version;
  const more = changes.length - SHOWN_CHANGES;
  return (
    <li className="grid gap-x-8 gap-y-2 py-5 md:grid-cols-[11rem_1fr]">
      <div className="space-y-1">
        <h2 className="text-lg font-semibold">{t("number", { number })}</h2>
        {number === currentVersion ? (
          <Tag tone="added" icon={CircleCheck}>
            {t("inEffect")}
          </Tag>
        ) : null}
      </div>
      <div className="min-w-0 space-y-2">
        <p className="text-ink-soft">
          <Moment at={createdAt} />, <VersionWho version={version} />
        </p>
        {changes.length === 0 ? (
          <p>{t(number === 1 ? "firstChanges" : "noChanges")}</p>
        ) : (
          <ul className="space-y-1">
            {changes.slice(0, SHOWN_CHANGES).map((change) => (
              <Change key={change.key} change={change} />
            ))}
            {more > 0 ? <li className="pl-7 text-ink-soft">{t("more", { count: more })}</li> : null}
          </ul>
        )}
        {reason === "" ? null : <p className="prose-width whitespace-pre-line text-ink-soft">„{reason}“</p>}
        <p className="flex flex-wrap gap-x-6">
          {number > 1 ? (
            <VersionLink href={comparePath(schoolId, number - 1, number)}>{t("compareBefore")}</VersionLink>
          ) : null}
          {number === currentVersion ? null : (
            <VersionLink href={comparePath(schoolId, number, currentVersion)}>{t("compareNow")}</VersionLink>
          )}
          {requestId === null ? null : (
            <VersionLink href={requestPath(schoolId, requestId)}>{t("request")}</VersionLink>
          )}
        </p>
      </div>
    </li>
  );
}

function VersionLink({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <IntentLink href={href} className="text-link inline-flex min-h-11 items-center">
      {children}
    </IntentLink>
  );
}

function Change({ change: { key, allowed, endsOn, formerEnd } }: { readonly change: ComparedCell }) {
  const t = useTranslations();
  const locale = useLocale();
  const Mark = formerEnd ? CalendarClock : allowed ? Plus : Minus;
  return (
    <li className="flex gap-2">
      <Mark
        aria-hidden
        className={`mt-1 size-4 flex-none ${formerEnd ? "text-accent" : allowed ? "text-added" : "text-removed"}`}
        strokeWidth={formerEnd ? 2 : 3}
      />
      <span>
        {keySentence(t, key, allowed)}
        {formerEnd ? (
          <span className="block text-ink-soft">
            {t("change.before")} {endText(t, locale, formerEnd.day)}, {t("change.after")} {endText(t, locale, endsOn)}
          </span>
        ) : endsOn === null ? null : (
          <span className="ml-2 inline-flex items-center gap-1 text-ink-soft">
            <CalendarClock aria-hidden className="size-4 flex-none" />
            {t("change.endsOn", { day: describeDay(endsOn, locale) })}
          </span>
        )}
      </span>
    </li>
  );
}
