// How far something is, as a bar with a name.
type ProgressBarProps = { readonly label: string; readonly done: number; readonly total: number };

export function ProgressBar({ label, done, total }: ProgressBarProps) {
  return (
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
  );
}
