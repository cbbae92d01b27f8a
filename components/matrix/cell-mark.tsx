// How a cell looks: tick, lock, shield, clock, plus and minus. The checkbox itself lies invisibly over it.
import { Check, Clock, Lock, Minus, Plus, Shield } from "lucide-react";
import type { ShownCell } from "./view.ts";

const BOX =
  "flex size-7 items-center justify-center rounded-md border-2 transition-colors duration-100 group-focus-within:outline-3 group-focus-within:outline-offset-2 group-focus-within:outline-focus";

function boxClass({ wanted, editable, waiting }: ShownCell): string {
  if (waiting) return "border-waiting border-dashed text-waiting";
  if (!editable) return `border-control text-ink-soft ${wanted ? "bg-sunken" : "border-dashed"}`;
  return wanted ? "border-accent bg-accent text-on-accent" : "border-control bg-surface";
}

export function CellMark({ cell }: { readonly cell: ShownCell }) {
  const isLocked = cell.lockReason !== null;
  return (
    <span aria-hidden className="pointer-events-none absolute inset-0 flex items-center justify-center">
      <span className={`${BOX} ${boxClass(cell)}`}>
        {cell.waiting ? (
          <Clock className="size-4" />
        ) : cell.wanted ? (
          <Check className="size-5" strokeWidth={3} />
        ) : null}
      </span>
      {cell.sensitive && !isLocked ? (
        <Shield className="absolute top-1 right-1 size-3.5 fill-sensitive-soft text-sensitive" />
      ) : null}
      {isLocked ? <Lock className="absolute top-1 right-1 size-3.5 text-ink-soft" /> : null}
      {cell.changed ? <ChangeMark opens={cell.wanted} /> : null}
    </span>
  );
}

export function ChangeMark({ opens }: { readonly opens: boolean }) {
  const Icon = opens ? Plus : Minus;
  return (
    <span
      className={`absolute top-1 left-1 flex size-4 items-center justify-center rounded-full text-surface ${opens ? "bg-added" : "bg-removed"}`}
    >
      <Icon className="size-3" strokeWidth={3.5} />
    </span>
  );
}
