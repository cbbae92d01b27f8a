// A class or course: its room and its channel, and who is in it.
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Clock,
  Download,
  MessagesSquare,
  ShieldAlert,
  UserRound,
  UsersRound,
} from "lucide-react";
import { useTranslations } from "next-intl";
import { roomProblem } from "#components/provisioning/problem-text.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { GroupView, SeenMember } from "#lib/addressbook/queries.ts";
import { Part } from "./facts.tsx";
import { exportPath, groupPath, personPath, type ViewQuery } from "./paths.ts";
import { roomKind } from "./person-body.tsx";
import { DraftMark, RowMark } from "./tree-item.tsx";

type GroupBodyProps = { readonly shown: GroupView; readonly view: ViewQuery; readonly isLater: boolean };

export function GroupBody({ shown, view, isLater }: GroupBodyProps) {
  const t = useTranslations();
  const { group, members, rooms } = shown;
  const schoolId = shown.view.school.id;
  const next = new URLSearchParams(view);
  if (members.next !== null) next.set("after", members.next);
  return (
    <div className="space-y-8">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-ink-soft tabular-nums sm:text-lg">
          {t("addressbook.group.counts", { members: group.members, signedIn: group.signedIn })}
        </p>
        {shown.view.as === null ? (
          <ButtonLink href={exportPath(schoolId, { group: group.id })}>
            <Download aria-hidden className="size-5" />
            {t("addressbook.export.open")}
          </ButtonLink>
        ) : null}
      </div>
      <Part id="rooms" title={t("addressbook.group.rooms")}>
        {rooms.length === 0 ? <p className="text-ink-soft">{t("addressbook.group.noRooms")}</p> : null}
        <ul className="grid gap-4 sm:grid-cols-2">
          {rooms.map((room) => (
            <Room key={room.alias} room={room} />
          ))}
        </ul>
      </Part>
      <Part id="members" title={t("addressbook.group.members")}>
        {members.items.length === 0 ? (
          <p className="text-ink-soft">{t("addressbook.group.noMembers")}</p>
        ) : (
          <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
            {members.items.map((member) => (
              <li key={member.id}>
                <IntentLink
                  href={personPath(schoolId, member.id, view)}
                  className="flex min-h-12 items-center gap-3 px-3 py-1.5 hover:bg-sunken focus-visible:-outline-offset-3"
                >
                  <Member member={member} />
                </IntentLink>
              </li>
            ))}
          </ul>
        )}
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
    </div>
  );
}

function Room({ room }: { readonly room: GroupView["rooms"][number] }) {
  const t = useTranslations();
  const Icon = room.kind === "channel" ? MessagesSquare : UsersRound;
  return (
    <li className="space-y-2 rounded-lg border border-line bg-surface p-4">
      <p className="flex flex-wrap items-center gap-2 font-semibold">
        <Icon aria-hidden className="size-5 text-accent" />
        <span className="mr-auto">{roomKind(t, room.kind)}</span>
        {room.problem !== null ? (
          <Tag tone="danger" icon={CircleAlert}>
            {t("addressbook.group.problem")}
          </Tag>
        ) : room.exists ? (
          <Tag tone="added" icon={CircleCheck}>
            {t("addressbook.group.exists")}
          </Tag>
        ) : (
          <Tag tone="waiting" icon={Clock}>
            {t("addressbook.group.waits")}
          </Tag>
        )}
      </p>
      {room.mode === null ? null : <p>{t(`provisioning.rooms.mode.${room.mode}`)}</p>}
      {room.syncedAt === null ? null : (
        <p className="text-ink-soft">
          {t("addressbook.group.synced")} <Moment at={room.syncedAt} />
        </p>
      )}
      {room.problem === null ? null : <p className="break-words text-danger">{roomProblem(t, room.problem)}</p>}
      <p className="text-sm text-ink-soft">
        <code className="break-all">#{room.alias}</code>
      </p>
    </li>
  );
}

function Member({ member }: { readonly member: SeenMember }) {
  const t = useTranslations();
  return (
    <>
      <UserRound aria-hidden className="size-5 flex-none text-ink-soft" />
      <span className="min-w-0 flex-1 sm:flex sm:items-baseline sm:gap-3">
        <bdi className="block truncate sm:w-72 sm:flex-none">{member.name}</bdi>
        <span className="block truncate text-sm text-ink-soft">
          {member.roles.map((role) => t(`roles.one.${role}`)).join(", ")}
        </span>
      </span>
      <span className="flex flex-none items-center gap-3">
        {member.change === "same" ? null : <DraftMark mark={member.change} />}
        {member.isProtected ? (
          <RowMark text={t("addressbook.person.protected")}>
            <ShieldAlert aria-hidden className="size-4 text-sensitive" />
          </RowMark>
        ) : null}
        {member.hasSignedIn ? null : (
          <RowMark text={t("addressbook.person.neverShort")}>
            <CircleDashed aria-hidden className="size-4 text-ink-soft" />
          </RowMark>
        )}
      </span>
    </>
  );
}
