// Everything about one person of a school: who they are, whether their account works, where they belong, whom they may
// contact, and what they did here.
import { ArrowRight, CircleDashed, Eye, Lock, ScrollText, ShieldAlert, TriangleAlert } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { AuditList } from "#components/audit/audit-list.tsx";
import { auditPath, withFilter } from "#components/audit/audit-paths.ts";
import { personProblem } from "#components/provisioning/problem-text.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { PersonView } from "#lib/addressbook/person-queries.ts";
import { CopyText } from "./copy-text.tsx";
import { Fact, Facts, Part } from "./facts.tsx";
import { groupPath, seenAsPath, whyPath } from "./paths.ts";

type PersonBodyProps = { readonly person: PersonView; readonly matrixId: string };

export function PersonBody({ person, matrixId }: PersonBodyProps) {
  const t = useTranslations();
  const format = useFormatter();
  const { school } = person;
  return (
    <div className="space-y-8">
      <p className="flex flex-wrap gap-2">
        {person.isLocked ? (
          <Tag tone="danger" icon={Lock}>
            {t("addressbook.person.locked")}
          </Tag>
        ) : null}
        {person.isProtected ? (
          <Tag tone="sensitive" icon={ShieldAlert}>
            {t("addressbook.person.protected")}
          </Tag>
        ) : null}
        {person.firstSeenAt === null ? (
          <Tag tone="neutral" icon={CircleDashed}>
            {t("addressbook.person.never")}
          </Tag>
        ) : null}
      </p>
      <Facts>
        {person.affiliations.map(({ schoolId, schoolName, roles }) => (
          <Fact key={schoolId} name={schoolName}>
            <ul>
              {roles.map(({ role, since }) => (
                <li key={role}>
                  {t(`roles.one.${role}`)}{" "}
                  <span className="text-ink-soft">
                    {since === null
                      ? t("addressbook.person.beforeSync")
                      : t("addressbook.person.sinceDay", { day: format.dateTime(since, { dateStyle: "long" }) })}
                  </span>
                </li>
              ))}
            </ul>
          </Fact>
        ))}
        <Fact name={t("addressbook.person.groups")}>
          {person.groups.length === 0 ? (
            <span className="text-ink-soft">{t("addressbook.person.noGroups")}</span>
          ) : (
            <ul className="flex flex-wrap gap-x-4 gap-y-1">
              {person.groups.map((group) => (
                <li key={group.id}>
                  <IntentLink href={groupPath(school.id, group.id)} className="text-link hit-area">
                    {group.title}
                  </IntentLink>
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact name={t("addressbook.person.directoryId")}>
          <span className="tabular-nums">{[person.id, person.username].filter((text) => text !== "").join(" · ")}</span>
        </Fact>
      </Facts>

      <Part id="account" title={t("addressbook.person.account")}>
        <Facts>
          <Fact name={t("addressbook.person.matrixId")}>
            <span className="flex flex-wrap items-center gap-3">
              <code className="break-all">{matrixId}</code>
              <CopyText text={matrixId} label={t("addressbook.copy")} />
            </span>
          </Fact>
          <Fact name={t("addressbook.person.state")}>{t(`addressbook.account.${person.account.state}`)}</Fact>
          <Fact name={t("addressbook.person.synced")}>
            {person.account.syncedAt === null ? (
              t("addressbook.person.notSynced")
            ) : (
              <Moment at={person.account.syncedAt} />
            )}
          </Fact>
          <Fact name={t("addressbook.person.firstSeen")}>
            {person.firstSeenAt === null ? t("addressbook.person.notYet") : <Moment at={person.firstSeenAt} />}
          </Fact>
        </Facts>
        {person.account.problem === null ? null : (
          <Notice tone="danger" title={t("addressbook.person.problem")}>
            <p>{personProblem(t, person.account.problem)}</p>
          </Notice>
        )}
      </Part>

      <Part id="rooms" title={t("addressbook.person.rooms")}>
        {person.rooms.length === 0 ? <p className="text-ink-soft">{t("addressbook.person.noRooms")}</p> : null}
        <ul className="list-disc pl-5">
          {person.rooms.map((room) => (
            <li key={room.alias}>
              {room.name ?? room.groupTitle ?? room.alias}{" "}
              <span className="text-ink-soft">
                {roomKind(t, room.kind)}
                {room.level >= 50 ? `, ${t("addressbook.person.moderates")}` : ""}
              </span>
            </li>
          ))}
        </ul>
      </Part>

      <Part id="reach" title={t("addressbook.person.reach")}>
        {school.isOn ? null : (
          <p className="flex items-center gap-2">
            <TriangleAlert aria-hidden className="size-5 text-waiting" />
            {t("addressbook.view.schoolOff")}
          </p>
        )}
        {person.reach.length === 0 ? (
          <p className="text-ink-soft">{t("addressbook.person.reachesNobody")}</p>
        ) : (
          <ul className="grid gap-x-8 sm:grid-cols-2">
            {person.reach.map(({ name, total }) => (
              <li key={name} className="flex justify-between border-b border-line py-2">
                {t(`roles.name.${name}`)}
                <span className="tabular-nums">{format.number(total)}</span>
              </li>
            ))}
          </ul>
        )}
        <div className="flex flex-wrap gap-3">
          <ButtonLink href={seenAsPath(school.id, person.id)}>
            <Eye aria-hidden className="size-5" />
            {t("addressbook.person.seeAs")}
          </ButtonLink>
          <ButtonLink href={whyPath(school.id, person.id, null)}>
            {t("addressbook.person.why")}
            <ArrowRight aria-hidden className="size-5" />
          </ButtonLink>
        </div>
      </Part>

      <Part id="history" title={t("addressbook.person.history")}>
        {person.history.length === 0 ? (
          <p className="text-ink-soft">{t("addressbook.person.noHistory")}</p>
        ) : (
          <>
            <AuditList entries={person.history} />
            <ButtonLink href={withFilter(auditPath(school.id), { person: person.displayName })} kind="quiet">
              <ScrollText aria-hidden className="size-5" />
              {t("addressbook.person.allHistory")}
            </ButtonLink>
          </>
        )}
      </Part>
    </div>
  );
}

const KINDS = ["group", "channel", "staffroom", "announcements", "space"] as const;

export function roomKind(t: ReturnType<typeof useTranslations<never>>, kind: string): string {
  const known = KINDS.find((one) => one === kind);
  return known ? t(`addressbook.roomKind.${known}`) : kind;
}
