// Protects the committed nginx.conf from growing apart from the route table, and nginx from text it would read as its own.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { committedFile, committedOptions } from "./generate.ts";
import { nginxConfig } from "./nginx.ts";
import { bodyLimitBytes, routes } from "./routes.ts";

test("the committed nginx.conf is the generated one (otherwise: node deploy/proxy/generate.ts)", async () => {
  expect(await readFile(committedFile, "utf8")).toBe(nginxConfig(committedOptions));
});

test("every line of the table stands in it, in its order", () => {
  const config = nginxConfig(committedOptions);
  const places = routes.map(({ source }) => config.indexOf(`"~${source}" `));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((left, right) => left - right));
});

test("a question with a quote or a variable is refused instead of written", () => {
  for (const question of ["Wie geht's?", "Was kostet $host?"]) {
    expect(() => nginxConfig({ ...committedOptions, securityQuestions: { q1: question } })).toThrow("nginx would read");
  }
});

test("without certificate nothing about TLS is written", () => {
  const plain = { listen: "127.0.0.1:8080", publicBaseUrl: "https://a.example", synapse: "s:1", gate: "g:1" };
  expect(nginxConfig({ ...plain, accessLog: "off" })).not.toContain("ssl_");
});

test("the sample for Kubernetes lets a report through as large as the table does", async () => {
  const sample = await readFile(new URL("kubernetes.yaml", import.meta.url), "utf8");
  expect(sample).toContain(`proxy-body-size: ${String(bodyLimitBytes.report / 1024 ** 2)}m\n`);
});
