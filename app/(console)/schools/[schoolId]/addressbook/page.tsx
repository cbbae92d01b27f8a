// Who is at a school: search and tree, as the administrators see it or as somebody else would.
import { Download, HelpCircle } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { AddressBrowser } from "#components/addressbook/browser.tsx";
import { exportPath, whyPath } from "#components/addressbook/paths.ts";
import { parseView, type Parameters } from "#components/addressbook/view-query.ts";
import { ViewSwitch } from "#components/addressbook/view-switch.tsx";
import { fromSegment } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { getAddressBook } from "#lib/addressbook/queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type BookPageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Parameters>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("addressbook");
  return { title: t("title") };
}

export default async function AddressBookPage({ params, searchParams }: BookPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const { wish, query } = parseView(await searchParams);
  const book = await getAddressBook(principal, schoolId, wish);
  if (!book) notFound();
  const t = await getTranslations();
  const { view, folders } = book;
  return (
    <div className="flex max-w-4xl flex-col gap-5 [&>header]:mb-0">
      <PageTitle
        title={t("addressbook.title")}
        lead={t("addressbook.lead", { school: view.school.name, id: schoolId })}
      />
      <p className="-mt-3 -ml-4 flex flex-wrap gap-x-3 max-sm:order-last max-sm:mt-0 max-sm:flex-col max-sm:items-start">
        <ButtonLink href={whyPath(schoolId, null, null)} kind="quiet" className="text-left">
          <HelpCircle aria-hidden className="size-5 flex-none" />
          {t("addressbook.toWhy")}
        </ButtonLink>
        <ButtonLink href={exportPath(schoolId, { role: "teacher" })} kind="quiet">
          <Download aria-hidden className="size-5 flex-none" />
          {t("addressbook.export.open")}
        </ButtonLink>
      </p>
      <ViewSwitch key={query} view={view} query={query} />
      <AddressBrowser
        key={`${schoolId} ${query}`}
        schoolId={schoolId}
        schoolName={view.school.name}
        view={query}
        folders={folders.map((folder) => ({ ...folder, label: t(`roles.name.${folder.name}`) }))}
        groups={view.as === null ? book.groups : []}
        withStates={view.as === null}
      />
    </div>
  );
}
