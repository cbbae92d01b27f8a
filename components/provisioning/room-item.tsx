// One room that the console keeps: what it is, who writes there, how far it is, and what can be done.
import { useTranslations } from "next-intl";
import { channelChangePath } from "#components/switches/switch-address.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { RoomLine } from "#lib/provisioning/queries.ts";
import { roomProblem } from "./problem-text.ts";
import { StateTag } from "./state-tag.tsx";
import { StepButton } from "./step-button.tsx";

type RoomItemProps = {
  readonly schoolId: string;
  readonly room: RoomLine;
  /** The reader may decide who writes in the channels. */
  readonly maySwitch: boolean;
};

export function RoomItem({ schoolId, room, maySwitch }: RoomItemProps) {
  const t = useTranslations();
  const { alias, kind, name, mode, members, banned, state, problem } = room;
  const canSwitch = maySwitch && room.isSwitchable && (mode === "oneWay" || mode === "twoWay");
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-72 break-words">
        <p className="font-semibold">{name}</p>
        <p>
          {t(`provisioning.rooms.kind.${kind}`)} · {t(`provisioning.rooms.mode.${mode}`)}
        </p>
        <p className="text-ink-soft tabular-nums">
          {t("provisioning.rooms.members", { count: members })}
          {banned > 0 ? ` · ${t("provisioning.rooms.banned", { count: banned })}` : null}
        </p>
        {problem === null ? null : <p className="mt-1">{roomProblem(t, problem)}</p>}
      </div>
      <div className="flex flex-col items-start gap-2 sm:items-end">
        <StateTag state={state} />
        {state === "failed" ? (
          <StepButton schoolId={schoolId} step={{ kind: "retry", what: { kind: "room", alias } }} about={name} />
        ) : null}
        {canSwitch ? (
          <ButtonLink href={channelChangePath(schoolId, alias, mode === "oneWay")} kind="quiet">
            {t(mode === "oneWay" ? "provisioning.rooms.toTwoWay" : "provisioning.rooms.toOneWay")}
            <span className="sr-only">: {name}</span>
          </ButtonLink>
        ) : null}
      </div>
    </li>
  );
}
