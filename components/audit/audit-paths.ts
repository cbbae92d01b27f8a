// The addresses of the audit log: a school's stands under the school, the state's by itself.
import { schoolPath } from "#components/shell/paths.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import { filterQuery, type AuditFilter } from "#lib/audit/filter.ts";

export const OWN_AUDIT_PATH = "/audit/own";

export function auditPath(scope: string): string {
  return scope === STATE_SCOPE ? "/audit" : schoolPath(scope, "audit");
}

export function auditEntryPath(scope: string, seq: number): string {
  return `${auditPath(scope)}/${String(seq)}`;
}

export function auditExportPath(scope: string): string {
  return `${auditPath(scope)}/export`;
}

/** @param more further parameters, such as the place from which to go on */
export function withFilter(path: string, filter: AuditFilter, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(filterQuery(filter));
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
