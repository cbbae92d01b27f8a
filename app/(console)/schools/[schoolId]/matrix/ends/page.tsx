// Until when the openings last that a school has made; another last day is an ordinary change with a summary.
import { CalendarClock } from "lucide-react";
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { EndsForm } from "#components/ends/ends-form.tsx";
import { hasOwnEnd } from "#components/ends/own-end.ts";
import { endText, keySentence } from "#components/matrix/sentences.ts";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { possibleEnds } from "#lib/policy/end-date.ts";
import { getMatrix } from "#lib/policy/queries.ts";

type EndsPageProps = { readonly params: Promise<{ schoolId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("ends");
  return { title: t("title") };
}

export default async function EndsPage({ params }: EndsPageProps) {
  const principal = await requirePrincipal();
  const matrix = await getMatrix(principal, fromSegment((await params).schoolId));
  if (!matrix?.mayEdit) notFound();
  const [t, locale] = [await getTranslations(), await getLocale()];
  const { id, name } = matrix.school;
  const openings = matrix.cells.filter(hasOwnEnd).map(({ key, endsOn }) => ({
    key,
    sentence: keySentence(t, key),
    end: endText(t, locale, endsOn),
  }));
  return (
    <div className="max-w-3xl">
      <PageTitle
        title={t("ends.title")}
        lead={t("ends.lead", { school: name, id })}
        back={<BackLink href={schoolPath(id, "matrix")}>{t("summary.back")}</BackLink>}
      />
      {openings.length === 0 ? (
        <EmptyState icon={CalendarClock}>{t("ends.none")}</EmptyState>
      ) : (
        <EndsForm
          schoolId={id}
          version={matrix.version.number}
          openings={openings}
          possible={possibleEnds(new Date())}
        />
      )}
    </div>
  );
}
