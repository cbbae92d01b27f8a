// Who acts for the state, who is proposed, and whose access has been ended.
import { Ban, ShieldCheck, UserRound } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Moment } from "#components/ui/moment.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { ConsolePerson, ConsoleRoles, ConsoleStaff, LandAdminProposalView } from "#lib/console/queries.ts";
import { BlockNotice } from "./block-notice.tsx";
import { PersonAction } from "./person-action.tsx";

export function Proposals({ proposals }: Pick<ConsoleRoles, "proposals">) {
  const t = useTranslations("consoleRoles");
  if (proposals.length === 0) return null;
  return (
    <Listed title={t("proposalsTitle")} hint={t("proposalsHint")} id="proposals">
      {proposals.map((proposal) => (
        <ProposalItem key={proposal.person.id} proposal={proposal} />
      ))}
    </Listed>
  );
}

function ProposalItem({ proposal }: { readonly proposal: LandAdminProposalView }) {
  const t = useTranslations("consoleRoles");
  const { person, proposedByName, isOwn, reason, createdAt, expiresAt } = proposal;
  return (
    <li className="space-y-3 py-4">
      <PersonName person={person} />
      <p className="text-ink-soft">
        {t("proposedBy", { name: proposedByName })}, <Moment at={createdAt} />. {t("expires")} <Moment at={expiresAt} />
      </p>
      <p className="prose-width whitespace-pre-line">{reason}</p>
      {isOwn ? <p className="text-ink-soft">{t("waitsForSecond")}</p> : null}
      <div className="flex flex-wrap gap-3">
        {isOwn ? null : <PersonAction step="confirmLandAdmin" personId={person.id} name={person.name} />}
        <PersonAction step="dropLandAdminProposal" personId={person.id} name={person.name} />
      </div>
    </li>
  );
}

export function Staff({ staff }: Pick<ConsoleRoles, "staff">) {
  const t = useTranslations("consoleRoles");
  return (
    <Listed title={t("staffTitle")} hint={t("staffHint")} id="staff">
      {staff.map((grant) => (
        <StaffItem key={`${grant.person.id} ${grant.role}`} grant={grant} />
      ))}
    </Listed>
  );
}

function StaffItem({ grant }: { readonly grant: ConsoleStaff }) {
  const t = useTranslations();
  const { person, role, grantedAt, grantedByName, confirmedByName } = grant;
  const isLandAdmin = role === "landAdmin";
  return (
    <li className="grid gap-3 py-4 md:grid-cols-[1fr_auto] md:items-start">
      <div className="min-w-0 space-y-1">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <PersonName person={person} />
          <Tag tone={isLandAdmin ? "accent" : "neutral"} icon={isLandAdmin ? ShieldCheck : UserRound}>
            {t(`roles.one.${role}`)}
          </Tag>
          {person.block ? (
            <Tag tone="danger" icon={Ban}>
              {t("consoleRoles.blocked")}
            </Tag>
          ) : null}
        </p>
        <p className="text-ink-soft">
          <Moment at={grantedAt} />,{" "}
          {grantedByName === null
            ? t("consoleRoles.byOperator")
            : confirmedByName === null
              ? t("consoleRoles.by", { name: grantedByName })
              : t("consoleRoles.byTwo", { name: grantedByName, second: confirmedByName })}
        </p>
      </div>
      <PersonAction step={isLandAdmin ? "removeLandAdmin" : "removeSupport"} personId={person.id} name={person.name} />
    </li>
  );
}

export function Blocked({ blocked }: Pick<ConsoleRoles, "blocked">) {
  const t = useTranslations("consoleRoles");
  if (blocked.length === 0) return null;
  return (
    <Listed title={t("blockedTitle")} hint={t("blockedHint")} id="blocked">
      {blocked.map((person) => (
        <li key={person.id} className="space-y-3 py-4">
          <PersonName person={person} />
          {person.block ? <BlockNotice block={person.block} /> : null}
          <PersonAction step="restoreConsoleAccess" personId={person.id} name={person.name} />
        </li>
      ))}
    </Listed>
  );
}

function PersonName({ person: { name, username, id } }: { readonly person: ConsolePerson }) {
  return (
    <span>
      <span className="font-semibold">{name}</span>{" "}
      <span className="text-ink-soft tabular-nums">{username === "" ? id : username}</span>
    </span>
  );
}

type ListedProps = {
  readonly title: string;
  readonly hint: string;
  readonly id: string;
  readonly children: ReactNode;
};

function Listed({ title, hint, id, children }: ListedProps) {
  return (
    <section aria-labelledby={id} className="space-y-2">
      <h2 id={id} className="text-xl font-semibold tracking-tight">
        {title}
      </h2>
      <p className="prose-width text-ink-soft">{hint}</p>
      <ul className="divide-y divide-line border-y border-line">{children}</ul>
    </section>
  );
}
