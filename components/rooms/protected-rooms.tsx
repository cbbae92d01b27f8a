// The rooms that somebody has made read-only: how far that is, what failed and why, and the way back.
"use client";
import { CircleAlert, LoaderCircle, Lock, LockOpen, RotateCw, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { makeRoomsWritable, tryRoomsAgain } from "#lib/rooms/actions.ts";
import { RoomProgress } from "./room-progress.tsx";
import type { ShownProgress, ShownProtection } from "./rooms-state.ts";
import { useStep } from "#components/ui/use-step.ts";

type ProtectedRoomsProps = {
  readonly schoolId: string;
  readonly rooms: readonly ShownProtection[];
  readonly progress: ShownProgress | null;
  readonly more: string | null;
  readonly onChanged: () => void;
};

const TONES: Record<ShownProtection["tone"], { readonly icon: LucideIcon; readonly colour: string }> = {
  good: { icon: Lock, colour: "text-accent" },
  busy: { icon: LoaderCircle, colour: "animate-spin text-accent" },
  bad: { icon: CircleAlert, colour: "text-danger" },
};

export function ProtectedRooms({ schoolId, rooms, progress, more, onChanged }: ProtectedRoomsProps) {
  const t = useTranslations("client.rooms");
  return (
    <section aria-labelledby="protected" className="space-y-4">
      <h2 id="protected" className="text-xl font-semibold tracking-tight">
        {t("protectedTitle")}
      </h2>
      <p role="status" className="prose-width text-ink-soft tabular-nums">
        {progress?.text ?? t("protectedHint")}
      </p>
      {progress === null ? null : (
        <RoomProgress label={progress.text} done={progress.done} total={progress.total} pace={progress.pace} />
      )}
      <ul className="divide-y divide-line border-y border-line">
        {rooms.map((room) => (
          <ProtectedItem key={room.id} schoolId={schoolId} room={room} onChanged={onChanged} />
        ))}
      </ul>
      {more === null ? null : <p className="text-ink-soft">{more}</p>}
    </section>
  );
}

type ProtectedItemProps = {
  readonly schoolId: string;
  readonly room: ShownProtection;
  readonly onChanged: () => void;
};

function ProtectedItem({ schoolId, room, onChanged }: ProtectedItemProps) {
  const t = useTranslations("client.rooms");
  const { run, error, isPending } = useStep(onChanged);
  const { icon: Icon, colour } = TONES[room.tone];
  return (
    <li className="space-y-3 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 break-words">
          <p className="font-semibold">{room.name}</p>
          <p className="text-ink-soft tabular-nums">{room.people}</p>
          <p className="flex gap-2">
            <Icon aria-hidden className={`mt-0.5 size-5 flex-none ${colour}`} />
            {room.text}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {room.mayTryAgain ? (
            <Button
              isPending={isPending}
              onPress={() => {
                run(() => tryRoomsAgain({ schoolId, rooms: [room.id] }));
              }}
            >
              <RotateCw aria-hidden className="size-5" />
              {t(isPending ? "restoring" : "tryAgain")}
              <span className="sr-only">: {room.name}</span>
            </Button>
          ) : null}
          {room.mayRestore ? (
            <Button
              isPending={isPending}
              onPress={() => {
                run(() => makeRoomsWritable({ schoolId, rooms: [room.id] }));
              }}
            >
              <LockOpen aria-hidden className="size-5" />
              {t(isPending ? "restoring" : "restore")}
              <span className="sr-only">: {room.name}</span>
            </Button>
          ) : null}
        </div>
      </div>
      {error === null ? null : <ErrorNotice title={t("notSaved")} error={error} />}
    </li>
  );
}
