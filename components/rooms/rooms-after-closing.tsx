// Right after something was closed: the existing rooms are counted by themselves, and the page says what was found.
// What happens to them is decided on their own page.
"use client";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { schoolPath } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { callAction } from "#components/ui/call-action.ts";
import { Notice } from "#components/ui/notice.tsx";
import { startRoomReview } from "#lib/rooms/actions.ts";
import { fetchRooms } from "./fetch-rooms.ts";
import { RoomProgress } from "./room-progress.tsx";
import type { ShownReview } from "./rooms-state.ts";

const INTERVAL_MS = 1_500;

export function RoomsAfterClosing({ schoolId }: { readonly schoolId: string }) {
  const t = useTranslations("client.submit");
  const rooms = useTranslations("client.rooms");
  const { review, failed } = useCount(schoolId);
  return (
    <Notice tone="info">
      <p>{t("roomsHint")}</p>
      <div role="status" className="space-y-2 tabular-nums">
        <p>{review?.text ?? rooms(failed ? "notCounted" : "starting")}</p>
      </div>
      {review?.isRunning ? (
        <RoomProgress label={review.text} done={review.checked} total={review.total} pace={review.pace} />
      ) : null}
      <ButtonLink href={schoolPath(schoolId, "rooms")} className="mt-2">
        {t("toRooms")}
      </ButtonLink>
    </Notice>
  );
}

/** Begins the count and follows it to its end, or until the page is left: the count itself goes on. */
function useCount(schoolId: string): { readonly review: ShownReview | null; readonly failed: boolean } {
  const [review, setReview] = useState<ShownReview | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const state = await fetchRooms(schoolId, left.signal).catch(() => null);
      if (left.signal.aborted) return;
      setFailed(state === null);
      if (state !== null) setReview(state.review);
      if (state?.review?.isRunning !== false) timer = setTimeout(() => void look(), INTERVAL_MS);
    };
    const begin = async () => {
      const answer = await callAction(() => startRoomReview({ schoolId }));
      if (left.signal.aborted) return;
      if (answer.ok) await look();
      else setFailed(true);
    };
    void begin();
    return () => {
      left.abort();
      clearTimeout(timer);
    };
  }, [schoolId]);
  return { review, failed };
}
