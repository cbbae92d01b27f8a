// What one limit of the guard holds back, with a choice of what is right after all. Releasing asks once more.
"use client";
import { LockOpen } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { releaseHeldChanges } from "#lib/directory/actions.ts";
import type { ShownHold } from "./held-groups.ts";
import { useWork } from "./live-work.tsx";

/** As many at one press as the action takes. */
const MOST = 1_000;

type ReleaseFormProps = {
  readonly schoolId: string;
  readonly holds: readonly ShownHold[];
  readonly mayRelease: boolean;
};

export function ReleaseForm({ schoolId, holds, mayRelease }: ReleaseFormProps) {
  const t = useTranslations("client.provisioning");
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isConfirming, setConfirming] = useState(false);
  const { askNow } = useWork();
  const { run, error, isPending } = useStep(() => {
    setConfirming(false);
    askNow();
  });
  const chosen = holds.filter(({ id, concernsOneself }) => !concernsOneself && !left.has(id)).slice(0, MOST);
  const toggle = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  const count = chosen.length;
  return (
    <div className="space-y-4">
      <ul className="border-y border-line py-1 sm:columns-2 sm:gap-8">
        {holds.map((hold) => (
          <HoldItem
            key={hold.id}
            hold={hold}
            isChosen={!left.has(hold.id)}
            mayRelease={mayRelease}
            isPending={isPending}
            onToggle={() => {
              toggle(hold.id);
            }}
          />
        ))}
      </ul>
      {error === null ? null : <ErrorNotice title={t("notReleased")} error={error} />}
      {!mayRelease ? null : isConfirming ? (
        <Notice tone="warning" title={t("releaseTitle", { count })}>
          <p>{t("releaseText")}</p>
          <div className="flex flex-wrap gap-3 pt-2">
            <Button
              kind="primary"
              isPending={isPending}
              onPress={() => {
                run(() => releaseHeldChanges({ schoolId, holds: chosen.map(({ id }) => id) }));
              }}
            >
              <LockOpen aria-hidden className="size-5" />
              {t(isPending ? "sending" : "releaseConfirm")}
            </Button>
            <Button
              isDisabled={isPending}
              onPress={() => {
                setConfirming(false);
              }}
            >
              {t("cancel")}
            </Button>
          </div>
        </Notice>
      ) : (
        <Button
          isDisabled={count === 0}
          onPress={() => {
            setConfirming(true);
          }}
        >
          <LockOpen aria-hidden className="size-5" />
          {t("release", { count })}
        </Button>
      )}
    </div>
  );
}

type HoldItemProps = {
  readonly hold: ShownHold;
  readonly isChosen: boolean;
  readonly mayRelease: boolean;
  readonly isPending: boolean;
  readonly onToggle: () => void;
};

function HoldItem({ hold: { name, what, concernsOneself }, isChosen, mayRelease, isPending, onToggle }: HoldItemProps) {
  const t = useTranslations("client.provisioning");
  const id = useId();
  const text = (
    <span className="min-w-0 break-words">
      <span className="font-semibold">{name}</span> <span className="text-ink-soft">{what}</span>
      {concernsOneself ? <span className="block text-ink-soft">{t("concernsYou")}</span> : null}
    </span>
  );
  if (!mayRelease) return <li className="flex min-h-11 break-inside-avoid items-center py-1">{text}</li>;
  return (
    <li className="break-inside-avoid">
      <label htmlFor={id} className="flex min-h-11 cursor-pointer items-center gap-3 py-1">
        <input
          id={id}
          type="checkbox"
          checked={isChosen && !concernsOneself}
          disabled={isPending || concernsOneself}
          onChange={onToggle}
          className="size-5 flex-none"
        />
        {text}
      </label>
    </li>
  );
}
