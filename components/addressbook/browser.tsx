// Search and tree of the address book together. What is open and what is looked for stands in the address, so that the
// way back from a person leads to the same place.
"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import type { ViewQuery } from "./paths.ts";
import { SearchFieldsForm, type Choice } from "./search-fields.tsx";
import { SearchResults } from "./search-results.tsx";
import { AddressTree } from "./tree.tsx";
import { SCHOOL_KEY, type Folder } from "./tree-rows.ts";
import { isSearching, searchQuery, useRested, useSearch } from "./use-search.ts";

export type BrowserProps = {
  readonly schoolId: string;
  readonly schoolName: string;
  readonly view: ViewQuery;
  readonly folders: readonly Folder[];
  readonly groups: readonly Choice[];
  /** Filters that only administrators' own view has. */
  readonly withStates: boolean;
};

export function AddressBrowser(props: BrowserProps) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Browser {...props} />
    </QueryClientProvider>
  );
}

/** Not from the server: on the way back the browser's address knows what was replaced since the page was sent. */
function readAddress(parameters: URLSearchParams) {
  const one = (name: string) => parameters.get(name) ?? "";
  return {
    open: one("open")
      .split(" ")
      .filter((key) => key !== "")
      .slice(0, MOST_OPEN),
    fields: { text: one("q"), role: one("role"), group: one("group"), state: one("state") },
    at: one("at"),
  };
}

const MOST_OPEN = 50;

/**
 * The row of the tree to come back to, in the address of the page that is left. With the router's own state, so that it
 * takes this for what it knows already and does not drop the navigation that is under way.
 */
function rememberRow(key: string): void {
  const address = new URL(window.location.href);
  address.searchParams.set("at", key);
  window.history.replaceState(window.history.state, "", address);
}

function Browser({ schoolId, schoolName, view, folders, groups, withStates }: BrowserProps) {
  const parameters = useSearchParams();
  const [address] = useState(() => readAddress(parameters));
  const t = useTranslations("client.addressbook");
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set([SCHOOL_KEY, ...address.open]));
  const [fields, setFields] = useState(address.fields);
  const rested = useRested(fields);
  const search = useSearch(schoolId, view, rested);
  const searching = isSearching(fields);

  useEffect(() => {
    const query = new URLSearchParams(view);
    for (const [name, value] of Object.entries(searchQuery(rested))) query.set(name, value.slice(0, 200));
    const opened = [...open].filter((key) => key !== SCHOOL_KEY);
    if (opened.length > 0) query.set("open", opened.join(" "));
    const address = query.size === 0 ? window.location.pathname : `${window.location.pathname}?${query.toString()}`;
    if (address !== window.location.pathname + window.location.search) window.history.replaceState(null, "", address);
  }, [view, rested, open]);

  return (
    <div className="space-y-6">
      <SearchFieldsForm
        fields={fields}
        folders={folders}
        groups={groups}
        withStates={withStates}
        onChange={setFields}
      />
      {searching ? (
        <SearchResults schoolId={schoolId} view={view} search={search} />
      ) : folders.length === 0 ? (
        <p className="prose-width text-ink-soft">{t("empty")}</p>
      ) : (
        <AddressTree
          schoolId={schoolId}
          schoolName={schoolName}
          view={view}
          folders={folders}
          open={open}
          onOpenChange={setOpen}
          returnTo={address.at}
          onLeave={rememberRow}
        />
      )}
    </div>
  );
}
