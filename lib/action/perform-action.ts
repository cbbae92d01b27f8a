// What an action does once somebody is signed in: input → the resource's school, or the state → right → one transaction
// with change, audit entry and job → a small result. Nothing of it is left to the single action.
import type { z } from "zod";
import { STATE_SCOPE, type AuditEvent } from "#lib/audit/events.ts";
import { writeAudit, type AuditActor } from "#lib/audit/write.ts";
import { actingRole, hasConsoleAccess, isRecentSignIn, type ConsoleRole, type Principal } from "#lib/auth/principal.ts";
import type { Database, Transaction } from "#lib/db/client.ts";
import { isDatabaseAway } from "#lib/db/connection.ts";
import type { JobSender, JobToSend } from "#lib/jobs/boss.ts";
import type { JobData, QueueName } from "#lib/jobs/queues.ts";
import { correlationId, log, newCorrelationId, withCorrelationId } from "#lib/log/log.ts";
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

/** Of an action that belongs to no single school; `audit` writes to the chain of the state. */
export type StateActionContext<Input> = Omit<ActionContext<Input>, "schoolId" | "enqueue"> & {
  /** For entries in the chains of the schools that the action concerns. */
  readonly actor: AuditActor;
  readonly enqueueMany: <Name extends QueueName>(name: Name, jobs: readonly JobToSend<Name>[]) => Promise<void>;
};

/** Returned by `run` to refuse and yet keep what it wrote (a request found void is marked void). */
export class CommittedRefusal {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    this.code = code;
  }
}

type CommonDefinition<Schema extends z.ZodType> = {
  /** Name in the audit log of refusals. */
  readonly name: string;
  readonly input: Schema;
  /** A star in design §9: asks for a sign-in not older than five minutes. */
  readonly recentSignIn?: true;
};

export type ActionDefinition<Schema extends z.ZodType, Output> = CommonDefinition<Schema> & {
  /** The school that the resource belongs to, read from the resource; null if there is no such resource. */
  readonly school: (tx: Transaction, input: z.infer<Schema>) => Promise<string | null>;
  readonly authorise: (principal: Principal, schoolId: string) => boolean;
  readonly run: (context: ActionContext<z.infer<Schema>>) => Promise<Output | CommittedRefusal>;
};

/** An action of the state: the frame, console roles, schools. */
export type StateActionDefinition<Schema extends z.ZodType, Output> = CommonDefinition<Schema> & {
  /** Who may, and in which role the audit log names them; as a function, null for whoever may not. */
  readonly consoleRole: ConsoleRole | ((principal: Principal) => string | null);
  /** For a transaction that concerns every school; else the client's limit for all transactions. */
  readonly timeoutMs?: number;
  readonly run: (context: StateActionContext<z.infer<Schema>>) => Promise<Output | CommittedRefusal>;
};

export type AnyActionDefinition<Schema extends z.ZodType, Output> =
  ActionDefinition<Schema, Output> | StateActionDefinition<Schema, Output>;

/** What an action works with. */
export type ActionTools = { readonly db: Database; readonly jobs: Pick<JobSender, "send" | "sendMany"> };

/** Never throws: an error becomes an answer with an id that is found in the log. */
export async function performAction<Schema extends z.ZodType, Output>(
  tools: ActionTools,
  definition: AnyActionDefinition<Schema, Output>,
  whoAsks: () => Promise<Principal | null>,
  untrusted: unknown,
): Promise<ActionResult<Output>> {
  const id = newCorrelationId();
  const { name: action } = definition;
  return await withCorrelationId(id, async () => {
    const refuse = (code: ErrorCode): ActionResult<Output> => {
      log.info({ action, code }, "action refused");
      return { ok: false, error: { code, id } };
    };
    try {
      const principal = await whoAsks();
      if (!principal) return refuse("signedOut");
      // nobody's administrator: refused without an entry in the audit log, which would grow at a pupil's will
      if (!hasConsoleAccess(principal)) return refuse("notFound");
      const parsed = definition.input.safeParse(untrusted);
      const outcome: Outcome<Output> = parsed.success
        ? await transact(tools, definition, principal, parsed.data)
        : { refused: "invalidInput", scope: STATE_SCOPE };
      if ("value" in outcome) return { ok: true, value: outcome.value };
      await auditRefusal(tools, action, principal, outcome);
      return refuse(outcome.refused);
    } catch (error) {
      log.error({ action, err: error }, "action failed");
      return { ok: false, error: { code: isDatabaseAway(error) ? "unavailable" : "unexpected", id } };
    }
  });
}

function actorOf(principal: Principal, schoolId: string): AuditActor {
  return { personId: principal.personId, role: actingRole(principal, schoolId) };
}

function stateRole(wanted: StateActionDefinition<z.ZodType, unknown>["consoleRole"], principal: Principal) {
  if (typeof wanted === "function") return wanted(principal);
  return principal.consoleRoles.includes(wanted) ? wanted : null;
}

type Outcome<Output> =
  { readonly value: Output } | { readonly refused: ErrorCode; /** whose audit log tells it */ readonly scope: string };

async function transact<Schema extends z.ZodType, Output>(
  { db, jobs }: ActionTools,
  definition: AnyActionDefinition<Schema, Output>,
  principal: Principal,
  input: z.infer<Schema>,
): Promise<Outcome<Output>> {
  // a refusal at a school that the person does not belong to must not show up in that school's log
  let scope = STATE_SCOPE;
  const limit = "timeoutMs" in definition ? { timeout: definition.timeoutMs } : {};
  try {
    return await db.$transaction(async (tx): Promise<Outcome<Output>> => {
      const now = new Date();
      const begin = (ofScope: string, actor: AuditActor) => {
        scope = ofScope;
        if (definition.recentSignIn && !isRecentSignIn(principal, now)) throw new ActionRefusal("signInTooOld");
        const audit = (event: AuditEvent) =>
          writeAudit(tx, { scope, actor, event, outcome: "done", correlationId: correlationId() });
        return { tx, principal, input, now, audit };
      };
      let output: Output | CommittedRefusal;
      if ("consoleRole" in definition) {
        const role = stateRole(definition.consoleRole, principal);
        if (role === null) throw new ActionRefusal("notFound");
        const actor = { personId: principal.personId, role };
        output = await definition.run({
          ...begin(STATE_SCOPE, actor),
          actor,
          enqueueMany: async (name, list) => {
            await jobs.sendMany(tx, name, list);
          },
        });
      } else {
        const schoolId = await definition.school(tx, input);
        // "not yours" looks like "not there"
        if (schoolId === null || !definition.authorise(principal, schoolId)) throw new ActionRefusal("notFound");
        output = await definition.run({
          ...begin(schoolId, actorOf(principal, schoolId)),
          schoolId,
          enqueue: (name, data, key) => jobs.send(tx, name, data, key),
        });
      }
      return output instanceof CommittedRefusal ? { refused: output.code, scope } : { value: output };
    }, limit);
  } catch (error) {
    if (error instanceof ActionRefusal) return { refused: error.code, scope };
    throw error;
  }
}

/** In a transaction of its own, because the refused one is rolled back (design §10). */
async function auditRefusal(
  { db }: ActionTools,
  action: string,
  principal: Principal,
  { refused, scope }: { readonly refused: ErrorCode; readonly scope: string },
): Promise<void> {
  const event: AuditEvent = { type: "actionRefused", action, code: refused };
  const actor = actorOf(principal, scope);
  await db.$transaction((tx) =>
    writeAudit(tx, { scope, actor, event, outcome: "refused", correlationId: correlationId() }),
  );
}
