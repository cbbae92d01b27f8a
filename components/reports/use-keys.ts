// Single letters as shortcuts. They rest while somebody types, and can be switched off for good (WCAG 2.1.4).
"use client";
import { useEffect, useRef, useSyncExternalStore } from "react";

const STORED = "reports.keys";
const CHANGED = "reports-keys-changed";

function subscribe(onChange: () => void): () => void {
  window.addEventListener(CHANGED, onChange);
  window.addEventListener("storage", onChange);
  return () => {
    window.removeEventListener(CHANGED, onChange);
    window.removeEventListener("storage", onChange);
  };
}

/** A browser that keeps nothing (private mode) has them on. */
function areOn(): boolean {
  try {
    return window.localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

export function useKeysSwitch(): readonly [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(subscribe, areOn, () => true);
  return [
    on,
    (wanted) => {
      try {
        window.localStorage.setItem(STORED, wanted ? "on" : "off");
      } finally {
        window.dispatchEvent(new Event(CHANGED));
      }
    },
  ];
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select") !== null)
  );
}

export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const [isOn] = useKeysSwitch();
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      const work = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (!work) return;
      event.preventDefault();
      work();
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
    };
  }, [isOn]);
}
