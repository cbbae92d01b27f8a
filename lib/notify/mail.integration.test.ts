// Guarantee: exactly those who are concerned get exactly one mail, whatever the mail server does meanwhile. On a real
// PostgreSQL, with a real SMTP server in a process of its own.
import type { PgBoss } from "pg-boss";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { askDomains } from "#bin/mail.ts";
import { startBoss } from "#lib/jobs/boss.ts";
import type { Repeating } from "#lib/jobs/intervals.ts";
import { openMailTransport, type MailTransport } from "#lib/mail/transport.ts";
import { MailUnavailable } from "#lib/mail/errors.ts";
import { followCalendar } from "#lib/policy/calendar.ts";
import { commentOnRequestCommand, withdrawRequestCommand } from "#lib/policy/request-commands.ts";
import { startTestMailServer, type TestMailServer } from "#test/mail-server.ts";
import { code, DAY_MS, preparePolicyWorld } from "#test/policy-world.ts";
import { addPerson } from "#test/school.ts";
import { requeueWaiting, watchMail } from "./mail-service.ts";
import { readMailReach, readMailState } from "./queries.ts";
import { messageIdOf, sendNotice, type SendTools } from "./send.ts";

const CONSOLE = "http://konsole.example";
const WAIT = { timeout: 20_000, interval: 50 };

const world = preparePolicyWorld();
const { idOf, pendingRequest, submit, approve, reject, perform } = world;
let server: TestMailServer;
let boss: PgBoss | undefined;
let service: Repeating | undefined;
beforeAll(async () => {
  server = await startTestMailServer();
});
afterAll(async () => {
  await boss?.stop({ graceful: false });
  await server.stop();
});
beforeEach(async () => {
  await server.listen(true);
  for (const who of ["admin", "admin2", "manager", "manager2", "stranger"]) await giveAddress(who);
});
afterEach(async () => {
  await service?.stop();
  await boss?.offWork("send-mail");
  service = undefined;
});

const addressOf = (who: string) => `${idOf(who)}@schule.example`;
const giveAddress = (who: string) =>
  world.database.db.person.update({ where: { id: idOf(who) }, data: { email: addressOf(who) } });
const takeAddress = (who: string) =>
  world.database.db.person.update({ where: { id: idOf(who) }, data: { email: null } });

/** As the worker does; the queue is opened once. */
async function startService(from: MailTransport | null = transportTo()): Promise<PgBoss> {
  const { db, jobs } = world.tools;
  boss ??= await startBoss(world.database.url);
  service = watchMail({ db, jobs, boss, transport: from, consoleUrl: CONSOLE, ...askDomains(db) });
  return boss;
}
const transportTo = () => openMailTransport({ url: server.smtpUrl, from: "Schulchat <schulchat@land.example>" });
const sendTools = (transport: SendTools["transport"] = transportTo()) =>
  ({ db: world.database.db, transport, consoleUrl: CONSOLE, ...askDomains(world.database.db) }) as const;

const notices = (requestId: string) =>
  world.database.db.mailNotice.findMany({ where: { requestId }, orderBy: [{ createdAt: "asc" }, { personId: "asc" }] });
const allSettled = (requestId: string) =>
  vi.waitFor(async () => {
    expect((await notices(requestId)).map(({ state }) => state)).not.toContain("waiting");
  }, WAIT);

/** "who: beginning of the subject", of the mails that lead to this request, sorted. */
async function received(requestId: string): Promise<string[]> {
  const mails = (await server.mails()).filter(({ text }) => text.includes(requestId));
  const suffix = idOf("@schule.example").slice("@schule.example".length);
  return mails
    .map(
      ({ to, subject }) =>
        `${(to[0] ?? "").replace(`${suffix}@schule.example`, "")}: ${subject.split(/[:–]/)[1]?.trim() ?? ""}`,
    )
    .sort();
}
const WAITS = "Ein Antrag wartet";
const follow = (days: number) =>
  followCalendar(world.tools, new Date(Date.now() + days * DAY_MS), new AbortController().signal);

