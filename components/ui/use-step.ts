// A server action as one step of a page: not sent twice, and what it answered.
"use client";
import { useRef, useState, useTransition } from "react";
import { callAction } from "./call-action.ts";
import type { ShownError } from "./error-notice.tsx";
import type { ActionResult } from "#lib/action/result.ts";

export function useStep(onDone: () => void) {
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);

  function run<T>(action: () => Promise<ActionResult<T>>): void {
    // a second press before React has marked the first one as pending must not send twice
    if (inFlight.current) return;
    inFlight.current = true;
    setError(null);
    startTransition(async () => {
      const answer = await callAction(action);
      inFlight.current = false;
      if (answer.ok) onDone();
      else setError(answer.error);
    });
  }
  return { run, error, isPending };
}
