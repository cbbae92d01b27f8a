// The switches of a school: what is on, what waits for a second person, and what was decided.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { OffNotice } from "#components/provisioning/off-notice.tsx";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { SwitchList, type SwitchLine } from "#components/switches/switch-list.tsx";
import { OpenSwitchRequest, PastSwitchRequests } from "#components/switches/switch-requests.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { isLandAdmin, mayEditSchool } from "#lib/auth/principal.ts";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { findSchoolProvisioning } from "#lib/provisioning/queries.ts";
import { findSwitchRequests } from "#lib/provisioning/switch-queries.ts";
import { SCHOOL_SWITCHES } from "#lib/provisioning/switches.ts";

type SwitchesPageProps = { readonly params: Promise<{ schoolId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("switches");
  return { title: t("title") };
}

export default async function SwitchesPage({ params }: SwitchesPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const db = database();
  const [provisioning, requests] = await Promise.all([
    findSchoolProvisioning(db, principal, schoolId),
    findSwitchRequests(db, principal, schoolId),
  ]);
  if (provisioning === null) notFound();
  const { switches } = provisioning;
  const open = requests.filter(({ status }) => status === "pending");
  const past = requests.filter(({ status }) => status !== "pending");
  const mayEdit = mayEditSchool(principal, schoolId);
  const lines: SwitchLine[] = [
    { name: "state", on: switches.state, mayChange: isLandAdmin(principal), isWaiting: false },
    ...SCHOOL_SWITCHES.map((name): SwitchLine => {
      const isWaiting = open.some((request) => request.name === name);
      return { name, on: switches[name], mayChange: mayEdit, isWaiting };
    }),
  ];
  const t = await getTranslations("switches");
  return (
    <div className="max-w-4xl">
      <PageTitle title={t("title")} lead={t("lead", { school: provisioning.name, id: schoolId })} />
      <div className="space-y-8">
        {open.map((request) => (
          <OpenSwitchRequest key={request.id} request={request} />
        ))}
        {switches.service ? null : <OffNotice schoolId={schoolId} provisioning={provisioning} />}
        <section aria-labelledby="switches" className="space-y-3">
          <h2 id="switches" className="sr-only">
            {t("list")}
          </h2>
          <SwitchList schoolId={schoolId} lines={lines} />
        </section>
        <section aria-labelledby="channels" className="space-y-3">
          <h2 id="channels" className="text-xl font-semibold tracking-tight">
            {t("channels")}
          </h2>
          <p className="prose-width text-ink-soft">{t("channelsText")}</p>
          <ButtonLink href={schoolPath(schoolId, "provisioning/rooms")}>{t("toChannels")}</ButtonLink>
        </section>
        <PastSwitchRequests requests={past} />
      </div>
    </div>
  );
}
