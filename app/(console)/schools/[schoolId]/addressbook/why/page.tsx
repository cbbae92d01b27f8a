// "Warum?": may two people of a school contact each other, and which rule says so.
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { bookPath } from "#components/addressbook/paths.ts";
import type { Parameters } from "#components/addressbook/view-query.ts";
import { WhyBody } from "#components/addressbook/why-body.tsx";
import { WhyForm, type Picked } from "#components/addressbook/why-form.tsx";
import { readSchoolName } from "#components/shell/read-schools.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { getExplanation, getPersonName } from "#lib/addressbook/person-queries.ts";
import { mayUseAddressBook } from "#lib/addressbook/queries.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type WhyPageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Parameters>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("addressbook");
  return { title: t("why.title") };
}

async function readPicked(principal: Principal, schoolId: string, id: unknown): Promise<Picked> {
  const name = typeof id === "string" ? await getPersonName(principal, schoolId, id) : null;
  return typeof id === "string" && name !== null ? { id, name } : null;
}

export default async function WhyPage({ params, searchParams }: WhyPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const school = mayUseAddressBook(principal, schoolId) ? await readSchoolName(principal, schoolId) : null;
  if (school === null) notFound();
  const asked = await searchParams;
  const [from, to] = [
    await readPicked(principal, schoolId, asked["from"]),
    await readPicked(principal, schoolId, asked["to"]),
  ];
  const explanation = from && to ? await getExplanation(principal, schoolId, from.id, to.id) : null;
  const isMissing = (asked["from"] !== undefined && from === null) || (asked["to"] !== undefined && to === null);
  const t = await getTranslations();
  return (
    <div className="max-w-5xl space-y-8">
      <PageTitle
        title={t("addressbook.why.title")}
        lead={t("addressbook.why.lead", { school, id: schoolId })}
        back={<BackLink href={bookPath(schoolId)}>{t("addressbook.back")}</BackLink>}
      />
      {isMissing ? (
        <Notice tone="warning">
          <p>{t("addressbook.why.missing")}</p>
        </Notice>
      ) : null}
      <WhyForm schoolId={schoolId} from={from} to={to} />
      {explanation ? (
        <WhyBody explanation={explanation} words={{ t, locale: await getLocale(), now: new Date() }} />
      ) : (
        <p className="prose-width text-ink-soft">{t("addressbook.why.pickTwo")}</p>
      )}
    </div>
  );
}
