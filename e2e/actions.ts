// The server actions as HTTP sees them: each has an id in the build, and anybody may send anything to it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { APIRequestContext, APIResponse } from "@playwright/test";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "..");
const manifestSchema = z.object({
  node: z.record(
    z.string(),
    z.object({ exportedName: z.string(), filename: z.string(), workers: z.record(z.string(), z.unknown()) }),
  ),
});

export type ServerAction = {
  readonly name: string;
  readonly id: string;
  /** A page that brings it, as a folder of app/: "app/(console)/schools/[schoolId]/rooms/page". */
  readonly page: string;
};

/** From the build that runs. */
export function builtActions(): ServerAction[] {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, ".next/server/server-reference-manifest.json"), "utf8"));
  return Object.entries(manifestSchema.parse(manifest).node).map(([id, { exportedName, workers }]) => ({
    name: exportedName,
    id,
    page: Object.keys(workers)[0] ?? "",
  }));
}

/** From the source: every export of a "use server" file is a public endpoint, whether a page uses it or not. */
export function writtenActions(): string[] {
  return readdirSync(join(ROOT, "lib"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(ROOT, "lib", file), "utf8"))
    .filter((text) => /^"use server";/m.test(text))
    .flatMap((text) => [...text.matchAll(/^export async function (\w+)/gm)].map(([, name = ""]) => name))
    .toSorted();
}

/** @param path of a page that brings the action */
export async function callServerAction(
  request: APIRequestContext,
  { id }: ServerAction,
  path: string,
  input: object,
): Promise<APIResponse> {
  return await request.post(path, {
    maxRedirects: 0,
    headers: { "next-action": id, accept: "text/x-component", "content-type": "text/plain;charset=UTF-8" },
    data: JSON.stringify([input]),
  });
}
