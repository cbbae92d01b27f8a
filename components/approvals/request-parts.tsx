// Who asked for what, and why: a request can have been added to by a second author.
import { useLocale, useTranslations } from "next-intl";
import { keySentences } from "#components/matrix/sentences.ts";
import { Moment } from "#components/ui/moment.tsx";
import { describeDay } from "#lib/i18n/when.ts";
import type { RequestView } from "#lib/policy/types.ts";

export function RequestParts({ parts }: Pick<RequestView, "parts">) {
  const t = useTranslations();
  const locale = useLocale();
  return (
    <ol className="space-y-6">
      {parts.map((part) => (
        <li key={`${part.createdAt.toISOString()} ${part.authorName}`} className="border-l-2 border-line pl-4">
          <p>
            <span className="font-semibold">
              {t("request.partBy", { author: part.authorName, role: t(`roles.one.${part.authorRole}`) })}
            </span>{" "}
            <span className="text-ink-soft">
              <Moment at={part.createdAt} />
            </span>
          </p>
          <ul className="list-disc pl-5">
            {keySentences(t, part.cells).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          {part.endsOn === null ? null : (
            <p className="mt-2">{t("change.endsOn", { day: describeDay(part.endsOn, locale) })}</p>
          )}
          <blockquote className="prose-width mt-2 whitespace-pre-line text-ink-soft">„{part.reason}“</blockquote>
        </li>
      ))}
    </ol>
  );
}
