// Answers an export: the right, the entry about it, then the lines as they are read. A refusal leads back to the page.
import { getTranslations } from "next-intl/server";
import { NextResponse } from "next/server";
import { csvLine, CSV_START } from "#lib/audit/csv.ts";
import { requestExport, type AuditExport } from "#lib/audit/export.ts";
import { FILTER_FIELDS, parseFilter, type AuditFilter } from "#lib/audit/filter.ts";
import { exportedEntries, type AuditView, type StoredEntry } from "#lib/audit/queries.ts";
import { database } from "#lib/db/shared.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { TIME_ZONE } from "#lib/i18n/locales.ts";
import { log } from "#lib/log/log.ts";
import type { Translator } from "#components/ui/translator.ts";
import { actorText, roleText } from "./actor.ts";
import { auditPath, withFilter } from "./audit-paths.ts";

const COLUMNS = [
  "seq",
  "at",
  "actor",
  "actorId",
  "role",
  "kind",
  "outcome",
  "reason",
  "payload",
  "id",
  "hash",
  "previousHash",
] as const;

// "2026-11-21 14:05:03", which every office program reads as a date
const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: TIME_ZONE, dateStyle: "short", timeStyle: "medium" });

function cells(t: Translator, entry: AuditView & { readonly row: StoredEntry }): string[] {
  const { event, row } = entry;
  return [
    String(entry.seq),
    clock.format(entry.at),
    actorText(t, entry),
    entry.actorId ?? "",
    roleText(t, entry.actorRole) ?? entry.actorRole,
    event === null ? entry.type : t(`audit.kind.${event.type}`),
    t(`audit.${entry.outcome}`),
    event && "reason" in event ? event.reason : "",
    row.payload?.payload ?? "",
    entry.correlationId,
    row.hash,
    row.previousHash,
  ];
}

function csvStream(
  t: Translator,
  scope: string,
  filter: AuditFilter,
  granted: Pick<AuditExport, "newest" | "readerId">,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const batches = exportedEntries(database(), scope, filter, granted);
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(encoder.encode(CSV_START + csvLine(COLUMNS.map((column) => t(`audit.csv.${column}`)))));
    },
    pull: async (controller) => {
      try {
        const next = await batches.next();
        if (next.done === true) controller.close();
        else controller.enqueue(encoder.encode(next.value.map((entry) => csvLine(cells(t, entry))).join("")));
      } catch (error) {
        // a file that ends without a word would look complete: the transfer is broken off instead
        log.error({ scope, err: error }, "export of the audit log broke off");
        controller.error(error);
      }
    },
    cancel: async () => {
      await batches.return(undefined);
    },
  });
}

export async function exportAuditResponse(scope: string, request: Request): Promise<Response> {
  const form = await request.formData();
  const wanted = Object.fromEntries(
    FILTER_FIELDS.flatMap((name): [string, string][] => {
      const value = form.get(name);
      return typeof value === "string" && value !== "" ? [[name, value]] : [];
    }),
  );
  const { filter } = parseFilter(wanted);
  const answer = await requestExport(scope, wanted);
  if (!answer.ok) return refusal(scope, filter, answer.error);
  const day = clock.format(new Date()).slice(0, 10);
  const name = `pruefprotokoll-${scope.replaceAll(/[^\w.-]/g, "_")}-${day}.csv`;
  const t = await getTranslations();
  return new Response(csvStream(t, scope, filter, answer.value), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function refusal(scope: string, filter: AuditFilter, error: { readonly code: string; readonly id: string }): Response {
  const page = withFilter(auditPath(scope), filter, { problem: error.code, problemId: error.id });
  const plainPage = withFilter(auditPath(scope), filter);
  const signIn = (query: Record<string, string>) => `/sign-in?${new URLSearchParams(query).toString()}`;
  const target =
    error.code === "signInTooOld"
      ? signIn({ fresh: "1", callbackUrl: plainPage })
      : error.code === "signedOut"
        ? signIn({ callbackUrl: plainPage })
        : page;
  return NextResponse.redirect(new URL(target, readEnvironment("web").CONSOLE_URL), 303);
}
