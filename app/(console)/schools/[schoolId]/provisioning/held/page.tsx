// What the guard holds back at a school, why, and its release by somebody who gains nothing by it.
import { ShieldCheck } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { groupHeld } from "#components/provisioning/held-groups.ts";
import { LiveWork, WorkStatus } from "#components/provisioning/live-work.tsx";
import { readWork } from "#components/provisioning/read-work.ts";
import { ReleaseForm } from "#components/provisioning/release-form.tsx";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { countHeldChanges, findHeldChanges, mayReleaseHeld } from "#lib/directory/queries.ts";

type HeldPageProps = { readonly params: Promise<{ schoolId: string }> };

/** The action takes as many at once; the rest follows when these are released. */
const SHOWN = 1_000;

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("provisioning.held");
  return { title: t("title") };
}

export default async function HeldPage({ params }: HeldPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const db = database();
  const work = await readWork(db, principal, schoolId);
  if (work === null) notFound();
  const t = await getTranslations();
  const [changes, open] = await Promise.all([
    findHeldChanges(db, principal, schoolId, SHOWN),
    countHeldChanges(db, principal, schoolId),
  ]);
  const mayRelease = mayReleaseHeld(principal, schoolId);
  const groups = groupHeld(changes, t);
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("provisioning.held.title")}
        lead={t("provisioning.held.lead")}
        back={<BackLink href={schoolPath(schoolId, "provisioning")}>{t("provisioning.title")}</BackLink>}
      />
      <LiveWork key={schoolId} schoolId={schoolId} initial={work}>
        <div className="space-y-10">
          {groups.length === 0 ? (
            <EmptyState icon={ShieldCheck}>{t("provisioning.held.none")}</EmptyState>
          ) : mayRelease ? null : (
            <Notice tone="info" title={t("provisioning.held.notYou")}>
              <p>{t("provisioning.held.notYouText")}</p>
            </Notice>
          )}
          {groups.length === 0 ? null : <WorkStatus of="sync" isQuiet />}
          {open > SHOWN ? <p>{t("provisioning.held.first", { shown: SHOWN, count: open })}</p> : null}
          {groups.map(({ rule, open: waiting, released, since }) => (
            <section key={rule} aria-labelledby={rule} className="space-y-4">
              <div className="space-y-1">
                <h2 id={rule} className="text-xl font-semibold tracking-tight">
                  {t(`provisioning.held.rule.${rule}`, { count: waiting.length + released.length })}
                </h2>
                <p className="prose-width text-ink-soft">{t(`provisioning.held.why.${rule}`)}</p>
                <p className="text-ink-soft">
                  {t("provisioning.held.since")} <Moment at={since} />
                </p>
              </div>
              {waiting.length === 0 ? null : (
                <ReleaseForm schoolId={schoolId} holds={waiting} mayRelease={mayRelease} />
              )}
              {released.length === 0 ? null : (
                <Notice tone="waiting" title={t("provisioning.held.released", { count: released.length })}>
                  <p>{t("provisioning.held.releasedText")}</p>
                </Notice>
              )}
            </section>
          ))}
        </div>
      </LiveWork>
    </div>
  );
}
