// The search while somebody types: asks when the fingers rest, drops answers that are out of date, and goes on by pages.
"use client";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ViewQuery } from "./paths.ts";
import { askSearch } from "./questions.ts";

const REST_MS = 150;
/** One letter finds half the school. */
export const SHORTEST_SEARCH = 2;

export type SearchFields = {
  readonly text: string;
  readonly role: string;
  readonly group: string;
  readonly state: string;
};

export const NO_SEARCH: SearchFields = { text: "", role: "", group: "", state: "" };

export function isSearching({ text, role, group, state }: SearchFields): boolean {
  return text.trim().length >= SHORTEST_SEARCH || role !== "" || group !== "" || state !== "";
}

export function searchQuery({ text, role, group, state }: SearchFields): Record<string, string> {
  const fields = { q: text.trim(), role, group, state };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

/** The value as soon as it has not changed for a moment. */
export function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setRested(value);
    }, REST_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return rested;
}

/** @param rested what is looked for, once the fingers rest */
export function useSearch(schoolId: string, view: ViewQuery, rested: SearchFields) {
  return useInfiniteQuery({
    queryKey: ["search", schoolId, view, searchQuery(rested)],
    enabled: isSearching(rested),
    initialPageParam: "",
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams(view);
      // what is far too long is cut by the server, which says so; an address has its limit too
      for (const [name, value] of Object.entries(searchQuery(rested))) query.set(name, value.slice(0, 500));
      if (pageParam !== "") query.set("after", pageParam);
      return askSearch(schoolId, query, signal);
    },
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    retry: 1,
  });
}
