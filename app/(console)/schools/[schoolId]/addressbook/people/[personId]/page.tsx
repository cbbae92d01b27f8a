// One person of a school.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { bookPath } from "#components/addressbook/paths.ts";
import { PersonBody } from "#components/addressbook/person-body.tsx";
import { parseView, type Parameters } from "#components/addressbook/view-query.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { getPerson } from "#lib/addressbook/person-queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";
import { readEnvironment } from "#lib/env/env.ts";

type PersonPageProps = {
  readonly params: Promise<{ schoolId: string; personId: string }>;
  readonly searchParams: Promise<Parameters>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("addressbook");
  return { title: t("person.title") };
}

export default async function PersonPage({ params, searchParams }: PersonPageProps) {
  const principal = await requirePrincipal();
  const segments = await params;
  const schoolId = fromSegment(segments.schoolId);
  const person = await getPerson(principal, schoolId, fromSegment(segments.personId));
  if (!person) notFound();
  const t = await getTranslations("addressbook");
  const back = bookPath(schoolId, parseView(await searchParams).query);
  // shown as Synapse would name it, even if it is too long for an account: the page then tells the problem
  const matrixId = `@${person.localpart}:${readEnvironment("web").SYNAPSE_SERVER_NAME}`;
  return (
    <div className="max-w-3xl">
      <PageTitle title={person.name} back={<BackLink href={back}>{t("back")}</BackLink>} />
      <PersonBody person={person} matrixId={matrixId} />
    </div>
  );
}
