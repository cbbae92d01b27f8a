// The rooms that people of a school have made: which of them the policy would not permit, and which are read-only.
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { LiveRooms } from "#components/rooms/live-rooms.tsx";
import { roomsState } from "#components/rooms/rooms-state.ts";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getRooms } from "#lib/rooms/queries.ts";

type RoomsPageProps = { readonly params: Promise<{ schoolId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("rooms");
  return { title: t("title") };
}

export default async function RoomsPage({ params }: RoomsPageProps) {
  const principal = await requirePrincipal();
  const view = await getRooms(principal, fromSegment((await params).schoolId));
  if (!view) notFound();
  const t = await getTranslations();
  const { id, name } = view.school;
  return (
    <div className="max-w-3xl">
      <PageTitle
        title={t("rooms.title")}
        lead={t("rooms.lead", { school: name, id })}
        back={<BackLink href={schoolPath(id, "matrix")}>{t("summary.back")}</BackLink>}
      />
      <LiveRooms key={id} schoolId={id} initial={roomsState(view, { t, locale: await getLocale(), now: new Date() })} />
    </div>
  );
}
