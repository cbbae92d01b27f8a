// How far the work on rooms is, and how fast it goes.
import { ProgressBar } from "#components/ui/progress-bar.tsx";

type RoomProgressProps = {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** "Etwa 40 Räume in der Minute, noch etwa 2 Minuten." */
  readonly pace: string | null;
};

export function RoomProgress({ pace, ...progress }: RoomProgressProps) {
  return (
    <div className="max-w-xl space-y-1">
      <ProgressBar {...progress} />
      {pace === null ? null : <p className="text-ink-soft tabular-nums">{pace}</p>}
    </div>
  );
}
