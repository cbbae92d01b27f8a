// The last review of the rooms, or the one under way, and the button that starts one. It only counts and lists.
"use client";
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { startRoomReview } from "#lib/rooms/actions.ts";
import type { ShownReview } from "./rooms-state.ts";
import { useStep } from "./use-step.ts";

type ReviewPanelProps = {
  readonly schoolId: string;
  readonly review: ShownReview | null;
  readonly onChanged: () => void;
};

export function ReviewPanel({ schoolId, review, onChanged }: ReviewPanelProps) {
  const t = useTranslations("client.rooms");
  const { run, error, isPending } = useStep(onChanged);
  const isRunning = review?.isRunning === true;
  return (
    <section aria-labelledby="review" className="space-y-4">
      <h2 id="review" className="text-xl font-semibold tracking-tight">
        {t("reviewTitle")}
      </h2>
      <div role="status" className="prose-width space-y-2 tabular-nums">
        <p>{review === null ? t("neverReviewed") : review.text}</p>
        {review?.notes.map((note) => (
          <p key={note} className="text-ink-soft">
            {note}
          </p>
        ))}
      </div>
      {isRunning ? <ReviewProgress review={review} /> : null}
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

function ReviewProgress({ review: { text, checked, total } }: { readonly review: ShownReview }) {
  return (
    <div
      role="progressbar"
      aria-label={text}
      aria-valuenow={checked}
      aria-valuemin={0}
      aria-valuemax={Math.max(total, 1)}
      className="h-2 max-w-xl overflow-hidden rounded-full bg-line"
    >
      <div
        className="h-full origin-left rounded-full bg-accent transition-transform duration-150"
        style={{ transform: `scaleX(${String(total === 0 ? 0 : checked / total)})` }}
      />
    </div>
  );
}
