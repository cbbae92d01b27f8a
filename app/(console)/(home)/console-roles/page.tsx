// Who acts for the state in the console, and whose access has been ended.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { PersonSearch } from "#components/console-roles/person-search.tsx";
import { Blocked, Proposals, Staff } from "#components/console-roles/staff-lists.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getConsoleRoles } from "#lib/console/queries.ts";

type ConsoleRolesPageProps = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("consoleRoles");
  return { title: t("title") };
}

export default async function ConsoleRolesPage({ searchParams }: ConsoleRolesPageProps) {
  const principal = await requirePrincipal();
  const { person } = await searchParams;
  const search = typeof person === "string" ? person.trim() : "";
  const roles = await getConsoleRoles(principal, search);
  if (!roles) notFound();
  const t = await getTranslations("consoleRoles");
  return (
    <div className="max-w-4xl">
      <PageTitle title={t("title")} lead={t("lead")} />
      <div className="space-y-10">
        <Proposals proposals={roles.proposals} />
        <PersonSearch search={search} found={roles.found} />
        <Staff staff={roles.staff} />
        <Blocked blocked={roles.blocked} />
      </div>
    </div>
  );
}
