// Guarantee: only what Synapse would answer again in the same way counts as refused for good.
import { expect, test } from "vitest";
import { lastingRefusal, MatrixCallError, orNull, problemOf, SynapseUnreachable } from "./errors.ts";

const answered = (status: number, errcode = "M_TEST") =>
  new MatrixCallError("GET /x", { status, errcode, retryAfterMs: null });

test.each<[string, unknown, string | null]>([
  ["forbidden", answered(403, "M_FORBIDDEN"), "M_FORBIDDEN"],
  ["without a code", answered(400, ""), "HTTP 400"],
  ["not there", answered(404), "M_TEST"],
  ["too many requests", answered(429), null],
  ["a fault of Synapse", answered(500), null],
  ["a proxy whose Synapse is away", answered(503), null],
  ["no answer", new SynapseUnreachable("GET /x"), null],
  ["something of our own", new Error("no"), null],
])("%s", (_name, error, problem) => {
  const refusal = lastingRefusal(error);
  expect(refusal && problemOf(refusal)).toBe(problem);
});

test("only 404 means that there is nothing", async () => {
  expect(await orNull(Promise.resolve(7))).toBe(7);
  expect(await orNull(Promise.reject(answered(404)))).toBeNull();
  await expect(orNull(Promise.reject(answered(403)))).rejects.toThrow("403");
});
