// The page of existing rooms, kept up to date without a reload: the review, what it found, what is read-only.
"use client";
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { fetchRooms } from "./fetch-rooms.ts";
import { FoundRooms } from "./found-rooms.tsx";
import { ProtectedRooms } from "./protected-rooms.tsx";
import { ReviewPanel } from "./review-panel.tsx";
import type { RoomsState } from "./rooms-state.ts";

const MOVING_INTERVAL_MS = 1_500;
const RESTING_INTERVAL_MS = 30_000;

type LiveRoomsProps = { readonly schoolId: string; readonly initial: RoomsState };

export function LiveRooms(props: LiveRoomsProps) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Rooms {...props} />
    </QueryClientProvider>
  );
}

function Rooms({ schoolId, initial }: LiveRoomsProps) {
  const t = useTranslations("client.rooms");
  const live = useTranslations("client.live");
  const client = useQueryClient();
  const queryKey = ["rooms", schoolId];
  const { data, isError } = useQuery({
    queryKey,
    queryFn: ({ signal }) => fetchRooms(schoolId, signal),
    initialData: initial,
    staleTime: MOVING_INTERVAL_MS,
    refetchInterval: ({ state }) => (state.data?.isMoving ? MOVING_INTERVAL_MS : RESTING_INTERVAL_MS),
    retry: 2,
  });
  const onChanged = () => void client.invalidateQueries({ queryKey });
  const { review } = data;
  return (
    <div className="space-y-10">
      {isError ? (
        <Notice tone="waiting">
          <p>{live("stale")}</p>
        </Notice>
      ) : null}
      <ReviewPanel schoolId={schoolId} review={review} isDue={data.needsReview} onChanged={onChanged} />
      {review === null || review.isRunning || data.foundTotal === 0 ? null : (
        <FoundRooms
          key={review.id}
          schoolId={schoolId}
          reviewId={review.id}
          rooms={data.found}
          total={data.foundTotal}
          onChanged={onChanged}
        />
      )}
      {review !== null && !review.isRunning && data.foundTotal === 0 && data.protections.length === 0 ? (
        <Notice tone="success">
          <p>{t("nothingFound")}</p>
        </Notice>
      ) : null}
      {data.protections.length === 0 ? null : (
        <ProtectedRooms
          schoolId={schoolId}
          rooms={data.protections}
          progress={data.progress}
          more={data.protectionsMore}
          onChanged={onChanged}
        />
      )}
    </div>
  );
}
