// What the address book's page asks by itself, each with a time limit and an end when the answer is no longer wanted.
import { questionPath } from "./paths.ts";
import type { FoundPage, TreePage } from "./rows.ts";
import { isFoundPage, isTreePage } from "./rows-decode.ts";

const TIMEOUT_MS = 10_000;

async function ask(path: string, signal: AbortSignal): Promise<unknown> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(path, { signal: limit, headers: { accept: "application/json" } });
  return response.ok ? await response.json() : undefined;
}

/** @param query of the view, and what is asked */
export async function askRows(
  schoolId: string,
  question: "folder" | "members",
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<TreePage> {
  const page = await ask(questionPath(schoolId, question, query.toString()), signal);
  if (!isTreePage(page)) throw new Error("the address book did not answer");
  return page;
}

export async function askSearch(schoolId: string, query: URLSearchParams, signal: AbortSignal): Promise<FoundPage> {
  const page = await ask(questionPath(schoolId, "search", query.toString()), signal);
  if (!isFoundPage(page)) throw new Error("the search did not answer");
  return page;
}
