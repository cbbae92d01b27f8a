// The rooms that the policy would not permit any more, and the separate, confirmed step that makes them read-only.
"use client";
import { Lock } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { makeRoomsReadOnly } from "#lib/rooms/actions.ts";
import type { ShownRoom } from "./rooms-state.ts";
import { useStep } from "#components/ui/use-step.ts";

type FoundRoomsProps = {
  readonly schoolId: string;
  readonly reviewId: string;
  readonly rooms: readonly ShownRoom[];
  /** More than are listed, if there are very many. */
  readonly total: number;
  readonly onChanged: () => void;
};

export function FoundRooms({ schoolId, reviewId, rooms, total, onChanged }: FoundRoomsProps) {
  const t = useTranslations("client.rooms");
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const [isConfirming, setConfirming] = useState(false);
  const { run, error, isPending } = useStep(() => {
    setConfirming(false);
    setLeftOut(new Set());
    onChanged();
  });
  const chosen = rooms.filter(({ id }) => !leftOut.has(id));
  const isAll = chosen.length === rooms.length;
  const count = isAll ? total : chosen.length;
  const toggle = (id: string) => {
    const next = new Set(leftOut);
    if (!next.delete(id)) next.add(id);
    setLeftOut(next);
  };
  return (
    <section aria-labelledby="found" className="space-y-4">
      <h2 id="found" className="text-xl font-semibold tracking-tight">
        {t("foundTitle", { count: total })}
      </h2>
      <p className="prose-width text-ink-soft">{t("foundHint")}</p>
      <ul className="divide-y divide-line border-y border-line">
        {rooms.map((room) => (
          <li key={room.id}>
            <FoundRoom
              room={room}
              isChosen={!leftOut.has(room.id)}
              isDisabled={isConfirming}
              onToggle={() => {
                toggle(room.id);
              }}
            />
          </li>
        ))}
      </ul>
      {total > rooms.length ? <p className="text-ink-soft">{t("more", { count: total - rooms.length })}</p> : null}
      {error === null ? null : <ErrorNotice title={t("notSaved")} error={error} />}
      {isConfirming ? (
        <Notice tone="warning" title={t("confirmTitle", { count })}>
          <p>{t("confirmText")}</p>
          <div className="flex flex-wrap gap-3 pt-2">
            <Button
              kind="primary"
              isPending={isPending}
              onPress={() => {
                const ids = isAll ? "all" : chosen.map(({ id }) => id);
                run(() => makeRoomsReadOnly({ schoolId, reviewId, rooms: ids }));
              }}
            >
              <Lock aria-hidden className="size-5" />
              {t(isPending ? "protecting" : "confirm")}
            </Button>
            <Button
              isDisabled={isPending}
              onPress={() => {
                setConfirming(false);
              }}
            >
              {t("cancel")}
            </Button>
          </div>
        </Notice>
      ) : (
        <Button
          isDisabled={count === 0}
          onPress={() => {
            setConfirming(true);
          }}
        >
          <Lock aria-hidden className="size-5" />
          {t("protect", { count })}
        </Button>
      )}
    </section>
  );
}

type FoundRoomProps = {
  readonly room: ShownRoom;
  readonly isChosen: boolean;
  readonly isDisabled: boolean;
  readonly onToggle: () => void;
};

function FoundRoom({ room: { name, people }, isChosen, isDisabled, onToggle }: FoundRoomProps) {
  const id = useId();
  return (
    <div className="flex min-h-11 items-start gap-3 py-3">
      <input
        id={id}
        type="checkbox"
        checked={isChosen}
        disabled={isDisabled}
        onChange={onToggle}
        className="mt-1 size-5 flex-none accent-accent"
      />
      <label htmlFor={id} className="min-w-0 flex-1 cursor-pointer break-words">
        <span className="font-semibold">{name}</span>
        <span className="block text-ink-soft tabular-nums">{people}</span>
      </label>
    </div>
  );
}
