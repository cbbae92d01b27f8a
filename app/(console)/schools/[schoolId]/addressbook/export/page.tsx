// Takes a class or role list out of the console: which list, and why.
import { Check } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { ExportForm } from "#components/addressbook/export-form.tsx";
import { bookPath, exportPath, groupPath } from "#components/addressbook/paths.ts";
import type { Parameters } from "#components/addressbook/view-query.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { ERROR_CODES } from "#lib/action/result.ts";
import { getGroup, mayUseAddressBook } from "#lib/addressbook/queries.ts";
import { isRecentSignIn } from "#lib/auth/principal.ts";
import { requirePrincipal } from "#lib/auth/session.ts";
import { isRole, ROLES } from "#lib/policy/roles.ts";

type ExportPageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Parameters>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("addressbook");
  return { title: t("export.title") };
}

export default async function ExportPage({ params, searchParams }: ExportPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  if (!mayUseAddressBook(principal, schoolId)) notFound();
  const asked = await searchParams;
  const [group, role] = [asked["group"], asked["role"]];
  const t = await getTranslations();
  const found =
    typeof group === "string" ? await getGroup(principal, schoolId, { as: null, draft: null }, group, null) : null;
  if (typeof group === "string" && !found) notFound();
  const wanted = typeof role === "string" && isRole(role) ? role : "teacher";
  const list = found ? { group: found.group.id } : { role: wanted };
  const code = ERROR_CODES.find((known) => known === asked["problem"]);
  const id = asked["problemId"];
  const back = found ? groupPath(schoolId, found.group.id) : bookPath(schoolId);
  return (
    <div className="max-w-3xl space-y-6">
      <PageTitle
        title={t("addressbook.export.title")}
        lead={t("addressbook.export.lead", { list: found?.group.title ?? t(`roles.name.${wanted}`) })}
        back={<BackLink href={back}>{t("addressbook.back")}</BackLink>}
      />
      {found ? null : (
        <div className="space-y-2">
          <nav aria-label={t("addressbook.export.choose")} className="flex flex-wrap gap-2">
            {ROLES.map((one) => (
              <IntentLink
                key={one}
                href={exportPath(schoolId, { role: one })}
                aria-current={one === wanted ? "page" : undefined}
                className={buttonClass(
                  "secondary",
                  "aria-[current]:border-accent aria-[current]:bg-accent-soft aria-[current]:text-accent",
                )}
              >
                {one === wanted ? <Check aria-hidden className="size-5" /> : null}
                {t(`roles.name.${one}`)}
              </IntentLink>
            ))}
          </nav>
          <p className="text-ink-soft">{t("addressbook.export.classHint")}</p>
        </div>
      )}
      <ExportForm
        schoolId={schoolId}
        list={list}
        isSignInRecent={isRecentSignIn(principal, new Date())}
        problem={code === undefined ? null : { code, id: typeof id === "string" ? id.slice(0, 20) : "" }}
      />
    </div>
  );
}