describe("who is told", () => {
  test("of a submission exactly those who may approve, of the decision both sides", async () => {
    await addPerson(world.database.db, { id: idOf("teacher"), roles: { [world.school]: ["teacher"] } });
    await giveAddress("teacher");
    await startService();
    const requestId = await pendingRequest();
    await allSettled(requestId);
    expect(await received(requestId)).toEqual([`manager2: ${WAITS}`, `manager: ${WAITS}`]);

    expect(code(await approve(world.at.manager, requestId))).toBe("ok");
    await allSettled(requestId);
    const done = "Einem Antrag wurde zugestimmt";
    expect(await received(requestId)).toEqual([
      `admin: ${done}`,
      `manager2: ${WAITS}`,
      `manager2: ${done}`,
      `manager: ${WAITS}`,
      `manager: ${done}`,
    ]);
    const [mail] = await server.mails();
    expect(mail?.from).toBe("schulchat@land.example");
    expect(mail?.text).toContain(`${CONSOLE}/schools/${world.school}/approvals/${requestId}`);
    expect(`${mail?.text ?? ""}${mail?.html ?? ""}`).not.toMatch(/Test,|Beschluss|student/);
  });

  test("a manager's request: other managers and the administrators", async () => {
    const requestId = await pendingRequest(world.at.manager);
    expect((await notices(requestId)).map(({ personId }) => personId)).toEqual(
      ["admin", "admin2", "manager2"].map(idOf),
    );
  });

  test.each(["rejected", "withdrawn", "expired"] as const)("of a request that is %s, both sides", async (kind) => {
    const requestId = await pendingRequest();
    if (kind === "rejected") await reject(world.at.admin2, requestId);
    else if (kind === "expired") await follow(15);
    else await perform(withdrawRequestCommand, world.at.admin, { schoolId: world.school, requestId });
    const outcomes = (await notices(requestId)).filter((notice) => notice.kind === kind);
    const others = kind === "rejected" ? ["admin2"] : [];
    expect(outcomes.map(({ personId }) => personId)).toEqual(["admin", ...others, "manager", "manager2"].map(idOf));
  });

  test("of a request that ends at somebody's late step, both sides, once", async () => {
    const requestId = await pendingRequest();
    await world.withOwner(async (owner) => {
      await owner.query("ALTER TABLE change_request DISABLE TRIGGER USER");
      await owner.query("UPDATE change_request SET expires_at = now() WHERE id = $1", [requestId]);
      await owner.query("ALTER TABLE change_request ENABLE TRIGGER USER");
    });
    const input = { schoolId: world.school, requestId, text: "Noch eine Frage dazu" };
    expect(code(await perform(commentOnRequestCommand, world.at.manager, input))).toBe("requestExpired");
    await follow(0);
    const outcomes = (await notices(requestId)).filter((notice) => notice.kind === "expired");
    expect(outcomes).toHaveLength(3);
  });

  test("of an addition those who may still approve: not its author", async () => {
    const requestId = await pendingRequest();
    await submit(world.at.manager, { "guardian>student": true });
    const extended = (await notices(requestId)).filter((notice) => notice.kind === "extended");
    expect(extended.map(({ personId }) => personId)).toEqual([idOf("manager2")]);
  });

  test("of the reminder, once, however often the calendar looks", async () => {
    const requestId = await pendingRequest();
    await follow(10);
    expect((await notices(requestId)).filter(({ kind }) => kind === "reminder")).toEqual([]);
    await Promise.all([follow(11.5), follow(11.5)]);
    await follow(12);
    const reminders = (await notices(requestId)).filter(({ kind }) => kind === "reminder");
    expect(reminders.map(({ personId }) => personId)).toEqual(["manager", "manager2"].map(idOf));
  });

  test("whoever may no longer approve when the mail is sent: nothing", async () => {
    const requestId = await pendingRequest();
    const where = { personId: idOf("manager"), role: "schoolManagement" } as const;
    await world.database.db.affiliation.deleteMany({ where });
    await startService();
    await allSettled(requestId);
    expect(await received(requestId)).toEqual([`manager2: ${WAITS}`]);
    expect((await notices(requestId))[0]).toMatchObject({ state: "dropped", problem: "notConcerned" });
  });

  test("a change that is refused tells nobody", async () => {
    const requestId = await pendingRequest();
    const before = await notices(requestId);
    expect(code(await approve(world.at.admin2, requestId))).toBe("needsManagement");
    expect(await notices(requestId)).toEqual(before);
  });
});

