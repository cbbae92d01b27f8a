// Says that something was reported that nobody can read yet: an inbox without it would look complete.
import { Notice } from "#components/ui/notice.tsx";
import type { UnreadableNotice } from "./inbox-state.ts";

export function UnreadableReports({ notice }: { readonly notice: UnreadableNotice | null }) {
  if (notice === null) return null;
  return (
    <Notice tone="danger" title={notice.title} wide>
      <p className="break-words">{notice.text}</p>
    </Notice>
  );
}
