// Picks one person of the school by name: a combobox over the search (ARIA authoring practices, list autocomplete).
"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId, useState, type KeyboardEvent } from "react";
import { NO_SEARCH, SHORTEST_SEARCH, useRested, useSearch } from "./use-search.ts";

export type PickerProps = {
  readonly schoolId: string;
  readonly label: string;
  /** The name of who is picked already. */
  readonly initialName: string;
  readonly onPick: (personId: string) => void;
};

export function PersonPicker(props: PickerProps) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Picker {...props} />
    </QueryClientProvider>
  );
}

const OFFERED = 8;

function Picker({ schoolId, label, initialName, onPick }: PickerProps) {
  const t = useTranslations("client.addressbook");
  const id = useId();
  const [text, setText] = useState(initialName);
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(0);
  const wanted = isOpen && text.trim().length >= SHORTEST_SEARCH;
  const rested = useRested(wanted ? text : "");
  const { data, isError } = useSearch(schoolId, "", { ...NO_SEARCH, text: rested });
  const [first] = data?.pages ?? [];
  const offers = wanted && first ? [...first.people, ...first.similar].slice(0, OFFERED) : [];
  const pick = (index: number) => {
    const offer = offers[index];
    if (!offer) return;
    setText(offer.name);
    setIsOpen(false);
    onPick(offer.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setIsOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (offers.length > 0) setActive((active + step + offers.length) % offers.length);
    } else if (event.key === "Enter" && offers.length > 0) {
      event.preventDefault();
      pick(active);
    } else if (event.key === "Escape") setIsOpen(false);
  };
  const shows = offers.length > 0;
  return (
    <div className="relative space-y-1">
      <label htmlFor={id} className="block font-semibold">
        {label}
      </label>
      <input
        id={id}
        role="combobox"
        aria-expanded={shows}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shows ? `${id}-${String(active)}` : undefined}
        aria-describedby={`${id}-state`}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
          setIsOpen(true);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setIsOpen(false);
        }}
        className="block min-h-11 w-full rounded-md border border-control bg-surface px-3"
      />
      <p id={`${id}-state`} role="status" className="min-h-6 text-sm text-ink-soft">
        {isError ? t("searchFailed") : wanted && first && !shows ? t("nothing") : t("pickHint")}
      </p>
      <div
        id={`${id}-list`}
        role="listbox"
        tabIndex={-1}
        aria-label={label}
        hidden={!shows}
        className="absolute inset-x-0 top-20 z-20 overflow-hidden rounded-lg border border-line bg-surface shadow-raised"
      >
        {offers.map((offer, index) => (
          <div
            key={offer.id}
            id={`${id}-${String(index)}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            // before the field loses the focus
            onPointerDown={(event) => {
              event.preventDefault();
              pick(index);
            }}
            className="flex min-h-11 flex-wrap items-center gap-x-2 px-3 py-2 hover:bg-sunken aria-selected:bg-accent-soft"
          >
            <bdi className="font-semibold">{offer.name}</bdi>
            <span className="text-sm text-ink-soft">{offer.path}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
