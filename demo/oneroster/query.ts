/** Filtering, sorting, field selection and paging of a list, by the rules of OneRoster 1.1, section 3.4. Pure. */
import type { DemoRecord } from "../data/types.ts";
import { OneRosterError } from "./errors.ts";
import type { SizedCollection, SizedDirectory } from "./sized-directory.ts";

/** Any record of the directory; only its scalar fields can be filtered and sorted by. */
export type Queryable = object;

export type Page<T> = {
  readonly items: readonly (T | Partial<T>)[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
};

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

export function runQuery<T extends Queryable>(records: readonly T[], parameters: URLSearchParams): Page<T> {
  const limit = Math.min(wholeNumber(parameters, "limit", DEFAULT_LIMIT, 1), MAX_LIMIT);
  const offset = wholeNumber(parameters, "offset", 0, 0);
  const matching = filterRecords(records, parameters.get("filter"));
  const sorted = sortRecords(matching, parameters.get("sort"), parameters.get("orderBy"));
  const page = sorted.slice(offset, offset + limit);
  return { items: selectFields(page, parameters.get("fields")), total: matching.length, limit, offset };
}

const CHANGED_SINCE = /^\s*dateLastModified\s*>=?\s*'([^']*)'\s*$/;

/** Of a computed directory only what changed since a time can be asked for: anything else would have to look at everything. */
export function runSizedQuery(
  directory: SizedDirectory,
  collection: SizedCollection,
  schoolId: string | undefined,
  parameters: URLSearchParams,
  as: (record: DemoRecord) => object,
): Page<object> {
  const limit = Math.min(wholeNumber(parameters, "limit", DEFAULT_LIMIT, 1), MAX_LIMIT);
  const offset = wholeNumber(parameters, "offset", 0, 0);
  const filter = parameters.get("filter");
  const since = filter === null ? undefined : CHANGED_SINCE.exec(filter)?.[1];
  const isUnderstood = (filter === null || since !== undefined) && !parameters.has("sort") && !parameters.has("fields");
  if (!isUnderstood) {
    throw new OneRosterError(400, "invalid_filter_field", "Only dateLastModified > or >= a time is understood here.");
  }
  const list = directory.list(collection, schoolId, since === undefined ? undefined : microseconds(since) / 1_000);
  if (list === null) throw new OneRosterError(404, "unknownobject", "There is no such school.");
  return { items: list.slice(offset, offset + limit).map(as), total: list.total, limit, offset };
}

function wholeNumber(parameters: URLSearchParams, name: string, fallback: number, minimum: number): number {
  const text = parameters.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < minimum) {
    throw new OneRosterError(400, "invaliddata", `${name} must be a whole number of at least ${String(minimum)}.`);
  }
  return Number(text);
}

const CLAUSE = String.raw`\s*([A-Za-z.]+)\s*(!=|>=|<=|=|>|<|~)\s*'([^']*)'\s*`;
const FILTER = new RegExp(`^${CLAUSE}(?:(AND|OR)${CLAUSE})?$`);

/** At most two clauses, as the standard has it. */
export function filterRecords<T extends Queryable>(records: readonly T[], filter: string | null): readonly T[] {
  if (filter === null) return records;
  const match = FILTER.exec(filter);
  if (match === null) {
    throw new OneRosterError(400, "invalid_filter_field", "The filter is not one clause, or two joined by AND or OR.");
  }
  const [, field = "", operator = "", value = "", join, field2 = "", operator2 = "", value2 = ""] = match;
  const first = clause(records, field, operator, value);
  if (join === undefined) return records.filter(first);
  const second = clause(records, field2, operator2, value2);
  return records.filter((record) =>
    join === "AND" ? first(record) && second(record) : first(record) || second(record),
  );
}

function clause<T extends Queryable>(
  records: readonly T[],
  field: string,
  operator: string,
  value: string,
): (record: T) => boolean {
  requireField(records, field, "invalid_filter_field");
  if (operator === "~") return (record) => String(scalar(record, field)).toLowerCase().includes(value.toLowerCase());
  const wanted = field === "dateLastModified" ? microseconds(value) : value;
  return (record) => {
    const found = String(scalar(record, field));
    const order = compare(field === "dateLastModified" ? microseconds(found) : found, wanted);
    switch (operator) {
      case "=":
        return order === 0;
      case "!=":
        return order !== 0;
      case ">":
        return order > 0;
      case ">=":
        return order >= 0;
      case "<":
        return order < 0;
      default:
        return order <= 0;
    }
  };
}

/** Date.parse drops what is below a millisecond, and the portal's times have six digits. A date alone is its midnight. */
function microseconds(text: string): number {
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  const [, date = "", time = "00:00:00", fraction = "", zone = "Z"] = match ?? [];
  const milliseconds = Date.parse(`${date}T${time}${zone}`);
  if (match === null || Number.isNaN(milliseconds)) {
    throw new OneRosterError(400, "invalid_filter_field", `'${text}' is not a date or time of ISO 8601.`);
  }
  return milliseconds * 1000 + Number(fraction.padEnd(6, "0"));
}

function sortRecords<T extends Queryable>(
  records: readonly T[],
  field: string | null,
  orderBy: string | null,
): readonly T[] {
  if (field === null) return records;
  requireField(records, field, "invalid_sort_field");
  if (orderBy !== null && orderBy !== "asc" && orderBy !== "desc") {
    throw new OneRosterError(400, "invalid_sort_field", "orderBy must be asc or desc.");
  }
  const sign = orderBy === "desc" ? -1 : 1;
  return records.toSorted((a, b) => sign * compare(String(scalar(a, field)), String(scalar(b, field))));
}

function selectFields<T extends Queryable>(records: readonly T[], fields: string | null): Page<T>["items"] {
  if (fields === null) return records;
  const names = fields.split(",").map((name) => name.trim());
  const known = new Set(records.flatMap((record) => Object.keys(record)));
  const unknown = names.find((name) => records.length > 0 && !known.has(name));
  if (unknown !== undefined) {
    throw new OneRosterError(400, "invalid_selection_field", `There is no field ${unknown}.`);
  }
  return records.map(
    (record) => Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name))) as Partial<T>,
  );
}

/** An empty list says nothing about its fields, so any name passes. */
function requireField(
  records: readonly Queryable[],
  field: string,
  code: "invalid_filter_field" | "invalid_sort_field",
) {
  const sample = records[0];
  if (sample !== undefined && scalar(sample, field) === undefined) {
    throw new OneRosterError(400, code, `There is no field ${field} to filter or sort by.`);
  }
}

function scalar(record: Queryable, field: string): string | number | boolean | undefined {
  const value: unknown = Object.entries(record).find(([name]) => name === field)?.[1];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
