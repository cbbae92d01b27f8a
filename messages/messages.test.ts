// Both languages say the same things, and whatever the console can name has a text.
import { createTranslator } from "next-intl";
import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "#lib/action/result.ts";
import { AUDIT_EVENT_TYPES } from "#lib/audit/events.ts";
import { ONEROSTER_FAILURES } from "#lib/oneroster/errors.ts";
import { ROLES, TARGETS } from "#lib/policy/roles.ts";
import de from "./de.json" with { type: "json" };
import en from "./en.json" with { type: "json" };

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]): [string, string][] =>
      typeof value === "string" ? [[prefix + key, value]] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

/** Arguments with their kind, and tags. What a plural says, and how many forms it has, may differ between languages. */
function placeholders(message: string): string[] {
  const found = new Set<string>();
  let depth = 0;
  for (const { 0: token, index } of message.matchAll(/[{}]/g)) {
    // at even depth a brace opens an argument, at odd depth the text of one of its choices
    const [, name, kind] = /^\{(\w+)(?:, (\w+))?/.exec(message.slice(index)) ?? [];
    if (token === "{" && depth % 2 === 0) found.add(`${name ?? "?"}:${kind ?? "value"}`);
    depth += token === "{" ? 1 : -1;
  }
  for (const [, name = ""] of message.matchAll(/<(\w+)>/g)) found.add(`<${name}>`);
  return [...found].toSorted();
}

const german = flatten(de);
const english = flatten(en);
const languages = [
  ["de", german],
  ["en", english],
] as const;

test("both languages have the same keys", () => {
  expect([...english.keys()].toSorted()).toEqual([...german.keys()].toSorted());
});

describe.each(languages)("%s", (_, texts) => {
  test("has no empty text and no doubled blank", () => {
    const bad = [...texts].filter(([, text]) => text.trim() === "" || text !== text.trim() || /\S {2,}/.test(text));
    expect(bad).toEqual([]);
  });

  test.each([
    ["error code", ERROR_CODES.map((code) => `errors.${code}`)],
    ["audit event", AUDIT_EVENT_TYPES.map((type) => `audit.event.${type}`)],
    ["failed sync", ONEROSTER_FAILURES.map((failure) => `live.syncFailure.${failure}`)],
    ["target", TARGETS.flatMap((target) => [`roles.name.${target}`, `roles.column.${target}`])],
    ["role", ROLES.flatMap((role) => [`roles.group.${role}`, `roles.one.${role}`, `roles.count.${role}`])],
  ])("every %s has a text", (_kind, keys) => {
    expect(keys.filter((key) => !texts.has(key))).toEqual([]);
  });
});

test("both languages use the same placeholders", () => {
  const different = [...german].filter(
    ([key, text]) => placeholders(text).join() !== placeholders(english.get(key) ?? "").join(),
  );
  expect(different.map(([key, text]) => [key, placeholders(text), placeholders(english.get(key) ?? "")])).toEqual([]);
});

test("numbers read as sentences", () => {
  const t = createTranslator({ locale: "de", messages: de });
  const numbers = { who: t("roles.count.student", { count: 412 }), people: 412, most: 411, spread: "each" };
  expect(t("change.reach.contactsOpen", numbers)).toBe("412 Schüler:innen können je 411 weitere Personen anschreiben.");
  const single = { who: t("roles.count.student", { count: 1 }), people: 1, most: 1, spread: "each" };
  expect(t("change.reach.contactsOpen", single)).toBe("1 Schüler:in kann 1 weitere Person anschreiben.");
  expect(t("change.reach.groupsClose", { ...numbers, most: 3, spread: "upTo" })).toBe(
    "412 Schüler:innen können je bis zu 3 Gruppen nicht mehr hinzufügen.",
  );
});
