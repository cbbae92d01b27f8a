// The document that is handed out beside the code is the one that the code makes.
import { format } from "prettier";
import { expect, test } from "vitest";
import { z } from "zod";
import { endpoints } from "./endpoints.ts";
import { openApiDocument } from "./openapi.ts";

test("docs/client-api.json is what the schemas say", async () => {
  const text = await format(JSON.stringify(openApiDocument()), { parser: "json", printWidth: 120 });
  await expect(text).toMatchFileSnapshot("../../../docs/client-api.json");
});

test("every endpoint is in it, and no reference leads nowhere", () => {
  const document = openApiDocument();
  expect(Object.keys(document["paths"] ?? {})).toEqual([...new Set(endpoints.map(({ path }) => path))]);
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(references.length).toBeGreaterThan(0);
  const components = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) }).parse(document);
  expect(Object.keys(components.components.schemas)).toEqual(expect.arrayContaining(references));
});