describe("a mail server", () => {
  test("that is away: the notice waits and the page says so, then the mail arrives exactly once", async () => {
    await server.listen(false);
    await startService();
    const requestId = await pendingRequest();
    const reach = () => readMailReach(world.database.db, { requestId }, ["manager", "manager2"].map(idOf));
    await vi.waitFor(async () => {
      expect(await readMailState(world.database.db)).toMatchObject({ state: "away" });
    }, WAIT);
    expect(await reach()).toEqual({ told: 0, waiting: 2, unreachable: 0 });
    await server.listen(true);
    await allSettled(requestId);
    expect(await received(requestId)).toEqual([`manager2: ${WAITS}`, `manager: ${WAITS}`]);
    expect(await reach()).toEqual({ told: 2, waiting: 0, unreachable: 0 });
    expect(await readMailState(world.database.db)).toMatchObject({ state: "working" });
  });

  test("that refuses one recipient for good: recorded, not tried again, and the others get theirs", async () => {
    await server.answer(addressOf("manager"), 550);
    await startService();
    const requestId = await pendingRequest();
    await allSettled(requestId);
    expect(await received(requestId)).toEqual([`manager2: ${WAITS}`]);
    expect(await notices(requestId)).toMatchObject([{ state: "refused", problem: "550" }, { state: "sent" }]);
    const reach = await readMailReach(world.database.db, { requestId }, ["manager", "manager2"].map(idOf));
    expect(reach).toEqual({ told: 1, waiting: 0, unreachable: 1 });
  });

  test("that is busy is asked again, and the mail arrives exactly once", async () => {
    await server.answer(addressOf("manager"), 451);
    await startService();
    const requestId = await pendingRequest();
    const jobOf = async () => {
      const [notice] = await notices(requestId);
      const sql = "SELECT retry_count FROM pgboss.job WHERE singleton_key = $1";
      return await world.withOwner(
        async (owner) => (await owner.query<{ retry_count: number }>(sql, [notice?.id])).rows,
      );
    };
    await vi.waitFor(async () => {
      expect((await jobOf())[0]?.retry_count).toBeGreaterThan(0);
    }, WAIT);
    await server.answer(addressOf("manager"), "ok");
    await allSettled(requestId);
    expect(await received(requestId)).toEqual([`manager2: ${WAITS}`, `manager: ${WAITS}`]);
  });

  test("that nobody has named: notices wait, also without a job, and go out once there is one", async () => {
    const { db } = world.tools;
    const queue = await startService(null);
    const requestId = await pendingRequest();
    await vi.waitFor(async () => {
      expect(await readMailState(db)).toMatchObject({ state: "notSetUp" });
    }, WAIT);
    expect((await readMailState(db))?.waiting).toBeGreaterThanOrEqual(2);
    await service?.stop();
    await queue.deleteAllJobs("send-mail");
    await startService();
    await allSettled(requestId);
    expect(await received(requestId)).toHaveLength(2);
  });
});

describe("one notice", () => {
  test("to somebody without an address is no mail, and the page counts them", async () => {
    await takeAddress("manager");
    const requestId = await pendingRequest();
    const reach = () => readMailReach(world.database.db, { requestId }, ["manager", "manager2"].map(idOf));
    expect(await reach()).toEqual({ told: 0, waiting: 1, unreachable: 1 });
    await startService();
    await allSettled(requestId);
    expect(await received(requestId)).toEqual([`manager2: ${WAITS}`]);
    expect((await notices(requestId))[0]).toMatchObject({ state: "dropped", problem: "noAddress" });
    expect(await reach()).toEqual({ told: 1, waiting: 0, unreachable: 1 });
  });

  test("whose sender dies between the server's yes and our record is repeated under the same Message-ID", async () => {
    const requestId = await pendingRequest();
    const [first] = await notices(requestId);
    const noticeId = first?.id ?? "";
    const transport = transportTo();
    const dying: SendTools["transport"] = {
      send: async (message) => {
        await transport.send(message);
        throw new Error("killed");
      },
    };
    await expect(sendNotice(sendTools(dying), noticeId)).rejects.toThrow("killed");
    await sendNotice(sendTools(), noticeId);
    await sendNotice(sendTools(), noticeId);
    const ids = (await server.mails()).filter(({ text }) => text.includes(requestId)).map(({ messageId }) => messageId);
    const expected = `<${messageIdOf(noticeId, CONSOLE)}>`;
    expect(ids).toEqual([expected, expected]);
  });

  test("is decided before it is sent: only the outcome is told", async () => {
    const requestId = await pendingRequest();
    await approve(world.at.manager, requestId);
    await startService();
    await allSettled(requestId);
    expect((await received(requestId)).filter((line) => line.includes(WAITS))).toEqual([]);
    expect(await received(requestId)).toHaveLength(3);
  });

  test("waits on when the server is away, and is not queued beside a job that lives", async () => {
    const requestId = await pendingRequest();
    const [notice] = await notices(requestId);
    await server.listen(false);
    await expect(sendNotice(sendTools(), notice?.id ?? "")).rejects.toThrow(MailUnavailable);
    expect((await notices(requestId))[0]?.state).toBe("waiting");
    expect(await requeueWaiting(world.database.db, world.tools.jobs)).toBe(0);
  });

  test("is settled once, by the database's word", async () => {
    const requestId = await pendingRequest();
    const [notice] = await notices(requestId);
    const settle = (state: "sent" | "dropped") =>
      world.database.db.mailNotice.update({
        where: { id: notice?.id ?? "" },
        data: { state, settledAt: new Date(), problem: state === "sent" ? null : "stale" },
      });
    await settle("sent");
    await expect(settle("dropped")).rejects.toThrow("a notice is only settled, once");
  });
});
