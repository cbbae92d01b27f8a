// Which letters do what, and the switch that turns them off.
"use client";
import { Keyboard, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { buttonClass } from "#components/ui/classes.ts";
import { useKeysSwitch } from "./use-keys.ts";

const KEYS = ["move", "open", "select", "assign", "note", "resolve", "help"] as const;

type KeyHelpProps = { readonly isOpen: boolean; readonly onOpen: () => void; readonly onClose: () => void };

export function KeyHelp({ isOpen, onOpen, onClose }: KeyHelpProps) {
  const t = useTranslations("client.reports.keys");
  const [isOn, setOn] = useKeysSwitch();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const box = dialog.current;
    if (!box) return;
    if (isOpen && !box.open) box.showModal();
    if (!isOpen && box.open) box.close();
  }, [isOpen]);
  return (
    <>
      <button type="button" className={buttonClass("quiet", "max-sm:hidden")} onClick={onOpen}>
        <Keyboard aria-hidden className="size-5" />
        {t("title")}
      </button>
      <dialog
        ref={dialog}
        onClose={onClose}
        aria-labelledby="key-help"
        className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-lg border border-line bg-surface p-6 text-ink shadow-raised backdrop:bg-ink/40"
      >
        <div className="mb-4 flex items-center justify-between gap-4">
          <h2 id="key-help" className="text-xl font-semibold tracking-tight">
            {t("title")}
          </h2>
          <button type="button" className={buttonClass("quiet")} onClick={onClose}>
            <X aria-hidden className="size-5" />
            {t("close")}
          </button>
        </div>
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
          {KEYS.map((name) => (
            <div key={name} className="contents">
              <dt>
                <kbd className="rounded-sm border border-control bg-sunken px-2 py-0.5 font-sans font-semibold">
                  {t(`${name}Key`)}
                </kbd>
              </dt>
              <dd>{t(name)}</dd>
            </div>
          ))}
        </dl>
        <label className="mt-5 flex min-h-11 items-center gap-3">
          <input
            type="checkbox"
            checked={isOn}
            className="size-5"
            onChange={(event) => {
              setOn(event.target.checked);
            }}
          />
          {t("switch")}
        </label>
      </dialog>
    </>
  );
}
