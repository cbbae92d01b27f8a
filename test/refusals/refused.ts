// The assertion of every refusal test: the request is answered as designed, and nothing at all has happened. Each way to
// fail it has a name, so that the run without defences can tell "it went through" from a test that proves nothing.
import type { Refusal } from "#lib/gate/refusals.ts";
import type { MatrixAnswer, TestSystem } from "../system.ts";
import { everything, type Witness } from "./witness.ts";

/** The refusal did not take place: something went through. bin/test-results.js knows it by its name. */
export class NotRefused extends Error {
  override readonly name = "NotRefused";
}

/** Without our defences a declared witness saw nothing, so it would see nothing either if they failed. */
export class BlindWitness extends Error {
  override readonly name = "BlindWitness";
}

/** Nothing happened, but the answer is not the designed one. Without our defences: Synapse refuses by itself. */
export class RefusedOtherwise extends Error {
  override readonly name = "RefusedOtherwise";
}

export type ExpectedRefusal = Refusal & { readonly status?: number };

export type Attempt = {
  readonly system: TestSystem;
  readonly request: () => Promise<MatrixAnswer>;
  readonly witnesses?: readonly Witness[];
};

export async function expectRefused(attempt: Attempt, expected: ExpectedRefusal): Promise<void> {
  const { answer, happened, blind } = await observe(attempt);
  const effects = answer.status < 300 ? [`answered ${String(answer.status)}`, ...happened] : happened;
  complain(attempt, effects, blind);
  const { status = 403, errcode, error } = expected;
  if (answer.status === status && answer.errcode === errcode && answer.error === error) return;
  throw new RefusedOtherwise(`expected ${status} ${errcode} "${error}", got ${JSON.stringify(answer)}`);
}

/** For requests that the server answers as if nothing was wrong with them. */
export async function expectNoEffect(attempt: Attempt & { readonly witnesses: readonly Witness[] }): Promise<void> {
  const { happened, blind } = await observe(attempt);
  complain(attempt, happened, blind);
}

/** For what may be asked and must show nothing. */
export async function expectHidden(what: string, isShown: () => Promise<boolean>): Promise<void> {
  if (await isShown()) throw new NotRefused(`shown: ${what}`);
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
