// Takes steps of a draft back, or does them again, by the keys that everybody knows, wherever the focus stands on the
// page; a text field keeps them for its own text.
"use client";
import { useEffect, useEffectEvent } from "react";
import { historyKey } from "./history.ts";

const TEXT_FIELD = "textarea, input:not([type=checkbox], [type=radio])";

export function useHistoryKeys(onStep: (step: "undo" | "redo") => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const step = historyKey(event);
    if (step === null || (event.target instanceof Element && event.target.matches(TEXT_FIELD))) return;
    event.preventDefault();
    onStep(step);
  });
  useEffect(() => {
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}
