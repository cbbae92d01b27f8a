// Loads the children of whatever is open in the tree: the first page is shown as soon as it is there, the rest follows.
"use client";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ViewQuery } from "./paths.ts";
import { askRows } from "./questions.ts";
import type { TreeRow } from "./rows.ts";
import { GROUP_KEY, SCHOOL_KEY, type Loaded } from "./tree-rows.ts";

type Children = { readonly rows: readonly TreeRow[]; readonly isComplete: boolean };

const FRESH_MS = 60_000;

export function useTreeRows(schoolId: string, view: ViewQuery, open: ReadonlySet<string>) {
  const client = useQueryClient();
  const keys = useMemo(() => [...open].filter((key) => key !== SCHOOL_KEY), [open]);
  const answers = useQueries({
    queries: keys.map((key) => {
      const queryKey = ["addressbook", schoolId, view, key];
      return {
        queryKey,
        staleTime: FRESH_MS,
        retry: 1,
        queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<Children> => {
          let rows: readonly TreeRow[] = [];
          for (let after: string | null = null; ;) {
            const query = new URLSearchParams(view);
            if (key.startsWith(GROUP_KEY)) query.set("group", key.slice(GROUP_KEY.length));
            else query.set("folder", key);
            if (after !== null) query.set("after", after);
            const page = await askRows(schoolId, key.startsWith(GROUP_KEY) ? "members" : "folder", query, signal);
            rows = [...rows, ...page.rows];
            if (page.next === null) return { rows, isComplete: true };
            after = page.next;
            client.setQueryData<Children>(queryKey, { rows, isComplete: false });
          }
        },
      };
    }),
  });
  const loaded = new Map<string, Loaded>();
  for (const [index, key] of keys.entries()) {
    const answer = answers[index];
    loaded.set(key, {
      rows: answer?.data?.rows ?? [],
      isComplete: answer?.data?.isComplete ?? false,
      hasFailed: answer?.isError ?? false,
    });
  }
  const retry = (key: string) => void client.refetchQueries({ queryKey: ["addressbook", schoolId, view, key] });
  return { loaded, retry };
}
