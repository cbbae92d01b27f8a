// Changes of the frame in sentences: on the summary, on the page of a proposal and in the history.
import { Minus, PencilLine, Plus, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { keySentence } from "#components/matrix/sentences.ts";
import { Tag } from "#components/ui/tag.tsx";
import type { FrameItem } from "#lib/policy/frame-change.ts";
import type { FrameItemView } from "#lib/policy/frame-queries.ts";
import { itemSentences, itemTitle } from "./item-sentences.ts";

export function ItemList({ items }: { readonly items: readonly FrameItemView[] }) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {items.map(({ item, opening, closing }) => (
        <li key={item.kind === "cell" ? item.key : item.name} className="flex gap-4 py-4">
          <Mark item={item} />
          <ItemBody item={item} opening={opening} closing={closing} />
        </li>
      ))}
    </ul>
  );
}

function Mark({ item }: { readonly item: FrameItem }) {
  const closes = item.kind === "cell" && !item.permissive && (item.before.allowed || item.after.locked);
  const [Icon, look] = item.permissive
    ? ([Plus, "bg-added-soft text-added"] as const)
    : closes
      ? ([Minus, "bg-removed-soft text-removed"] as const)
      : ([PencilLine, "bg-sunken text-ink-soft"] as const);
  return (
    <span aria-hidden className={`mt-0.5 flex size-7 flex-none items-center justify-center rounded-full ${look}`}>
      <Icon className="size-4" strokeWidth={3} />
    </span>
  );
}

function ItemBody({ item, opening, closing }: FrameItemView) {
  const t = useTranslations();
  return (
    <div className="min-w-0 space-y-1">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="text-lg leading-snug font-semibold">{itemTitle(t, item)}</span>
        {item.permissive ? (
          <Tag tone="waiting" icon={UsersRound}>
            {t("frame.loosens")}
          </Tag>
        ) : null}
      </p>
      {itemSentences(t, item).map((sentence) => (
        <p key={sentence} className="prose-width">
          {sentence}
        </p>
      ))}
      {item.kind === "cell" ? (
        <p className="prose-width text-ink-soft tabular-nums">
          {opening === 0 && closing === 0 ? t("frame.noSchool") : null}
          {opening > 0 ? t("frame.opensAt", { count: opening }) : null}
          {closing > 0 ? t("frame.closesAt", { count: closing }) : null}
        </p>
      ) : null}
    </div>
  );
}

/** Without numbers, for what is past. */
export function PlainItemList({ items }: { readonly items: readonly FrameItem[] }) {
  const t = useTranslations();
  return (
    <ul className="list-disc space-y-1 pl-5">
      {items.map((item) => (
        <li key={item.kind === "cell" ? item.key : item.name}>
          {item.kind === "cell" ? keySentence(t, item.key) : itemTitle(t, item)}: {itemSentences(t, item).join(" ")}
        </li>
      ))}
    </ul>
  );
}
