// The stage for tests of the policy's commands: a database for the file, a school with administrators and managers for
// each test, the three commands as these people give them, and what a command left behind.
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import type { z } from "zod";
import { performAction, type ActionTools, type AnyActionDefinition } from "#lib/action/perform-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import { verifyChain } from "#lib/audit/chain.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { isAllowed, parseCells } from "#lib/policy/cells.ts";
import { approveRequestCommand, rejectRequestCommand, submitChangeCommand } from "#lib/policy/commands.ts";
import { parseCellKey } from "#lib/policy/roles.ts";
import { startTestDatabase, type TestDatabase } from "./database.ts";
import { addPerson, addSchool, signIn } from "./school.ts";

export const REASON = "Beschluss der Schulkonferenz";
export const DAY_MS = 86_400_000;
/** A second school, where only the stranger has roles. */
export const ELSEWHERE = "T";

type Staff = "admin" | "admin2" | "manager" | "manager2" | "stranger";
type Edits = Readonly<Record<string, boolean>>;
type Current = {
  readonly database: TestDatabase;
  readonly tools: ActionTools & { readonly jobs: JobSender };
  /** The school of the running test. */
  readonly school: string;
  readonly at: Readonly<Record<Staff, Principal>>;
};

export const code = (result: ActionResult<unknown>): string => (result.ok ? "ok" : result.error.code);

/** Call once at the top of a test file. At its end every chain of the audit log must verify. */
export function preparePolicyWorld() {
  let current: Current | undefined;
  let tests = 0;
  const world = (): Current => {
    if (!current) throw new Error("the world begins with the first test");
    return current;
  };
  const idOf = (who: string): string => `${who}-${String(tests)}`;

  let database: TestDatabase;
  let jobs: JobSender;
  beforeAll(async () => {
    database = await startTestDatabase();
    jobs = new JobSender(database.url);
    await addSchool(database.db, ELSEWHERE);
  });
  afterAll(async () => {
    await expectChainsVerify();
    await jobs.stop();
    await database.stop();
  });
  beforeEach(async () => {
    tests += 1;
    const school = `S-${String(tests)}`;
    const { db } = database;
    await addSchool(db, school);
    await addPerson(db, { id: idOf("admin"), roles: { [school]: ["teacher", "orgAdmin"] } });
    await addPerson(db, { id: idOf("admin2"), roles: { [school]: ["orgAdmin"] } });
    await addPerson(db, { id: idOf("manager"), roles: { [school]: ["schoolManagement"] } });
    await addPerson(db, { id: idOf("manager2"), roles: { [school]: ["schoolManagement"] } });
    await addPerson(db, { id: idOf("stranger"), roles: { [ELSEWHERE]: ["schoolManagement", "orgAdmin"] } });
    const at = {
      admin: await signIn(db, idOf("admin")),
      admin2: await signIn(db, idOf("admin2")),
      manager: await signIn(db, idOf("manager")),
      manager2: await signIn(db, idOf("manager2")),
      stranger: await signIn(db, idOf("stranger")),
    };
    current = { database, tools: { db, jobs }, school, at };
  });

  // ---- doing -----------------------------------------------------------------------------------------------

  const perform = <Schema extends z.ZodType, Output>(
    definition: AnyActionDefinition<Schema, Output>,
    who: Principal | null,
    input: unknown,
    tools: ActionTools = world().tools,
  ) => performAction(tools, definition, () => Promise.resolve(who), input);

  const submit = (who: Principal | null, edits: Edits, overrides: object = {}) =>
    perform(submitChangeCommand, who, {
      schoolId: world().school,
      baseVersion: 1,
      edits: Object.entries(edits).map(([key, allowed]) => ({ key, allowed })),
      reason: REASON,
      ...overrides,
    });

  /** Names the hash of the request as it is now. */
  async function approve(who: Principal | null, requestId: string, overrides: object = {}) {
    const request = await database.db.changeRequest.findUnique({ where: { id: requestId } });
    const contentHash = request?.contentHash ?? "0".repeat(64);
    return await perform(approveRequestCommand, who, {
      schoolId: world().school,
      requestId,
      contentHash,
      ...overrides,
    });
  }

  const reject = (who: Principal | null, requestId: string, overrides: object = {}) =>
    perform(rejectRequestCommand, who, { schoolId: world().school, requestId, reason: REASON, ...overrides });

  async function pendingRequest(who = world().at.admin, edits: Edits = { "student>student": true }): Promise<string> {
    const result = await submit(who, edits);
    if (!result.ok || result.value.requestId === null) throw new Error("no request");
    return result.value.requestId;
  }

  // ---- looking ---------------------------------------------------------------------------------------------

  async function isOn(key: string): Promise<boolean> {
    const { policyCells } = await database.db.school.findUniqueOrThrow({ where: { id: world().school } });
    const cell = parseCellKey(key);
    return cell !== undefined && isAllowed(parseCells(policyCells ?? ""), cell.from, cell.to);
  }

  const statusOf = async (requestId: string) =>
    (await database.db.changeRequest.findUniqueOrThrow({ where: { id: requestId } })).status;

  const audit = async (scope = world().school) =>
    await database.db.auditEntry.findMany({ where: { scope }, orderBy: { seq: "asc" }, include: { payload: true } });

  const auditTypes = async () => (await audit()).map(({ type }) => type);

  async function withOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    try {
      return await work(owner);
    } finally {
      await owner.end();
    }
  }

  const jobCount = () =>
    withOwner(async (owner) => {
      const { school } = world();
      return Number((await owner.query("SELECT FROM pgboss.job WHERE data->>'schoolId' = $1", [school])).rowCount);
    });

  /** Everything that a change could have left behind at the two schools. */
  async function traces() {
    const where = { schoolId: { in: [world().school, ELSEWHERE] } };
    return {
      versions: await database.db.policyVersion.count({ where }),
      cells: await database.db.policyCell.count({ where }),
      requests: await database.db.changeRequest.findMany({ where, include: { parts: true } }),
      notices: await database.db.mailNotice.count({ where: { request: where } }),
      jobs: await jobCount(),
    };
  }

  async function expectChainsVerify(): Promise<void> {
    for (const { scope } of await database.db.auditChain.findMany()) {
      const entries = (await audit(scope)).map(({ payload, ...entry }) => ({ ...entry, stored: payload }));
      expect(verifyChain(entries), scope).toBeUndefined();
    }
  }

  /** Refused with this code, leaving nothing but an audit entry in `scope` under the id that was told. */
  async function expectRefused(
    act: () => Promise<ActionResult<unknown>>,
    refusal: string,
    scope = world().school,
  ): Promise<void> {
    const before = await traces();
    const others = scope === STATE_SCOPE ? world().school : STATE_SCOPE;
    const [own, foreign] = [(await audit(scope)).length, (await audit(others)).length];
    const result = await act();
    expect(code(result)).toBe(refusal);
    expect(await traces()).toEqual(before);
    const entries = await audit(scope);
    expect(entries).toHaveLength(own + 1);
    expect(await audit(others)).toHaveLength(foreign);
    const correlationId = result.ok ? "" : result.error.id;
    expect(entries.at(-1)).toMatchObject({ type: "actionRefused", outcome: "refused", correlationId });
  }

  return {
    get school() {
      return world().school;
    },
    get at() {
      return world().at;
    },
    get database() {
      return world().database;
    },
    get tools() {
      return world().tools;
    },
    idOf,
    perform,
    submit,
    approve,
    reject,
    pendingRequest,
    isOn,
    statusOf,
    audit,
    auditTypes,
    jobCount,
    traces,
    withOwner,
    expectRefused,
  };
}
