// The assertion of every refusal test: the request is answered as designed, and nothing at all has happened. Failing it
// is an error of its own kind, so that the run without defences can tell "it went through" from a broken test.
import { expect } from "vitest";
import type { Refusal } from "#lib/gate/refusals.ts";
import type { MatrixAnswer, TestSystem } from "../system.ts";
import { everything, type Witness } from "./witness.ts";

/** The refusal did not take place: something went through. test/refusals/report.ts knows it by its name. */
export class NotRefused extends Error {
  override readonly name = "NotRefused";
}

/** Without our defences a declared witness saw nothing, so it would see nothing either if they failed. */
export class BlindWitness extends Error {
  override readonly name = "BlindWitness";
}

export type ExpectedRefusal = Refusal & { readonly status?: number };

/** Also for what is answered with 200 and must have no effect: then `expected` is left out. */
export type Attempt = {
  readonly system: TestSystem;
  readonly request: () => Promise<MatrixAnswer>;
  readonly witnesses?: readonly Witness[];
};

export async function expectRefused(attempt: Attempt, expected: ExpectedRefusal): Promise<void> {
  const { answer, happened, blind } = await observe(attempt);
  const effects = answer.status < 300 ? [`answered ${String(answer.status)}`, ...happened] : happened;
  complain(attempt, effects, blind);
  expect({ status: answer.status, errcode: answer.errcode, error: answer.error }).toEqual({
    status: expected.status ?? 403,
    errcode: expected.errcode,
    error: expected.error,
  });
}

/** For requests that the server answers as if nothing was wrong with them. */
export async function expectNoEffect(attempt: Attempt & { readonly witnesses: readonly Witness[] }): Promise<void> {
  const { happened, blind } = await observe(attempt);
  complain(attempt, happened, blind);
}

async function observe({ system, request, witnesses = [] }: Attempt) {
  const all = [everything(system), ...witnesses];
  const watching = await Promise.all(all.map(async (witness) => ({ name: witness.name, look: await witness.watch() })));
  const answer = await request();
  const observed = await Promise.all(watching.map(async ({ name, look }) => ({ name, seen: await look() })));
  return {
    answer,
    happened: observed.flatMap(({ name, seen }) => (seen === undefined ? [] : [`${name}: ${seen}`])),
    // the first one is always there and need not see each thing
    blind: observed.slice(1).flatMap(({ name, seen }) => (seen === undefined ? [name] : [])),
  };
}

function complain({ system }: Attempt, effects: readonly string[], blind: readonly string[]): void {
  if (effects.length === 0) return;
  if (system.defences === "off" && blind.length > 0) throw new BlindWitness(`saw nothing: ${blind.join("; ")}`);
  throw new NotRefused(effects.join("; "));
}
