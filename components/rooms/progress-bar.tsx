// How far something is, as a bar with a name, and how fast it goes.
type ProgressBarProps = {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** "Etwa 40 Räume in der Minute, noch etwa 2 Minuten." */
  readonly pace: string | null;
};

export function ProgressBar({ label, done, total, pace }: ProgressBarProps) {
  return (
    <div className="max-w-xl space-y-1">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={Math.max(total, 1)}
        className="h-2 overflow-hidden rounded-full bg-line"
      >
        <div
          className="h-full origin-left rounded-full bg-accent transition-transform duration-150"
          style={{ transform: `scaleX(${String(total === 0 ? 0 : done / total)})` }}
        />
      </div>
      {pace === null ? null : <p className="text-ink-soft tabular-nums">{pace}</p>}
    </div>
  );
}
