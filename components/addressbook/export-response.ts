// Answers an export of a list: the right, the entry about it, then the file. A refusal leads back to the page.
import { getLocale, getTranslations } from "next-intl/server";
import { NextResponse } from "next/server";
import { requestList } from "#lib/addressbook/export.ts";
import { csvLine, CSV_START } from "#lib/audit/csv.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { exportPath } from "./paths.ts";

const COLUMNS = ["name", "roles", "classes", "signedIn", "id"] as const;

export async function exportListResponse(schoolId: string, request: Request): Promise<Response> {
  const form = await request.formData();
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  };
  const group = text("group");
  const list = group === "" ? { role: text("role") } : { groupId: group };
  const answer = await requestList({ schoolId, list, reason: text("reason") });
  if (!answer.ok) {
    const page = exportPath(schoolId, group === "" ? { role: text("role") } : { group });
    return refusal(page, answer.error);
  }
  const t = await getTranslations();
  const { role, title, people } = answer.value;
  const lines = people.map((person) =>
    csvLine([
      person.name,
      person.roles.map((held) => t(`roles.one.${held}`)).join(", "),
      person.classes.join(", "),
      t(person.hasSignedIn ? "addressbook.csv.yes" : "addressbook.csv.no"),
      person.id,
    ]),
  );
  const head = csvLine(COLUMNS.map((column) => t(`addressbook.csv.${column}`)));
  const day = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short" }).format(new Date());
  const word = title ?? (role === null ? schoolId : t(`roles.name.${role}`));
  const name = `${t("addressbook.csv.file")}-${word}-${day}.csv`.replaceAll(/[^\p{L}\p{N}.-]+/gu, "_");
  return new Response(CSV_START + head + lines.join(""), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-language": await getLocale(),
      // RFC 6266: plain letters for old programs, the real name beside them
      "content-disposition": `attachment; filename="${name.replaceAll(/[^\w.-]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function refusal(page: string, error: { readonly code: string; readonly id: string }): Response {
  const signIn = (query: Record<string, string>) => `/sign-in?${new URLSearchParams(query).toString()}`;
  const target =
    error.code === "signInTooOld"
      ? signIn({ fresh: "1", callbackUrl: page })
      : error.code === "signedOut"
        ? signIn({ callbackUrl: page })
        : `${page}&${new URLSearchParams({ problem: error.code, problemId: error.id }).toString()}`;
  return NextResponse.redirect(new URL(target, readEnvironment("web").CONSOLE_URL), 303);
}
