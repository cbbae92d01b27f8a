// What is looked for: words, and the filters role, class and state.
"use client";
import { ChevronRight, Filter, Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { buttonClass } from "#components/ui/classes.ts";
import type { Folder } from "./tree-rows.ts";
import { NO_SEARCH, type SearchFields } from "./use-search.ts";

export type Choice = { readonly id: string; readonly title: string };

const CONTROL = "block min-h-11 w-full rounded-md border border-control bg-surface px-3";
const STATES = ["neverSignedIn", "problem", "locked"] as const;

type SearchFieldsFormProps = {
  readonly fields: SearchFields;
  readonly folders: readonly Folder[];
  readonly groups: readonly Choice[];
  readonly withStates: boolean;
  readonly onChange: (fields: SearchFields) => void;
};

export function SearchFieldsForm({ fields, folders, groups, withStates, onChange }: SearchFieldsFormProps) {
  const t = useTranslations("client.addressbook");
  const id = useId();
  const roles = folders.filter(({ name }) => name !== "groups");
  const [isFiltered] = useState(fields.role !== "" || fields.group !== "" || fields.state !== "");
  const isUsed = Object.values(fields).some((value) => value !== "");
  return (
    <search className="block space-y-3">
      <div className="space-y-1">
        <label htmlFor={id} className="block font-semibold">
          {t("search")}
        </label>
        <div className="relative">
          <Search aria-hidden className="pointer-events-none absolute top-3 left-3 size-5 text-ink-soft" />
          <input
            id={id}
            type="search"
            value={fields.text}
            autoComplete="off"
            spellCheck={false}
            aria-describedby={`${id}-hint`}
            onChange={(event) => {
              onChange({ ...fields, text: event.target.value });
            }}
            className={`${CONTROL} pl-10`}
          />
        </div>
        <p id={`${id}-hint`} className="text-sm text-ink-soft">
          {t("searchHint")}
        </p>
      </div>
      <details open={isFiltered} className="group rounded-lg border border-line bg-surface">
        <summary className="flex min-h-11 items-center gap-2 px-4 font-semibold">
          <Filter aria-hidden className="size-5 text-ink-soft" />
          {t("filter")}
          <ChevronRight aria-hidden className="ml-auto size-5 text-ink-soft group-open:rotate-90" />
        </summary>
        <div className="grid gap-3 border-t border-line p-4 sm:grid-cols-3">
          <Select
            label={t("role")}
            any={t("anyRole")}
            value={fields.role}
            choices={roles.map(({ name, label }) => ({ id: name, title: label }))}
            onChange={(role) => {
              onChange({ ...fields, role });
            }}
          />
          {groups.length === 0 ? null : (
            <Select
              label={t("group")}
              any={t("anyGroup")}
              value={fields.group}
              choices={groups}
              onChange={(group) => {
                onChange({ ...fields, group });
              }}
            />
          )}
          {withStates ? (
            <Select
              label={t("state")}
              any={t("anyState")}
              value={fields.state}
              choices={STATES.map((state) => ({ id: state, title: t(`states.${state}`) }))}
              onChange={(state) => {
                onChange({ ...fields, state });
              }}
            />
          ) : null}
        </div>
      </details>
      {isUsed ? (
        <button
          type="button"
          className={buttonClass("quiet", "-ml-4")}
          onClick={() => {
            onChange(NO_SEARCH);
          }}
        >
          {t("reset")}
        </button>
      ) : null}
    </search>
  );
}

type SelectProps = {
  readonly label: string;
  readonly any: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
};

function Select({ label, any, value, choices, onChange }: SelectProps) {
  return (
    <label className="block space-y-1">
      <span className="block font-semibold">{label}</span>
      <select
        value={value}
        className={CONTROL}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      >
        <option value="">{any}</option>
        {choices.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
