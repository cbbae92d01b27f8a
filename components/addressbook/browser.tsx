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
import { isSearching, searchQuery, useSearch, type SearchFields } from "./use-search.ts";

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
function readAddress(parameters: URLSearchParams): { readonly open: string[]; readonly fields: SearchFields } {
  const one = (name: string) => parameters.get(name) ?? "";
  return {
    open: one("open")
      .split(" ")
      .filter((key) => key !== "")
      .slice(0, MOST_OPEN),
    fields: { text: one("q"), role: one("role"), group: one("group"), state: one("state") },
  };
}

const MOST_OPEN = 50;

function Browser({ schoolId, schoolName, view, folders, groups, withStates }: BrowserProps) {
  const address = readAddress(useSearchParams());
  const t = useTranslations("client.addressbook");
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set([SCHOOL_KEY, ...address.open]));
  const [fields, setFields] = useState(address.fields);
  const search = useSearch(schoolId, view, fields);
  const searching = isSearching(fields);

  useEffect(() => {
    const query = new URLSearchParams(view);
    for (const [name, value] of Object.entries(searchQuery(fields))) query.set(name, value.slice(0, 200));
    const opened = [...open].filter((key) => key !== SCHOOL_KEY);
    if (opened.length > 0) query.set("open", opened.join(" "));
    const address = query.size === 0 ? window.location.pathname : `${window.location.pathname}?${query.toString()}`;
    if (address !== window.location.pathname + window.location.search) window.history.replaceState(null, "", address);
  }, [view, fields, open]);

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
        />
      )}
    </div>
  );
}
