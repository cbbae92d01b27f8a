// A class or course: who is in it, its room and its channel.
import { CircleDashed, Download, ShieldAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { GroupView, SeenMember } from "#lib/addressbook/queries.ts";
import { Part } from "./facts.tsx";
import { exportPath, groupPath, personPath, type ViewQuery } from "./paths.ts";
import { roomKind } from "./person-body.tsx";
import { DraftMark } from "./tree-item.tsx";

type GroupBodyProps = { readonly shown: GroupView; readonly view: ViewQuery; readonly isLater: boolean };

export function GroupBody({ shown, view, isLater }: GroupBodyProps) {
  const t = useTranslations();
  const { group, members, rooms } = shown;
  const schoolId = shown.view.school.id;
  const next = new URLSearchParams(view);
  if (members.next !== null) next.set("after", members.next);
  return (
    <div className="space-y-8">
      <p className="text-ink-soft tabular-nums">
        {t("addressbook.group.counts", { members: group.members, signedIn: group.signedIn })}
      </p>
      {shown.view.as === null ? (
        <ButtonLink href={exportPath(schoolId, { group: group.id })}>
          <Download aria-hidden className="size-5" />
          {t("addressbook.export.open")}
        </ButtonLink>
      ) : null}
      <Part id="members" title={t("addressbook.group.members")}>
        {members.items.length === 0 ? <p className="text-ink-soft">{t("addressbook.group.noMembers")}</p> : null}
        <ul className="divide-y divide-line border-y border-line">
          {members.items.map((member) => (
            <li key={member.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-1">
              <IntentLink
                href={personPath(schoolId, member.id, view)}
                className="text-link inline-flex min-h-11 items-center"
              >
                <bdi>{member.name}</bdi>
              </IntentLink>
              <Member member={member} />
            </li>
          ))}
        </ul>
        <div className="flex flex-wrap gap-3">
          {members.next === null ? null : (
            <ButtonLink href={groupPath(schoolId, group.id, next.toString())}>{t("addressbook.group.next")}</ButtonLink>
          )}
          {isLater ? (
            <ButtonLink href={groupPath(schoolId, group.id, view)} kind="quiet">
              {t("addressbook.group.first")}
            </ButtonLink>
          ) : null}
        </div>
      </Part>
      <Part id="rooms" title={t("addressbook.group.rooms")}>
        {rooms.length === 0 ? <p className="text-ink-soft">{t("addressbook.group.noRooms")}</p> : null}
        <ul className="space-y-3">
          {rooms.map((room) => (
            <li key={room.alias} className="space-y-1">
              <p className="font-semibold">{roomKind(t, room.kind)}</p>
              <p>
                <code className="break-all">#{room.alias}</code>
              </p>
              <p className="text-ink-soft">
                {room.exists ? t("addressbook.group.exists") : t("addressbook.group.waits")}
                {room.syncedAt === null ? null : (
                  <>
                    {" · "}
                    {t("addressbook.group.synced")} <Moment at={room.syncedAt} />
                  </>
                )}
              </p>
              {room.problem === null ? null : (
                <Notice tone="danger" wide>
                  <p className="tabular-nums">{room.problem}</p>
                </Notice>
              )}
            </li>
          ))}
        </ul>
      </Part>
    </div>
  );
}

function Member({ member }: { readonly member: SeenMember }) {
  const t = useTranslations();
  return (
    <>
      <span className="text-ink-soft">{member.roles.map((role) => t(`roles.one.${role}`)).join(", ")}</span>
      {member.change === "same" ? null : <DraftMark mark={member.change} />}
      {member.isProtected ? (
        <Tag tone="sensitive" icon={ShieldAlert}>
          {t("addressbook.person.protected")}
        </Tag>
      ) : null}
      {member.hasSignedIn ? null : (
        <Tag tone="neutral" icon={CircleDashed}>
          {t("addressbook.person.neverShort")}
        </Tag>
      )}
    </>
  );
}
