// One class, course or team of a school.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { GroupBody } from "#components/addressbook/group-body.tsx";
import { bookPath } from "#components/addressbook/paths.ts";
import { parseSearch, parseView, type Parameters } from "#components/addressbook/view-query.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { getGroup } from "#lib/addressbook/queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type GroupPageProps = {
  readonly params: Promise<{ schoolId: string; groupId: string }>;
  readonly searchParams: Promise<Parameters>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("addressbook");
  return { title: t("group.title") };
}

export default async function GroupPage({ params, searchParams }: GroupPageProps) {
  const principal = await requirePrincipal();
  const segments = await params;
  const schoolId = fromSegment(segments.schoolId);
  const parameters = await searchParams;
  const { wish, query } = parseView(parameters);
  const { after } = parseSearch(parameters);
  const shown = await getGroup(principal, schoolId, wish, fromSegment(segments.groupId), after);
  if (!shown) notFound();
  const t = await getTranslations("addressbook");
  return (
    <div className="max-w-3xl">
      <PageTitle title={shown.group.title} back={<BackLink href={bookPath(schoolId, query)}>{t("back")}</BackLink>} />
      <GroupBody shown={shown} view={query} isLater={after !== null} />
    </div>
  );
}
