// The one way to change something from the console: session → principal → input → the resource's school → right →
// one transaction with change, audit entry and job → a small result. Nothing of it is left to the single action.
import { z } from "zod";
import { STATE_SCOPE, type AuditEvent } from "#lib/audit/events.ts";
import { writeAudit, type AuditActor } from "#lib/audit/write.ts";
import { isRecentSignIn, rolesAt, type Principal } from "#lib/auth/principal.ts";
import { currentPrincipal } from "#lib/auth/session.ts";
import { isDatabaseAway, type Transaction } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import type { JobData, QueueName } from "#lib/jobs/queues.ts";
import { jobSender } from "#lib/jobs/shared.ts";
import { log, newCorrelationId, withCorrelationId } from "#lib/log/log.ts";
import { ActionRefusal, type ActionResult, type ErrorCode } from "./result.ts";

export type ActionContext<Input> = {
  readonly tx: Transaction;
  readonly principal: Principal;
  readonly schoolId: string;
  readonly input: Input;
  readonly now: Date;
  readonly audit: (event: AuditEvent) => Promise<void>;
  /** Jobs of one queue with the same key are not queued twice while one waits. */
  readonly enqueue: <Name extends QueueName>(name: Name, data: JobData<Name>, key: string) => Promise<void>;
};

/** Returned by `run` to refuse and yet keep what it wrote (a request found void is marked void). */
export class CommittedRefusal {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    this.code = code;
  }
}

export type ActionDefinition<Schema extends z.ZodType, Output> = {
  /** Name in the audit log of refusals. */
  readonly name: string;
  readonly input: Schema;
  /** The school that the resource belongs to, read from the resource; null if there is no such resource. */
  readonly school: (tx: Transaction, input: z.infer<Schema>) => Promise<string | null>;
  readonly authorise: (principal: Principal, schoolId: string) => boolean;
  /** A star in design §9: asks for a sign-in not older than five minutes. */
  readonly recentSignIn?: true;
  readonly run: (context: ActionContext<z.infer<Schema>>) => Promise<Output | CommittedRefusal>;
};

function actorOf(principal: Principal, schoolId: string): AuditActor {
  const [role] = [...rolesAt(principal, schoolId), ...principal.consoleRoles];
  return { personId: principal.personId, role: role ?? "none" };
}

/** Turns a definition into a server action that never throws. */
export function defineAction<Schema extends z.ZodType, Output>(definition: ActionDefinition<Schema, Output>) {
  return async function action(untrusted: unknown): Promise<ActionResult<Output>> {
    const id = newCorrelationId();
    return await withCorrelationId(id, async () => {
      const refuse = (code: ErrorCode): ActionResult<Output> => {
        log.info({ action: definition.name, code }, "action refused");
        return { ok: false, error: { code, id } };
      };
      try {
        const principal = await currentPrincipal();
        if (!principal) return refuse("signedOut");
        const parsed = definition.input.safeParse(untrusted);
        const outcome: Outcome<Output> = parsed.success
          ? await perform(definition, principal, parsed.data, id)
          : { refused: "invalidInput", scope: STATE_SCOPE };
        if ("value" in outcome) return { ok: true, value: outcome.value };
        await auditRefusal(definition.name, principal, outcome, id);
        return refuse(outcome.refused);
      } catch (error) {
        log.error({ action: definition.name, err: error }, "action failed");
        return { ok: false, error: { code: isDatabaseAway(error) ? "unavailable" : "unexpected", id } };
      }
    });
  };
}

type Outcome<Output> =
  { readonly value: Output } | { readonly refused: ErrorCode; /** whose audit log tells it */ readonly scope: string };

async function perform<Schema extends z.ZodType, Output>(
  definition: ActionDefinition<Schema, Output>,
  principal: Principal,
  input: z.infer<Schema>,
  correlationId: string,
): Promise<Outcome<Output>> {
  // a refusal at a school that the person does not belong to must not show up in that school's log
  let scope = STATE_SCOPE;
  try {
    return await database().$transaction(async (tx): Promise<Outcome<Output>> => {
      const schoolId = await definition.school(tx, input);
      // "not yours" looks like "not there"
      if (schoolId === null || !definition.authorise(principal, schoolId)) throw new ActionRefusal("notFound");
      scope = schoolId;
      const now = new Date();
      if (definition.recentSignIn && !isRecentSignIn(principal, now)) throw new ActionRefusal("signInTooOld");
      const output = await definition.run({
        tx,
        principal,
        schoolId,
        input,
        now,
        audit: (event) =>
          writeAudit(tx, { scope, actor: actorOf(principal, schoolId), event, outcome: "done", correlationId }),
        enqueue: (name, data, key) => jobSender().send(tx, name, data, key),
      });
      return output instanceof CommittedRefusal ? { refused: output.code, scope } : { value: output };
    });
  } catch (error) {
    if (error instanceof ActionRefusal) return { refused: error.code, scope };
    throw error;
  }
}

/** In a transaction of its own, because the refused one is rolled back (design §10). */
async function auditRefusal(
  action: string,
  principal: Principal,
  { refused, scope }: { readonly refused: ErrorCode; readonly scope: string },
  correlationId: string,
): Promise<void> {
  const event: AuditEvent = { type: "actionRefused", action, code: refused, target: null };
  await database().$transaction((tx) =>
    writeAudit(tx, { scope, actor: actorOf(principal, scope), event, outcome: "refused", correlationId }),
  );
}
