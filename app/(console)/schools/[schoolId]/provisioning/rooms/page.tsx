// The rooms that the console keeps for a school, how far each is, and who writes in the channels.
import { DoorOpen } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { PAGE_SIZE, parseFilter } from "#components/provisioning/filter.ts";
import { ListFrame } from "#components/provisioning/list-frame.tsx";
import { LiveWork } from "#components/provisioning/live-work.tsx";
import { readWork } from "#components/provisioning/read-work.ts";
import { RoomItem } from "#components/provisioning/room-item.tsx";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { mayEditSchool } from "#lib/auth/principal.ts";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { findSchoolProvisioning } from "#lib/provisioning/queries.ts";

type ManagedRoomsPageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("provisioning.rooms");
  return { title: t("title") };
}

export default async function ManagedRoomsPage({ params, searchParams }: ManagedRoomsPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const filter = parseFilter(await searchParams);
  const db = database();
  const [provisioning, work] = await Promise.all([
    findSchoolProvisioning(db, principal, schoolId),
    readWork(db, principal, schoolId),
  ]);
  if (provisioning === null || work === null) notFound();
  const t = await getTranslations();
  const wanted = filter.text.toLocaleLowerCase("de");
  const found = provisioning.rooms
    .filter(({ state }) => filter.state === null || state === filter.state)
    .filter(({ name, alias }) => `${name} ${alias}`.toLocaleLowerCase("de").includes(wanted))
    .toSorted((a, b) => a.name.localeCompare(b.name, "de", { numeric: true }) || a.alias.localeCompare(b.alias));
  const from = (filter.page - 1) * PAGE_SIZE;
  const rooms = found.slice(from, from + PAGE_SIZE);
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("provisioning.rooms.title")}
        lead={t("provisioning.rooms.lead")}
        back={<BackLink href={schoolPath(schoolId, "provisioning")}>{t("provisioning.title")}</BackLink>}
      />
      <LiveWork key={schoolId} schoolId={schoolId} initial={work}>
        <ListFrame
          path={schoolPath(schoolId, "provisioning/rooms")}
          of="rooms"
          filter={filter}
          hasMore={found.length > from + PAGE_SIZE}
        >
          {rooms.length === 0 ? (
            <EmptyState icon={DoorOpen}>{t("provisioning.rooms.none")}</EmptyState>
          ) : (
            <ul className="divide-y divide-line border-y border-line">
              {rooms.map((room) => (
                <RoomItem
                  key={room.alias}
                  schoolId={schoolId}
                  room={room}
                  maySwitch={mayEditSchool(principal, schoolId)}
                />
              ))}
            </ul>
          )}
        </ListFrame>
      </LiveWork>
    </div>
  );
}
