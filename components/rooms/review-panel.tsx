// The last review of the rooms, or the one under way, and the button that starts one. It only counts and lists.
"use client";
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { startRoomReview } from "#lib/rooms/actions.ts";
import { RoomProgress } from "./room-progress.tsx";
import type { ShownReview } from "./rooms-state.ts";
import { useStep } from "#components/ui/use-step.ts";

type ReviewPanelProps = {
  readonly schoolId: string;
  readonly review: ShownReview | null;
  /** Something was closed since the last one: counting begins by itself, once. */
  readonly isDue: boolean;
  readonly onChanged: () => void;
};

export function ReviewPanel({ schoolId, review, isDue, onChanged }: ReviewPanelProps) {
  const t = useTranslations("client.rooms");
  const { run, error, isPending } = useStep(onChanged);
  const isRunning = review?.isRunning === true;
  const begin = useEffectEvent(() => {
    run(() => startRoomReview({ schoolId }));
  });
  useEffect(() => {
    if (isDue) begin();
  }, [isDue]);
  return (
    <section aria-labelledby="review" className="space-y-4">
      <h2 id="review" className="text-xl font-semibold tracking-tight">
        {t("reviewTitle")}
      </h2>
      <div role="status" className="prose-width space-y-2 tabular-nums">
        <p>{review === null ? t("neverReviewed") : review.text}</p>
        {isDue ? <p className="text-ink-soft">{t("countsByItself")}</p> : null}
        {review?.notes.map((note) => (
          <p key={note} className="text-ink-soft">
            {note}
          </p>
        ))}
      </div>
      {isRunning ? (
        <RoomProgress label={review.text} done={review.checked} total={review.total} pace={review.pace} />
      ) : null}
      {error === null ? null : <ErrorNotice title={t("notStarted")} error={error} />}
      {isRunning && !review.isStalled ? null : (
        <Button
          kind={review === null ? "primary" : "secondary"}
          isPending={isPending}
          onPress={() => {
            run(() => startRoomReview({ schoolId }));
          }}
        >
          <Search aria-hidden className="size-5" />
          {t(isPending ? "starting" : review === null ? "start" : "startAgain")}
        </Button>
      )}
    </section>
  );
}
