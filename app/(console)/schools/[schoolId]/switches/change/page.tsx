// Before a switch is thrown: what happens then, for how many, and who else has to agree.
import { ScanSearch } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { parseChange } from "#components/switches/switch-address.ts";
import { SwitchSubmission } from "#components/switches/switch-submission.tsx";
import { SwitchSummaryText } from "#components/switches/switch-summary.tsx";
import { BackLink } from "#components/ui/back-link.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { findFreshDryRun } from "#lib/directory/queries.ts";
import { findSchoolProvisioning, type SchoolProvisioning } from "#lib/provisioning/queries.ts";
import { isFirstSwitchingOn, summariseSwitch, type PlannedSwitch } from "#lib/provisioning/switches.ts";

type ChangePageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("switches.change");
  return { title: t("title") };
}

/** Whether everything holds already: a link that was kept, or somebody was quicker. */
function isSo(planned: PlannedSwitch, { switches, rooms }: SchoolProvisioning): boolean {
  if (planned.name !== "channel") return switches[planned.name] === planned.on;
  return rooms.find(({ alias }) => alias === planned.alias)?.mode === (planned.twoWay ? "twoWay" : "oneWay");
}

export default async function ChangePage({ params, searchParams }: ChangePageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const planned = parseChange(await searchParams);
  const db = database();
  const [provisioning, summary] = await Promise.all([
    findSchoolProvisioning(db, principal, schoolId),
    planned === null ? null : summariseSwitch(db, principal, schoolId, planned),
  ]);
  if (provisioning === null || summary === null || planned === null) notFound();
  const { unservedSince, switches } = provisioning;
  const isFirstTime =
    planned.name !== "channel" && isFirstSwitchingOn(planned, { unservedSince, isMessengerOn: switches.messenger });
  const needsDryRun = isFirstTime && (await findFreshDryRun(db, schoolId, new Date())) === null;
  const t = await getTranslations("switches");
  const isChannel = planned.name === "channel";
  const room = isChannel ? provisioning.rooms.find(({ alias }) => alias === planned.alias) : undefined;
  const direction = (isChannel ? planned.twoWay : planned.on) ? "on" : "off";
  const name = isChannel ? (room?.name ?? planned.alias) : t(`name.${planned.name}`);
  const back = isChannel ? (
    <BackLink href={schoolPath(schoolId, "provisioning/rooms")}>{t("change.backToRooms")}</BackLink>
  ) : (
    <BackLink href={schoolPath(schoolId, "switches")}>{t("title")}</BackLink>
  );
  const holdsAlready = isSo(planned, provisioning);
  const body = holdsAlready ? (
    <div className="space-y-6">
      <PageTitle title={name} lead={provisioning.name} back={back} />
      <Notice tone="info">
        <p>{t("change.already")}</p>
      </Notice>
    </div>
  ) : (
    <>
      <PageTitle
        title={t(isChannel ? `change.channel.${direction}` : `change.${direction}`, { name })}
        lead={provisioning.name}
        back={back}
      />
      <SwitchSummaryText planned={planned} summary={summary} />
    </>
  );
  return (
    <div className="max-w-3xl">
      {needsDryRun ? (
        <div className="space-y-6">
          {body}
          <Notice tone="waiting" title={t("change.dryRunTitle")}>
            <p>{t("change.dryRunText")}</p>
            <ButtonLink href={schoolPath(schoolId, "provisioning/dry-run")} kind="primary" className="mt-2">
              <ScanSearch aria-hidden className="size-5" />
              {t("change.toDryRun")}
            </ButtonLink>
          </Notice>
        </div>
      ) : (
        <SwitchSubmission
          key={`${planned.name} ${direction}`}
          schoolId={schoolId}
          planned={planned}
          needsSecondPerson={summary.needsSecondPerson}
          isSo={holdsAlready}
        >
          {body}
        </SwitchSubmission>
      )}
    </div>
  );
}
