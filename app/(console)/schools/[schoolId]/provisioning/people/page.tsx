// The people of a school and how far each account is.
import { UsersRound } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { PAGE_SIZE, parseFilter } from "#components/provisioning/filter.ts";
import { ListFrame } from "#components/provisioning/list-frame.tsx";
import { LiveWork } from "#components/provisioning/live-work.tsx";
import { personProblem } from "#components/provisioning/problem-text.ts";
import { readWork } from "#components/provisioning/read-work.ts";
import { StateTag } from "#components/provisioning/state-tag.tsx";
import { StepButton } from "#components/provisioning/step-button.tsx";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { findProvisionedPeople } from "#lib/provisioning/queries.ts";

type PeoplePageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("provisioning.people");
  return { title: t("title") };
}

export default async function PeoplePage({ params, searchParams }: PeoplePageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const filter = parseFilter(await searchParams);
  const { state, text, page } = filter;
  const db = database();
  const [found, work] = await Promise.all([
    findProvisionedPeople(db, principal, schoolId, {
      ...(state !== null && { state }),
      text,
      offset: (page - 1) * PAGE_SIZE,
      limit: PAGE_SIZE + 1,
    }),
    readWork(db, principal, schoolId),
  ]);
  if (found === null || work === null) notFound();
  const people = found.slice(0, PAGE_SIZE);
  const t = await getTranslations();
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("provisioning.people.title")}
        lead={t("provisioning.people.lead")}
        back={<BackLink href={schoolPath(schoolId, "provisioning")}>{t("provisioning.title")}</BackLink>}
      />
      <LiveWork key={schoolId} schoolId={schoolId} initial={work}>
        <ListFrame
          path={schoolPath(schoolId, "provisioning/people")}
          of="people"
          filter={filter}
          hasMore={found.length > PAGE_SIZE}
        >
          {people.length === 0 ? (
            <EmptyState icon={UsersRound}>{t("provisioning.people.none")}</EmptyState>
          ) : (
            <ul className="divide-y divide-line border-y border-line">
              {people.map(({ personId, displayName, state: personState, problem }) => (
                <li key={personId} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-3">
                  <div className="min-w-0 flex-1 basis-72 break-words">
                    <p className="font-semibold">{displayName}</p>
                    <p className="text-sm break-all text-ink-soft">{personId}</p>
                    {problem === null ? null : <p className="mt-1">{personProblem(t, problem)}</p>}
                  </div>
                  <div className="flex flex-col items-start gap-2 sm:items-end">
                    <StateTag state={personState} />
                    {personState === "failed" ? (
                      <StepButton
                        schoolId={schoolId}
                        step={{ kind: "retry", what: { kind: "person", personId } }}
                        about={displayName}
                      />
                    ) : null}
                  </div>
                </li>
              ))}
            </ul>
          )}
        </ListFrame>
      </LiveWork>
    </div>
  );
}
