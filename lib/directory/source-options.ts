// The one JSON setting that says how the OneRoster source is spoken to and read (docs/sources.md), decoded at the start.
import { z } from "zod";
import { EnvironmentError } from "#lib/env/env.ts";
import { oneRosterOptionsSchema, type OneRosterSettings } from "#lib/oneroster/options.ts";
import { roleMappingSchema, type RoleMapping } from "./role-mapping.ts";

const schema = z.strictObject({
  ...oneRosterOptionsSchema.shape,
  roles: roleMappingSchema.prefault({}),
});

export type SourceOptions = { readonly client: OneRosterSettings; readonly roles: RoleMapping };

/** @throws {EnvironmentError} naming every wrong part */
export function readSourceOptions(text: string): SourceOptions {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new EnvironmentError("ONEROSTER_OPTIONS is no JSON");
  }
  const result = schema.safeParse(json);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `  ${issue.path.join(".") || "it"}: ${issue.message}`);
    throw new EnvironmentError(`ONEROSTER_OPTIONS is wrong:\n${lines.join("\n")}`);
  }
  const { roles, ...client } = result.data;
  return { client, roles };
}
