// How buttons look, shared by real buttons and by links that act as one.
export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

const BASE =
  "inline-flex min-h-11 cursor-pointer items-center justify-center gap-2 rounded-md px-4 py-2 text-center font-semibold transition-colors duration-100 select-none aria-disabled:cursor-default aria-disabled:opacity-60 disabled:cursor-default disabled:opacity-50";

const KINDS: Record<ButtonKind, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-control bg-surface text-ink hover:border-accent hover:bg-accent-soft",
  quiet: "text-accent hover:bg-accent-soft",
  danger: "border border-danger bg-surface text-danger hover:bg-danger-soft",
};

export function buttonClass(kind: ButtonKind, extra = ""): string {
  return `${BASE} ${KINDS[kind]} ${extra}`;
}
