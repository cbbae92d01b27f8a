// Calls a server action; a request that never arrived, or met a newer build, becomes a value like any other refusal.
import { unstable_isUnrecognizedActionError } from "next/navigation";
import type { ActionResult } from "#lib/action/result.ts";
import type { ShownError } from "./error-notice.tsx";

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ShownError };

export async function callAction<T>(action: () => Promise<ActionResult<T>>): Promise<Answer<T>> {
  try {
    return await action();
  } catch (error) {
    return { ok: false, error: unstable_isUnrecognizedActionError(error) ? "outdated" : "offline" };
  }
}
