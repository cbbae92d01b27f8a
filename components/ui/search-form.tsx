// A search that works before any script has loaded: a form that asks for the same page with words in its address.
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { buttonClass, type ButtonKind } from "./classes.ts";

type SearchFormProps = {
  readonly id: string;
  readonly action: string;
  /** Of the parameter in the address. */
  readonly name: string;
  readonly text: string;
  readonly maxLength: number;
  readonly isRequired?: boolean;
  readonly label: string;
  readonly hint: string;
  readonly button: string;
  readonly kind: ButtonKind;
  /** Beside the button. */
  readonly children?: ReactNode;
};

export function SearchForm({ id, action, name, text, maxLength, isRequired = false, ...words }: SearchFormProps) {
  return (
    <search>
      <form method="get" action={action} className="space-y-1">
        <label htmlFor={id} className="block font-semibold">
          {words.label}
        </label>
        <p id={`${id}-hint`} className="prose-width text-ink-soft">
          {words.hint}
        </p>
        <div className="flex flex-wrap gap-3">
          <input
            id={id}
            type="search"
            name={name}
            defaultValue={text}
            maxLength={maxLength}
            required={isRequired}
            aria-describedby={`${id}-hint`}
            autoComplete="off"
            className="min-h-11 min-w-0 flex-1 rounded-md border border-control bg-surface px-3"
          />
          <button type="submit" className={buttonClass(words.kind)}>
            <Search aria-hidden className="size-5" />
            {words.button}
          </button>
          {words.children}
        </div>
      </form>
    </search>
  );
}
