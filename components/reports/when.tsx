// A moment that the server has put into words; pointer and screen reader get the full date.
import type { ShownMoment } from "./writer.ts";

export function When({ at: { text, full, iso } }: { readonly at: ShownMoment }) {
  return (
    <time dateTime={iso} title={full} className="tabular-nums">
      {text}
    </time>
  );
}
